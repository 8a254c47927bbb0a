import { drawnParts, mapDraws, type Draws } from "./draws.ts";
import { binWidth, distanceRatio, logDistance, mapReach } from "./grid.ts";
import { emptyNotional, priceShare } from "./profile.ts";
import type { Interval, RatioPercentiles, Side } from "./types.ts";

/**
 * One side of the merged map by part: cumulativeUsd[bin * drawnParts + part] is the notional of bins 0 … bin. A draw's
 * profile is the sum over parts, each times its factor; nothing of it is ever written down.
 */
export interface PartProfile {
  readonly side: Side;
  readonly bins: number;
  readonly cumulativeUsd: Float64Array;
}

/** The same before it is summed up: masses[bin * drawnParts + part]. */
export interface PartMasses {
  readonly side: Side;
  readonly notionalUsd: Float64Array;
}

export function createPartMasses(side: Side): PartMasses {
  return { side, notionalUsd: new Float64Array(emptyNotional(side).length * drawnParts) };
}

/** Adds to one part what each bin holds of it: contracts of which one is worth `mark` at the mark, or dollars. */
export function addPart(
  { side, notionalUsd }: PartMasses,
  part: number,
  quantities: Float64Array,
  mark: number | undefined,
): void {
  let at = part;
  for (let bin = 0; bin < quantities.length && at < notionalUsd.length; bin += 1, at += drawnParts) {
    const price = mark === undefined ? 1 : mark * priceShare(side, bin);
    notionalUsd[at] = (notionalUsd[at] ?? 0) + (quantities[bin] ?? 0) * price;
  }
}

/** Sums up along the bins, in place. */
export function partProfileOf({ side, notionalUsd }: PartMasses): PartProfile {
  for (let at = drawnParts; at < notionalUsd.length; at += 1) {
    notionalUsd[at] = (notionalUsd[at] ?? 0) + (notionalUsd[at - drawnParts] ?? 0);
  }
  return { side, bins: notionalUsd.length / drawnParts, cumulativeUsd: notionalUsd };
}

/** What the draws say of the distances to a notional, and of their ratio. */
export interface DrawnDistances {
  readonly ratioPercentiles: RatioPercentiles | null;
  /** Shares of the mark. */
  readonly down: Interval | null;
  readonly up: Interval | null;
}

/** Nothing is said where more than a tenth of the draws can't reach the notional. */
const mostUnreached = 0.1;

// scratch of `drawDistances` and `drawWithin`, which run to their ends before anyone can call them again
const downs = new Float64Array(mapDraws.count);
const ups = new Float64Array(mapDraws.count);
const ratios = new Float64Array(mapDraws.count);

/** D_down, D_up and D_down / D_up over the draws. */
export function drawDistances(
  long: PartProfile,
  short: PartProfile,
  notionalUsd: number,
  draws: Draws = mapDraws,
): DrawnDistances {
  let unreached = 0;
  for (let draw = 0; draw < draws.count; draw += 1) {
    const down = distanceOf(long, draws, draw, notionalUsd);
    const up = distanceOf(short, draws, draw, notionalUsd);
    downs[draw] = down;
    ups[draw] = up;
    const reached = down < Infinity && up < Infinity && up > 0;
    if (!reached) unreached += 1;
    ratios[draw] = reached ? down / up : NaN;
  }
  return {
    ratioPercentiles: percentilesOf(ratios.subarray(0, draws.count), unreached),
    down: intervalOf(downs.subarray(0, draws.count)),
    up: intervalOf(ups.subarray(0, draws.count)),
  };
}

/** Notional within `ratio` of the mark over the draws. */
export function drawWithin(profile: PartProfile, ratio: number, draws: Draws = mapDraws): Interval {
  const position = logDistance(profile.side, Math.min(ratio, mapReach)) / binWidth;
  const bin = Math.floor(position);
  for (let draw = 0; draw < draws.count; draw += 1) {
    const before = totalOf(profile, draws, draw, bin - 1);
    downs[draw] = before + (position - bin) * (totalOf(profile, draws, draw, bin) - before);
  }
  const sorted = downs.subarray(0, draws.count).sort();
  return { low: at(sorted, 0.1), high: at(sorted, 0.9) };
}

/** The draw's distance as a share of the mark; Infinity where its map holds less. */
function distanceOf(profile: PartProfile, draws: Draws, draw: number, notionalUsd: number): number {
  if (!(notionalUsd > 0)) return 0;
  let low = 0;
  let high = profile.bins;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (totalOf(profile, draws, draw, middle) >= notionalUsd) high = middle;
    else low = middle + 1;
  }
  if (low >= profile.bins) return Infinity;
  const before = totalOf(profile, draws, draw, low - 1);
  const inside = (notionalUsd - before) / (totalOf(profile, draws, draw, low) - before);
  const ratio = distanceRatio(profile.side, (low + Math.min(1, inside)) * binWidth);
  return ratio <= mapReach ? ratio : Infinity;
}

/** Σ factor × running total, the draw's notional of bins 0 … bin. */
function totalOf({ side, cumulativeUsd }: PartProfile, draws: Draws, draw: number, bin: number): number {
  if (bin < 0) return 0;
  const factors = draws.factors[side];
  let sum = 0;
  for (let part = 0; part < drawnParts; part += 1) {
    sum += (factors[draw * drawnParts + part] ?? 0) * (cumulativeUsd[bin * drawnParts + part] ?? 0);
  }
  return sum;
}

/** Draws that can't reach count as 0 for the low percentiles and as infinite for the high ones. */
function percentilesOf(drawn: Float64Array, unreached: number): RatioPercentiles | null {
  if (unreached >= mostUnreached * drawn.length) return null;
  const low = drawn.map((ratio) => (Number.isNaN(ratio) ? 0 : ratio)).sort();
  const high = unreached === 0 ? low : drawn.map((ratio) => (Number.isNaN(ratio) ? Infinity : ratio)).sort();
  const middle = middleOf(low.subarray(unreached));
  return { p10: at(low, 0.1), p20: at(low, 0.2), p50: middle, p80: at(high, 0.8), p90: at(high, 0.9) };
}

/** The median; of two, their geometric mean, which a mirrored market mirrors. */
function middleOf(sorted: Float64Array): number {
  const half = (sorted.length - 1) / 2;
  return Math.sqrt((sorted[Math.floor(half)] ?? NaN) * (sorted[Math.ceil(half)] ?? NaN));
}

function intervalOf(drawn: Float64Array): Interval | null {
  const sorted = drawn.sort();
  const high = at(sorted, 0.9);
  return high < Infinity ? { low: at(sorted, 0.1), high } : null;
}

/** The nearest of the drawn, not between two: of 200, at least 160 lie above p20 where p20 does, and 160 below p80. */
function at(sorted: Float64Array, share: number): number {
  return sorted[Math.round(share * (sorted.length - 1))] ?? NaN;
}
