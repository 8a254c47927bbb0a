import { binWidth, logDistance, mapReach } from "./grid.ts";
import { levelsOf, type SideLevels, type VenueLevels } from "./levels.ts";
import { farKernel, mixOf, nearKernel, paceOf, type StackState } from "./stack.ts";
import type { FilterState } from "./state.ts";
import type { ContractType, Side } from "./types.ts";

/** Bins to the map's edge, beginning at the mark. */
const bins: Readonly<Record<Side, number>> = {
  long: Math.ceil(logDistance("long", mapReach) / binWidth),
  short: Math.ceil(logDistance("short", mapReach) / binWidth),
};

/** What each bin holds of a kernel. */
const farBins = binsOf(farKernel);
const nearBins = binsOf(nearKernel);

function binsOf(within: (distance: number) => number): Float64Array {
  const count = Math.max(bins.long, bins.short);
  return Float64Array.from({ length: count }, (_, i) => within((i + 1) * binWidth) - within(i * binWidth));
}

/** Σ w_j (S_1/S_j) X_j by bin, both sides on bins that begin at the mark. */
export function stackLevels(
  stack: StackState,
  state: FilterState,
  contractType: ContractType,
  markPrice: number,
): VenueLevels {
  const filter = levelsOf(state, contractType, markPrice);
  const [own = 0, mirrored = 0, far = 0, near = 0] = mixOf(stack);
  const held = state.openInterest ?? 0;
  const pace = paceOf(stack);
  const sideLevels = (side: Side): SideLevels => {
    const other = side === "long" ? "short" : "long";
    const quantities = new Float64Array(filter[side].quantities.length > 0 ? bins[side] : 0);
    spread(filter[side], own, quantities);
    spread(filter[other], mirrored, quantities);
    for (let i = 0; i < quantities.length; i += 1) {
      const kernels = far * (farBins[i] ?? 0) + near * pace * pace * (nearBins[i] ?? 0);
      quantities[i] = (quantities[i] ?? 0) + held * kernels;
    }
    return { nearest: binWidth / 2, quantities };
  };
  return { contractType, markPrice, long: sideLevels("long"), short: sideLevels("short") };
}

/**
 * Adds levels to bins that begin at the mark; a bin's mass lies evenly over the part of it ahead. Bins of both grids
 * are alike in width, so that each lies over two others and always in the same proportion.
 */
function spread({ nearest, quantities }: SideLevels, times: number, into: Float64Array): void {
  const position = nearest / binWidth - 0.5;
  const shift = Math.floor(position);
  const outer = position - shift;
  let carried = 0;
  let i = 0;
  if (position < 0 && quantities.length > 0) {
    // of the bin the mark is in, only what is ahead; all of that lies in the first
    carried = times * (quantities[0] ?? 0);
    i = 1;
  }
  const end = Math.min(quantities.length, into.length - shift);
  for (; i < end; i += 1) {
    const mass = times * (quantities[i] ?? 0);
    into[i + shift] = (into[i + shift] ?? 0) + carried + mass * (1 - outer);
    carried = mass * outer;
  }
  if (end + shift < into.length) into[end + shift] = (into[end + shift] ?? 0) + carried;
}
