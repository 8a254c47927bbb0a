import { binCount, binWidth } from "../grid.ts";
import { priorMix, tierCount } from "../priors.ts";
import { buildTriggers, triggerOffset } from "../triggers.ts";
import type { SeriesSpec, Side } from "../types.ts";
import type { MapModel } from "./mapModel.ts";

/** Maps without memory: open interest in one fixed shape around the last close. */

/** Spread evenly over ln price. */
export function uniformMap(): MapModel {
  return shapedMap((_side, distance) => distance);
}

/** Distance at which the kernel has fallen to 1/e. */
const kernelScale = 0.02;

/** Thinning out with distance. */
export function kernelMap(): MapModel {
  return shapedMap((_side, distance) => -Math.expm1(-distance / kernelScale));
}

/** The prior tiers, all entered at the last close. */
export function templateMap(spec: SeriesSpec): MapModel {
  const shares = { long: templateOf(spec, "long"), short: templateOf(spec, "short") };
  return shapedMap((side, distance) => interpolate(shares[side], distance / binWidth));
}

function shapedMap(shareWithin: (side: Side, distance: number) => number): MapModel {
  let openInterest = 0;
  return {
    within: (side, distance) => [openInterest * shareWithin(side, distance)],
    absorb: (bar) => {
      openInterest = bar.openInterest ?? openInterest;
    },
  };
}

/** Quantiles drawn of each tier's leverage spread. */
const quantiles = 256;

/** Share of a side whose trigger lies within i bins of its entry. */
function templateOf(spec: SeriesSpec, side: Side): Float64Array {
  const table = buildTriggers(spec, side);
  const within = new Float64Array(binCount + 1);
  for (let tier = 0; tier < tierCount; tier += 1) {
    const share = (priorMix[side].tiers[tier] ?? 0) / quantiles;
    for (let i = 0; i < quantiles; i += 1) {
      const bin = Math.ceil(triggerOffset(table, tier, (i + 0.5) / quantiles));
      if (bin <= binCount) within[bin] = (within[bin] ?? 0) + share;
    }
  }
  for (let bin = 1; bin <= binCount; bin += 1) within[bin] = (within[bin] ?? 0) + (within[bin - 1] ?? 0);
  return within;
}

function interpolate(cumulative: Float64Array, position: number): number {
  const inside = Math.min(position, cumulative.length - 1);
  const index = Math.floor(inside);
  const before = cumulative[index] ?? 0;
  return before + (inside - index) * ((cumulative[index + 1] ?? before) - before);
}
