import { drawnParts, type Draws } from "./draws.ts";
import { binWidth, distanceRatio, mapReach } from "./grid.ts";
import type { PartProfile } from "./parts.ts";

/** Steps towards the notional by the totals' slope; then by halves, so that no map takes long. */
const mostSlopes = 8;

/** What a search ends with; scratch, read before the next one. */
const found = { bin: 0, total: 0, before: 0 };

/**
 * Fills in each draw's distance to `notionalUsd` as a share of the mark: Infinity where its map holds less. Each search
 * begins where the map itself reaches the notional, because draws lie around it.
 */
export function fillDistances(
  profile: PartProfile,
  { count, factors }: Draws,
  notionalUsd: number,
  into: Float64Array,
): void {
  const { side, bins } = profile;
  search(profile, asItIs, 0, { notionalUsd, start: bins >>> 1 });
  const start = Math.min(bins - 1, found.bin);
  const asked = { notionalUsd, start };
  for (let draw = 0; draw < count; draw += 1) {
    search(profile, factors[side], draw * drawnParts, asked);
    const inside = (notionalUsd - found.before) / (found.total - found.before);
    const ratio = distanceRatio(side, (found.bin + Math.min(1, inside)) * binWidth);
    into[draw] = found.bin < bins && ratio <= mapReach ? ratio : Infinity;
  }
}

/** The factors of the map itself. */
export const asItIs: Float64Array = new Float64Array(drawnParts).fill(1);

/**
 * The first bin at which a draw's running total is no less than the notional, its total there and before it; as many
 * bins as there are where none is. Totals never fall, so that the bin is the same wherever the search begins.
 */
function search(
  profile: PartProfile,
  factors: Float64Array,
  from: number,
  { notionalUsd, start }: { readonly notionalUsd: number; readonly start: number },
): void {
  const { bins } = profile;
  let low = -1;
  let below = 0;
  let high = bins;
  let reached = Infinity;
  let at = notionalUsd > 0 ? start : 0;
  for (let step = 0; high - low > 1; step += 1) {
    const total = weigh(factors, from, profile, at);
    if (total >= notionalUsd) {
      high = at;
      reached = total;
    } else {
      low = at;
      below = total;
    }
    const slope = high < bins ? (reached - below) / (high - low) : below / (low + 1);
    const next = step < mostSlopes ? low + Math.ceil((notionalUsd - below) / slope) : (low + high) >>> 1;
    at = Math.min(high - 1, Math.max(low + 1, next));
  }
  found.bin = high;
  found.total = reached;
  found.before = below;
}

/** Σ factor × mass over the parts at a bin: a draw's factors begin at `from`. Empty parts add nothing and are spared. */
export function weigh(
  factors: Float64Array,
  from: number,
  { bins, cumulativeUsd, first, end }: Omit<PartProfile, "side">,
  bin: number,
): number {
  let sum = 0;
  for (let part = first, at = first * bins + bin; part < end; part += 1, at += bins) {
    sum += (factors[from + part] ?? 0) * (cumulativeUsd[at] ?? 0);
  }
  return sum;
}
