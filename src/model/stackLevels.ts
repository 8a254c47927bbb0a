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

/** Adds levels to bins that begin at the mark; a bin's mass lies evenly over the part of it ahead. */
function spread({ nearest, quantities }: SideLevels, times: number, into: Float64Array): void {
  for (let i = 0; i < quantities.length; i += 1) {
    const outer = nearest / binWidth + i + 0.5;
    const inner = Math.max(0, outer - 1);
    const bin = Math.floor(inner);
    const mass = times * (quantities[i] ?? 0);
    const beyond = Math.max(0, outer - bin - 1) / (outer - inner);
    if (bin < into.length) into[bin] = (into[bin] ?? 0) + mass * (1 - beyond);
    if (bin + 1 < into.length) into[bin + 1] = (into[bin + 1] ?? 0) + mass * beyond;
  }
}
