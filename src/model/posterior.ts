import { drawnParts, mapDraws, type Draws } from "./draws.ts";
import { fillDistances, weigh } from "./drawnReach.ts";
import { binWidth, logDistance, mapReach } from "./grid.ts";
import type { PartProfile } from "./parts.ts";
import { selectRank } from "./select.ts";
import type { Interval, RatioPercentiles } from "./types.ts";

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
const within = new Float64Array(drawnParts);

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
    const down = downs[draw] ?? NaN;
    const up = ups[draw] ?? NaN;
    const reached = down < Infinity && up < Infinity && up > 0;
    if (!reached) unreached += 1;
    ratios[draw] = reached ? down / up : NaN;
  }
  return {
    ratioPercentiles: percentilesOf(firstOf(ratios, draws.count), unreached),
    down: intervalOf(firstOf(downs, draws.count)),
    up: intervalOf(firstOf(ups, draws.count)),
  };
}

/** Notional within `ratio` of the mark over the draws. */
export function drawWithin(
  { side, bins, cumulativeUsd, first, end }: PartProfile,
  ratio: number,
  draws: Draws = mapDraws,
): Interval {
  const position = logDistance(side, Math.min(ratio, mapReach)) / binWidth;
  const bin = Math.floor(position);
  for (let part = 0; part < drawnParts; part += 1) {
    const before = bin === 0 ? 0 : (cumulativeUsd[part * bins + bin - 1] ?? 0);
    const after = cumulativeUsd[part * bins + bin] ?? 0;
    within[part] = before + (position - bin) * (after - before);
  }
  const factors = draws.factors[side];
  const atDistance = { bins: 1, cumulativeUsd: within, first, end };
  for (let draw = 0; draw < draws.count; draw += 1) {
    downs[draw] = weigh(factors, draw * drawnParts, atDistance, 0);
  }
  const drawn = firstOf(downs, draws.count);
  const [low, high] = [rankOf(drawn, 0.1), rankOf(drawn, 0.9)];
  const upper = selectRank(drawn, high);
  return { low: selectRank(drawn, low, 0, high), high: upper };
}

function firstOf(values: Float64Array, count: number): Float64Array {
  return count === values.length ? values : values.subarray(0, count);
}

/** Draws that can't reach count as 0 for the low percentiles and as infinite for the high ones. */
function percentilesOf(drawn: Float64Array, unreached: number): RatioPercentiles | null {
  if (unreached >= mostUnreached * drawn.length) return null;
  const known = unreached === 0;
  const low = known ? drawn : drawn.map((ratio) => (Number.isNaN(ratio) ? 0 : ratio));
  const p50 = middleOf(low, unreached);
  const p20 = at(low, 0.2);
  const p10 = at(low, 0.1);
  const high = known ? drawn : drawn.map((ratio) => (Number.isNaN(ratio) ? Infinity : ratio));
  return { p10, p20, p50, p80: at(high, 0.8), p90: at(high, 0.9) };
}

/** The median without the least `left` values; of two, their geometric mean, which a mirrored market mirrors. */
function middleOf(drawn: Float64Array, left: number): number {
  const half = left + (drawn.length - left - 1) / 2;
  const [lower, upper] = [Math.floor(half), Math.ceil(half)];
  return Math.sqrt(selectRank(drawn, lower) * selectRank(drawn, upper, lower));
}

function intervalOf(drawn: Float64Array): Interval | null {
  const high = rankOf(drawn, 0.9);
  const upper = selectRank(drawn, high);
  return upper < Infinity ? { low: selectRank(drawn, rankOf(drawn, 0.1), 0, high), high: upper } : null;
}

/** The nearest of the drawn, not between two: of 200, at least 160 lie above p20 where p20 does, and 160 below p80. */
function at(drawn: Float64Array, share: number): number {
  return selectRank(drawn, rankOf(drawn, share));
}

function rankOf({ length }: Float64Array, share: number): number {
  return Math.round(share * (length - 1));
}
