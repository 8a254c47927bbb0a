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

/** Where a book's bins lie on bins that begin at the mark: each over two of them, always in the same proportion. */
interface Placement extends LevelWindow {
  /** From a bin to the nearer one of the two it lies over. */
  readonly shift: number;
  /** Its share in the farther one. */
  readonly outer: number;
  /** By tier, the first bin of the window that may hold something, and the one behind the last that does. */
  readonly from: Int32Array;
  readonly to: Int32Array;
}

interface Scratch {
  /** A part as it is laid. */
  readonly row: Float64Array;
  /** The mirrored side, which eight rows are added to. */
  readonly mirrored: Float64Array;
  /** By part, behind which bin there is nothing of it. */
  readonly ends: Int32Array;
}

// scratch of `stackLevels`, which runs to its end before anyone can call it again
const scratch: Readonly<Record<Side, Scratch>> = {
  long: createScratch("long"),
  short: createScratch("short"),
};

function createScratch(side: Side): Scratch {
  const [row, mirrored] = [new Float64Array(bins[side]), new Float64Array(bins[side])];
  return { row, mirrored, ends: new Int32Array(partsOfStack) };
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
  const placed = {
    long: placementOf("long", state.long, markPrice),
    short: placementOf("short", state.short, markPrice),
  };
  const mix = mixOf(stack);
  const [reported = 0, mapped = 0, hours = 0] = stack.reports;
  const sideLevels = (side: Side): SideLevels => sideOf({ stack, state, placed, mix, wanted }, side);
  return {
    contractType,
    markPrice,
    long: sideLevels("long"),
    short: sideLevels("short"),
    ...(mapped > 0 && hours >= leastReportedHours && { reports: { reported, mapped } }),
  };
}

function placementOf(side: Side, book: Book, markPrice: number): Placement {
  const window = windowOf(side, book, markPrice);
  const position = window.nearest / binWidth - 0.5;
  const shift = Math.floor(position);
  const [from, to] = [new Int32Array(tierCount), new Int32Array(tierCount)];
  for (let tier = 0; tier < tierCount; tier += 1) {
    const row = tier * binCount + window.first;
    const least = Math.max(0, (book.frontier[tier] ?? 0) - window.first);
    let end = window.count;
    while (end > least && book.bins[row + end - 1] === 0) end -= 1;
    from[tier] = least;
    to[tier] = end;
  }
  return { ...window, shift, outer: position - shift, from, to };
}

interface Laying {
  readonly stack: StackState;
  readonly state: FilterState;
  readonly placed: Readonly<Record<Side, Placement>>;
  /** What each part of the stack is multiplied by. */
  readonly mix: readonly number[];
  readonly wanted: LevelsWanted;
}

/** Parts lie in one piece, one behind the other: many small arrays would cost more than what is written into them. */
function sideOf(laying: Laying, side: Side): SideLevels {
  const { state, placed, mix, wanted } = laying;
  if (!Number.isFinite(Math.log(wanted.markPrice)))
    return { nearest: binWidth / 2, quantities: new Float64Array() };
  const { row, mirrored, ends } = scratch[side];
  const [own = 0] = mix;
  const quantities = new Float64Array(bins[side]);
  for (let tier = 0; tier < tierCount; tier += 1)
    ends[tier] = own === 0 ? 0 : endOf(placed[side], tier, row.length);
  ends[mirroredPart] = layMirrored(laying, side);
  ends[farPart] = row.length;
  ends[nearPart] = nearBins.length;
  const masses = new Float64Array(wanted.parts ? ends.reduce((sum, end) => sum + end, 0) : 0);
  const parts: Float64Array[] = [];
  let first = 0;
  for (let part = 0; part < partsOfStack; part += 1) {
    const end = ends[part] ?? 0;
    const laid = wanted.parts ? masses.subarray(first, first + end) : row.fill(0);
    if (part < tierCount) spread(state[side], part, placed[side], own, laid);
    else if (part === mirroredPart) for (let i = 0; i < end; i += 1) laid[i] = mirrored[i] ?? 0;
    else layKernel(laying, side, part, laid);
    for (let i = 0; i < end; i += 1) quantities[i] = (quantities[i] ?? 0) + (laid[i] ?? 0);
    if (wanted.parts) parts.push(laid);
    first += end;
  }
  return { nearest: binWidth / 2, quantities, ...(wanted.parts && { parts }) };
}

/** X2: the other side's tiers together. Says behind which bin there is nothing of it. */
function layMirrored({ state, placed, mix: [, times = 0] }: Laying, side: Side): number {
  const { mirrored } = scratch[side];
  const other = side === "long" ? "short" : "long";
  if (times === 0) return 0;
  mirrored.fill(0);
  let end = 0;
  for (let tier = 0; tier < tierCount; tier += 1) {
    spread(state[other], tier, placed[other], times, mirrored);
    end = Math.max(end, endOf(placed[other], tier, mirrored.length));
  }
  return end;
}

/** X3 or X4. */
function layKernel(
  { stack, state, mix, wanted }: Laying,
  side: Side,
  part: number,
  into: Float64Array,
): void {
  const [, , far = 0, near = 0] = mix;
  const held = state.openInterest ?? 0;
  if (part === nearPart) return lay(nearBins, held * near * paceOf(stack), into);
  lay(farBins, held * far, into);
  sweep(gapsOf(stack.sweeps, side, outwards(side, Math.log(wanted.markPrice))), held * far, into);
}

function lay(kernel: Float64Array, times: number, into: Float64Array): void {
  const end = Math.min(into.length, kernel.length);
  for (let i = 0; i < end; i += 1) into[i] = times * (kernel[i] ?? 0);
}

/** Takes out of the far kernel what is missing in its gaps; gaps may begin and end inside of bins. */
function sweep(gaps: readonly Gap[], times: number, from: Float64Array): void {
  if (times === 0) return;
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

/** Behind which bin from the mark there is nothing of a row. */
function endOf({ shift, from, to }: Placement, tier: number, bins: number): number {
  const end = to[tier] ?? 0;
  return end <= (from[tier] ?? 0) ? 0 : Math.min(bins, end + shift + 1);
}

/** Adds a book's row to bins that begin at the mark; a bin's mass lies evenly over the part of it ahead. */
function spread(book: Book, tier: number, placed: Placement, times: number, into: Float64Array): void {
  const { first, count, shift, outer } = placed;
  const inner = 1 - outer;
  const scaled = times * (book.scale[tier] ?? 1);
  const row = tier * binCount + first;
  const frontier = placed.from[tier] ?? 0;
  // of the bin the mark is in, only what is ahead; all of that lies in the first
  const cut = shift < 0 && count > 0 && frontier === 0;
  let carried = cut ? scaled * (book.bins[row] ?? 0) : 0;
  let bin = cut ? 1 : frontier;
  const end = Math.min(placed.to[tier] ?? 0, into.length - shift);
  for (; bin < end; bin += 1) {
    const mass = scaled * (book.bins[row + bin] ?? 0);
    into[bin + shift] = (into[bin + shift] ?? 0) + carried + mass * inner;
    carried = mass * outer;
  }
  if (bin + shift < into.length) into[bin + shift] = (into[bin + shift] ?? 0) + carried;
}
