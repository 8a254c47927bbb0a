import { drawnParts, mapDraws, type Draws } from "./draws.ts";
import { binWidth, distanceRatio, logDistance, mapReach } from "./grid.ts";
import { emptyNotional, priceShares } from "./profile.ts";
import { selectRank } from "./select.ts";
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
  const shares = priceShares[side];
  const bins = Math.min(quantities.length, shares.length);
  for (let bin = 0; bin < bins; bin += 1) {
    const price = mark === undefined ? 1 : mark * (shares[bin] ?? 0);
    const at = bin * drawnParts + part;
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
  fillDistances(long, draws, notionalUsd, downs);
  fillDistances(short, draws, notionalUsd, ups);
  let unreached = 0;
  for (let draw = 0; draw < draws.count; draw += 1) {
    const [down, up] = [downs[draw] ?? NaN, ups[draw] ?? NaN];
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
export function drawWithin(
  { side, cumulativeUsd }: PartProfile,
  ratio: number,
  draws: Draws = mapDraws,
): Interval {
  const position = logDistance(side, Math.min(ratio, mapReach)) / binWidth;
  const bin = Math.floor(position);
  const within = new Float64Array(drawnParts);
  for (let part = 0; part < drawnParts; part += 1) {
    const before = cumulativeUsd[(bin - 1) * drawnParts + part] ?? 0;
    const after = cumulativeUsd[bin * drawnParts + part] ?? 0;
    within[part] = before + (position - bin) * (after - before);
  }
  for (let draw = 0; draw < draws.count; draw += 1) {
    downs[draw] = weigh(draws.factors[side], draw * drawnParts, within, 0);
  }
  const drawn = downs.subarray(0, draws.count);
  return { low: at(drawn, 0.1), high: at(drawn, 0.9) };
}

/** Each draw's distance as a share of the mark; Infinity where its map holds less. */
function fillDistances(profile: PartProfile, draws: Draws, notionalUsd: number, into: Float64Array): void {
  const { side, bins } = profile;
  let near = bins >>> 1;
  for (let draw = 0; draw < draws.count; draw += 1) {
    const bin = notionalUsd > 0 ? firstReaching(profile, draws, draw, { notionalUsd, near }) : 0;
    near = Math.min(bin, bins - 1);
    const before = bin === 0 ? 0 : totalOf(profile, draws, draw, bin - 1);
    const inside = (notionalUsd - before) / (totalOf(profile, draws, draw, bin) - before);
    const ratio = distanceRatio(side, (bin + Math.min(1, inside)) * binWidth);
    into[draw] = bin < bins && ratio <= mapReach ? ratio : Infinity;
  }
}

/** Doubling steps away from `near`, where the draw before ended, then bisection: totals never fall. */
function firstReaching(
  profile: PartProfile,
  draws: Draws,
  draw: number,
  { notionalUsd, near }: { readonly notionalUsd: number; readonly near: number },
): number {
  let [low, high] = [0, profile.bins];
  let step = 4;
  if (totalOf(profile, draws, draw, near) >= notionalUsd) {
    high = near;
    while (high > step && totalOf(profile, draws, draw, high - step) >= notionalUsd) {
      high -= step;
      step *= 2;
    }
    low = Math.max(0, high - step);
  } else {
    low = near + 1;
    while (low + step < high && totalOf(profile, draws, draw, low + step - 1) < notionalUsd) {
      low += step;
      step *= 2;
    }
    high = Math.min(high, low + step);
  }
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (totalOf(profile, draws, draw, middle) >= notionalUsd) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The draw's notional of bins 0 … bin. */
function totalOf({ side, cumulativeUsd }: PartProfile, draws: Draws, draw: number, bin: number): number {
  return weigh(draws.factors[side], draw * drawnParts, cumulativeUsd, bin * drawnParts);
}

/** Σ factor × mass over the parts, from two places on. */
function weigh(factors: Float64Array, from: number, masses: Float64Array, at: number): number {
  let sum = 0;
  for (let part = 0; part < drawnParts; part += 1) {
    sum += (factors[from + part] ?? 0) * (masses[at + part] ?? 0);
  }
  return sum;
}

/** Draws that can't reach count as 0 for the low percentiles and as infinite for the high ones. */
function percentilesOf(drawn: Float64Array, unreached: number): RatioPercentiles | null {
  if (unreached >= mostUnreached * drawn.length) return null;
  const known = unreached === 0;
  const low = known ? drawn : drawn.map((ratio) => (Number.isNaN(ratio) ? 0 : ratio));
  const high = known ? drawn : drawn.map((ratio) => (Number.isNaN(ratio) ? Infinity : ratio));
  const [p10, p20, p50] = [at(low, 0.1), at(low, 0.2), middleOf(low, unreached)];
  return { p10, p20, p50, p80: at(high, 0.8), p90: at(high, 0.9) };
}

/** The median without the least `left` values; of two, their geometric mean, which a mirrored market mirrors. */
function middleOf(drawn: Float64Array, left: number): number {
  const half = left + (drawn.length - left - 1) / 2;
  return Math.sqrt(selectRank(drawn, Math.floor(half)) * selectRank(drawn, Math.ceil(half)));
}

function intervalOf(drawn: Float64Array): Interval | null {
  const high = at(drawn, 0.9);
  return high < Infinity ? { low: at(drawn, 0.1), high } : null;
}

/** The nearest of the drawn, not between two: of 200, at least 160 lie above p20 where p20 does, and 160 below p80. */
function at(drawn: Float64Array, share: number): number {
  return selectRank(drawn, Math.round(share * (drawn.length - 1)));
}
