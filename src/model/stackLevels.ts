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
/** No more of them than hold anything: a few dozen. */
const nearBins = trimmed(binsOf(nearKernel));

function binsOf(within: (distance: number) => number): Float64Array {
  const count = Math.max(bins.long, bins.short);
  return Float64Array.from({ length: count }, (_, i) => within((i + 1) * binWidth) - within(i * binWidth));
}

function trimmed(kernel: Float64Array): Float64Array {
  return kernel.subarray(0, 1 + kernel.findLastIndex((mass) => mass !== 0));
}

/** Reports of less say how one day went, not what share of maps comes true. */
const leastReportedHours = 48;

const partsOfStack = nearPart + 1;

/** Each part by bin as it is laid, and behind which bin there is nothing of it. */
interface Rows {
  readonly masses: readonly Float64Array[];
  readonly ends: Int32Array;
}

// scratch of `stackLevels`, which runs to its end before anyone can call it again
const scratch: Readonly<Record<Side, Rows>> = { long: createRows("long"), short: createRows("short") };

function createRows(side: Side): Rows {
  const masses = Array.from({ length: partsOfStack }, () => new Float64Array(bins[side]));
  return { masses, ends: new Int32Array(partsOfStack) };
}

export interface LevelsWanted {
  readonly contractType: ContractType;
  readonly markPrice: number;
  /** Also part by part, for the draws. */
  readonly parts: boolean;
}

/** Σ w_j (S_1/S_j) X_j by bin, both sides on bins that begin at the mark; the filter's part tier by tier. */
export function stackLevels(stack: StackState, state: FilterState, wanted: LevelsWanted): VenueLevels {
  const { contractType, markPrice } = wanted;
  const windows = {
    long: windowOf("long", state.long, markPrice),
    short: windowOf("short", state.short, markPrice),
  };
  const mix = mixOf(stack);
  const sideLevels = (side: Side): SideLevels => {
    if (!Number.isFinite(Math.log(markPrice)))
      return { nearest: binWidth / 2, quantities: new Float64Array() };
    layTiers(state, windows, side, mix);
    layKernels(stack, state, { side, markPrice, mix });
    return readRows(scratch[side], wanted.parts);
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

/** X1 tier by tier, and X2, which is the other side's tiers together. */
function layTiers(
  state: FilterState,
  windows: Readonly<Record<Side, LevelWindow>>,
  side: Side,
  [own = 0, mirrored = 0]: readonly number[],
): void {
  const { masses, ends } = scratch[side];
  const other = side === "long" ? "short" : "long";
  const mirror = masses[mirroredPart]?.fill(0);
  let mirrorEnd = 0;
  for (let tier = 0; tier < tierCount; tier += 1) {
    ends[tier] = spread(state[side], tier, windows[side], own, masses[tier]?.fill(0));
    mirrorEnd = Math.max(mirrorEnd, spread(state[other], tier, windows[other], mirrored, mirror));
  }
  ends[mirroredPart] = mirrorEnd;
}

/** X3 and X4. */
function layKernels(
  stack: StackState,
  state: FilterState,
  {
    side,
    markPrice,
    mix,
  }: { readonly side: Side; readonly markPrice: number; readonly mix: readonly number[] },
): void {
  const { masses, ends } = scratch[side];
  const [, , far = 0, near = 0] = mix;
  const held = state.openInterest ?? 0;
  ends[farPart] = lay(farBins, held * far, masses[farPart]);
  const gaps = gapsOf(stack.sweeps, side, outwards(side, Math.log(markPrice)));
  sweep(gaps, held * far, masses[farPart]);
  ends[nearPart] = lay(nearBins, held * near * paceOf(stack), masses[nearPart]);
}

/** What was laid, and its sum; the parts are copied into one piece, because many small ones cost more than that. */
function readRows({ masses, ends }: Rows, withParts: boolean): SideLevels {
  const quantities = new Float64Array(masses[0]?.length ?? 0);
  const copied = new Float64Array(withParts ? ends.reduce((sum, end) => sum + end, 0) : 0);
  const parts: Float64Array[] = [];
  let first = 0;
  for (let part = 0; part < partsOfStack; part += 1) {
    const end = ends[part] ?? 0;
    const row = masses[part] ?? quantities;
    for (let i = 0; i < end; i += 1) quantities[i] = (quantities[i] ?? 0) + (row[i] ?? 0);
    if (!withParts) continue;
    for (let i = 0; i < end; i += 1) copied[first + i] = row[i] ?? 0;
    parts.push(copied.subarray(first, first + end));
    first += end;
  }
  return { nearest: binWidth / 2, quantities, ...(withParts && { parts }) };
}

/** Sets what a kernel has of each bin; says behind which there is nothing. */
function lay(kernel: Float64Array, times: number, into: Float64Array | undefined): number {
  if (into === undefined) return 0;
  const end = times === 0 ? 0 : Math.min(into.length, kernel.length);
  for (let i = 0; i < end; i += 1) into[i] = times * (kernel[i] ?? 0);
  return end;
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
 * grids are alike in width, so that each lies over two others and always in the same proportion. Says behind which bin
 * there is nothing of it.
 */
function spread(
  book: Book,
  tier: number,
  { first, count, nearest }: LevelWindow,
  times: number,
  into: Float64Array | undefined,
): number {
  if (into === undefined || times === 0) return 0;
  const position = nearest / binWidth - 0.5;
  const shift = Math.floor(position);
  const outer = position - shift;
  const inner = 1 - outer;
  const scaled = times * (book.scale[tier] ?? 1);
  const row = tier * binCount + first;
  const frontier = Math.max(0, (book.frontier[tier] ?? 0) - first);
  let end = Math.min(count, into.length - shift);
  while (end > frontier && book.bins[row + end - 1] === 0) end -= 1;
  // of the bin the mark is in, only what is ahead; all of that lies in the first
  const cut = position < 0 && count > 0 && frontier === 0;
  let carried = cut ? scaled * (book.bins[row] ?? 0) : 0;
  let bin = cut ? 1 : frontier;
  if (bin >= end && carried === 0) return 0;
  for (; bin < end; bin += 1) {
    const mass = scaled * (book.bins[row + bin] ?? 0);
    into[bin + shift] = (into[bin + shift] ?? 0) + carried + mass * inner;
    carried = mass * outer;
  }
  const last = bin + shift;
  if (last >= into.length) return into.length;
  into[last] = (into[last] ?? 0) + carried;
  return last + 1;
}
