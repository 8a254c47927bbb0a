import { binWidth, distanceRatio, logDistance, mapReach } from "./grid.ts";
import type { Side } from "./types.ts";

/**
 * One side of the merged map: modelled notional in USD by log distance from the mark, bin i holding
 * [i, i + 1) × binWidth. Inside a bin the notional lies evenly over log distance, so distances move continuously.
 */
export interface Profile {
  readonly side: Side;
  readonly notionalUsd: Float64Array;
  /** cumulativeUsd[i] = notional of bins 0 … i. */
  readonly cumulativeUsd: Float64Array;
}

/** Bins that reach the map's edge; the last one is cut by it. */
const profileBins: Readonly<Record<Side, number>> = {
  long: Math.ceil(logDistance("long", mapReach) / binWidth),
  short: Math.ceil(logDistance("short", mapReach) / binWidth),
};

/** Of the way from a share of the mark to a log distance and back. */
const rounding = 1e-12;

/** Liquidation price of each bin, its centre, as a share of the mark. */
export const priceShares: Readonly<Record<Side, Float64Array>> = {
  long: sharesOf("long"),
  short: sharesOf("short"),
};

function sharesOf(side: Side): Float64Array {
  const outward = side === "long" ? -1 : 1;
  return Float64Array.from({ length: profileBins[side] }, (_, i) => Math.exp(outward * (i + 0.5) * binWidth));
}

export function emptyNotional(side: Side): Float64Array {
  return new Float64Array(profileBins[side]);
}

export function profileOf(side: Side, notionalUsd: Float64Array): Profile {
  const profile = { side, notionalUsd, cumulativeUsd: new Float64Array(notionalUsd.length) };
  fillCumulative(profile);
  return profile;
}

export function fillCumulative({ notionalUsd, cumulativeUsd }: Profile): void {
  let sum = 0;
  for (let i = 0; i < notionalUsd.length; i += 1) {
    sum += notionalUsd[i] ?? 0;
    cumulativeUsd[i] = sum;
  }
}

/** L(d) or S(d): notional within `ratio` (a share of the mark) of it; nothing lies beyond the map. */
export function notionalWithin(profile: Profile, ratio: number): number {
  if (!(ratio > 0)) return 0;
  const position = logDistance(profile.side, Math.min(ratio, mapReach)) / binWidth;
  const bin = Math.floor(position);
  const before = profile.cumulativeUsd[bin - 1] ?? 0;
  return before + (position - bin) * (profile.notionalUsd[bin] ?? 0);
}

/** D(N): the least share of the mark within which `notionalUsd` lies; undefined where the map holds less. */
export function distanceTo(profile: Profile, notionalUsd: number): number | undefined {
  if (!(notionalUsd > 0)) return 0;
  const bin = firstReaching(profile.cumulativeUsd, notionalUsd);
  if (bin === undefined) return undefined;
  const before = profile.cumulativeUsd[bin - 1] ?? 0;
  const inside = Math.min(1, (notionalUsd - before) / (profile.notionalUsd[bin] ?? 1));
  const ratio = distanceRatio(profile.side, (bin + inside) * binWidth);
  return ratio <= mapReach + rounding ? Math.min(ratio, mapReach) : undefined;
}

/** Binary search over running totals, which never fall. */
function firstReaching(cumulative: Float64Array, amount: number): number | undefined {
  let low = 0;
  let high = cumulative.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((cumulative[middle] ?? Infinity) >= amount) high = middle;
    else low = middle + 1;
  }
  return low < cumulative.length ? low : undefined;
}
