import type { Book } from "./book.ts";
import { farPart, mirroredPart, nearPart } from "./draws.ts";
import { binCount, binWidth, logDistance, mapReach, outwards } from "./grid.ts";
import { windowOf, type LevelWindow, type SideLevels, type VenueLevels } from "./levels.ts";
import { tierCount } from "./priors.ts";
import { farKernel, mixOf, nearKernel, paceOf, type StackState } from "./stack.ts";
import type { FilterState } from "./state.ts";
import { gapsOf, type Gap } from "./sweeps.ts";
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

/** Reports of less say how one day went, not what share of maps comes true. */
const leastReportedHours = 48;

/** Σ w_j (S_1/S_j) X_j by bin, both sides on bins that begin at the mark; the filter's part tier by tier. */
export function stackLevels(
  stack: StackState,
  state: FilterState,
  contractType: ContractType,
  markPrice: number,
): VenueLevels {
  const windows = {
    long: windowOf("long", state.long, markPrice),
    short: windowOf("short", state.short, markPrice),
  };
  const [own = 0, mirrored = 0, far = 0, near = 0] = mixOf(stack);
  const held = state.openInterest ?? 0;
  const pace = paceOf(stack);
  const sideLevels = (side: Side): SideLevels => {
    const other = side === "long" ? "short" : "long";
    const count = Number.isFinite(Math.log(markPrice)) ? bins[side] : 0;
    const parts = emptyParts(count);
    for (let tier = 0; tier < tierCount; tier += 1) {
      spread(state[side], tier, windows[side], own, parts[tier]);
      spread(state[other], tier, windows[other], mirrored, parts[mirroredPart]);
    }
    lay(farBins, held * far, parts[farPart]);
    sweep(gapsOf(stack.sweeps, side, outwards(side, Math.log(markPrice))), held * far, parts[farPart]);
    lay(nearBins, held * near * pace, parts[nearPart]);
    return { nearest: binWidth / 2, quantities: sumOf(parts, count), parts };
  };
  const [reported = 0, mapped = 0, hours = 0] = stack.reports;
  return {
    contractType,
    markPrice,
    long: sideLevels("long"),
    short: sideLevels("short"),
    ...(mapped > 0 && hours >= leastReportedHours && { reports: { reported, mapped } }),
  };
}

/** Of one piece: eleven small arrays a side would cost more than what is written into them. */
function emptyParts(count: number): Float64Array[] {
  const all = new Float64Array((nearPart + 1) * count);
  return Array.from({ length: nearPart + 1 }, (_, part) => all.subarray(part * count, (part + 1) * count));
}

function sumOf(parts: readonly Float64Array[], count: number): Float64Array {
  const sums = new Float64Array(count);
  for (const part of parts) for (let i = 0; i < count; i += 1) sums[i] = (sums[i] ?? 0) + (part[i] ?? 0);
  return sums;
}

function lay(kernel: Float64Array, times: number, into: Float64Array | undefined): void {
  if (into === undefined || times === 0) return;
  for (let i = 0; i < into.length; i += 1) into[i] = times * (kernel[i] ?? 0);
}

/** Takes out of the far kernel what is missing in its gaps; gaps may begin and end inside of bins. */
function sweep(gaps: readonly Gap[], times: number, from: Float64Array | undefined): void {
  if (from === undefined || times === 0) return;
  for (const gap of gaps) {
    const last = Math.min(from.length - 1, Math.floor(gap.to / binWidth));
    for (let bin = Math.floor(gap.from / binWidth); bin <= last; bin += 1) {
      const inner = Math.max(gap.from, bin * binWidth);
      const outer = Math.min(gap.to, (bin + 1) * binWidth);
      const whole = outer - inner > 0.999_999 * binWidth;
      const mass = whole ? (farBins[bin] ?? 0) : farKernel(outer) - farKernel(inner);
      from[bin] = Math.max(0, (from[bin] ?? 0) - times * gap.missing * mass);
    }
  }
}

/**
 * Adds a book's row to bins that begin at the mark; a bin's mass lies evenly over the part of it ahead. Bins of both
 * grids are alike in width, so that each lies over two others and always in the same proportion.
 */
function spread(
  book: Book,
  tier: number,
  { first, count, nearest }: LevelWindow,
  times: number,
  into: Float64Array | undefined,
): void {
  if (into === undefined || into.length === 0 || times === 0) return;
  const position = nearest / binWidth - 0.5;
  const shift = Math.floor(position);
  const outer = position - shift;
  const scaled = times * (book.scale[tier] ?? 1);
  const row = tier * binCount + first;
  const massOf = (bin: number): number => scaled * (book.bins[row + bin] ?? 0);
  const frontier = Math.max(0, (book.frontier[tier] ?? 0) - first);
  // of the bin the mark is in, only what is ahead; all of that lies in the first
  const cut = position < 0 && count > 0 && frontier === 0;
  if (cut) into[0] = (into[0] ?? 0) + massOf(0);
  const end = Math.min(count, into.length - shift);
  for (let i = Math.max(cut ? 1 : 0, frontier); i < end; i += 1) {
    const mass = massOf(i);
    into[i + shift] = (into[i + shift] ?? 0) + mass * (1 - outer);
    if (i + shift + 1 < into.length) into[i + shift + 1] = (into[i + shift + 1] ?? 0) + mass * outer;
  }
}
