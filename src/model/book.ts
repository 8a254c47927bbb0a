import { binCount, blockBins } from "./grid.ts";
import { tierCount } from "./priors.ts";

/**
 * One side's positions, each tier a row of bins by liquidation price (plain formula: mass[tier][bin], every bar
 * each bin × survival). Typed arrays and one lazy factor a row, because that costs a bar microseconds instead of
 * a pass over all bins: real mass of a bin = bins × scale. Bins are 32-bit so that a snapshot is exact and small;
 * totals are 64-bit, so conservation holds to their rounding.
 */
export interface Book {
  /** Absolute index of each row's first bin. */
  origin: number;
  readonly bins: Float32Array;
  /** Real mass per unit stored, by tier. */
  readonly scale: Float64Array;
  /** Mass whose trigger lies beyond the grid's far edge, stored like a bin. */
  readonly overflow: Float64Array;
  /** Real mass by tier, the overflow included. */
  readonly total: Float64Array;
  /** Mean entry of a tier, in the side's outward coordinate (bins). */
  readonly entry: Float64Array;
  /** No bin of the row before this one holds mass. */
  readonly frontier: Int32Array;
  /** Mass that never liquidates. */
  hedged: number;
}

/** Below this a row's factor is multiplied into its bins, well before 32-bit floats run out of range. */
const leastScale = 2 ** -30;

export function createBook(): Book {
  return {
    origin: 0,
    bins: new Float32Array(tierCount * binCount),
    scale: new Float64Array(tierCount).fill(1),
    overflow: new Float64Array(tierCount),
    total: new Float64Array(tierCount),
    entry: new Float64Array(tierCount),
    frontier: new Int32Array(tierCount).fill(binCount),
    hedged: 0,
  };
}

export function copyBook(from: Book, to: Book): void {
  to.origin = from.origin;
  to.bins.set(from.bins);
  to.scale.set(from.scale);
  to.overflow.set(from.overflow);
  to.total.set(from.total);
  to.entry.set(from.entry);
  to.frontier.set(from.frontier);
  to.hedged = from.hedged;
}

/** Everything the side holds, hedged or not. */
export function bookTotal(book: Book): number {
  let sum = book.hedged;
  for (let tier = 0; tier < tierCount; tier += 1) sum += book.total[tier] ?? 0;
  return sum;
}

/** Takes out all mass in bins before the absolute index `uncrossed`; returns how much. */
export function consumeBook(book: Book, uncrossed: number): number {
  const end = Math.min(binCount, uncrossed - book.origin);
  let consumed = 0;
  for (let tier = 0; tier < tierCount; tier += 1) {
    if ((book.frontier[tier] ?? binCount) < end) consumed += consumeRow(book, tier, end);
  }
  return consumed;
}

function consumeRow(book: Book, tier: number, end: number): number {
  const base = tier * binCount;
  let stored = 0;
  for (let bin = book.frontier[tier] ?? end; bin < end; bin += 1) {
    stored += book.bins[base + bin] ?? 0;
    book.bins[base + bin] = 0;
  }
  book.frontier[tier] = end;
  const before = book.total[tier] ?? 0;
  const rest = Math.max(0, before - stored * (book.scale[tier] ?? 1));
  // what 32-bit rounding left between bins and total shows once most of a row is gone: count it anew then
  const total = rest < 0.01 * before ? Math.min(before, countRow(book, tier)) : rest;
  book.total[tier] = total;
  return before - total;
}

/** Real mass of a row, counted bin by bin. */
export function countRow(book: Book, tier: number): number {
  let stored = book.overflow[tier] ?? 0;
  const end = (tier + 1) * binCount;
  for (let i = tier * binCount + (book.frontier[tier] ?? 0); i < end; i += 1) stored += book.bins[i] ?? 0;
  return stored * (book.scale[tier] ?? 1);
}

/** Keeps the share `survival` of a tier, wherever it sits. */
export function decayRow(book: Book, tier: number, survival: number): void {
  const scale = (book.scale[tier] ?? 1) * survival;
  book.scale[tier] = scale;
  book.total[tier] = (book.total[tier] ?? 0) * survival;
  if (scale < leastScale) foldScale(book, tier, scale);
}

function foldScale(book: Book, tier: number, scale: number): void {
  const row = book.bins.subarray(tier * binCount, (tier + 1) * binCount);
  for (let bin = 0; bin < binCount; bin += 1) row[bin] = (row[bin] ?? 0) * scale;
  book.overflow[tier] = (book.overflow[tier] ?? 0) * scale;
  book.scale[tier] = 1;
}

/** Moves the grid so that `anchor`, the first bin that may hold mass from now on, lies on it with room. */
export function recentreBook(book: Book, anchor: number): void {
  const ahead = anchor - book.origin;
  if (ahead >= 0 && ahead < 3 * blockBins) return;
  shiftBook(book, anchor - blockBins - book.origin);
}

/** Outwards (by > 0) only crossed, empty bins fall off; inwards the far end falls into the overflow. */
function shiftBook(book: Book, by: number): void {
  for (let tier = 0; tier < tierCount; tier += 1) {
    const row = book.bins.subarray(tier * binCount, (tier + 1) * binCount);
    if (by < 0) spill(book, tier, row, Math.max(0, binCount + by));
    if (Math.abs(by) >= binCount) row.fill(0);
    else shiftRow(row, by);
    book.frontier[tier] = Math.min(binCount, Math.max(0, (book.frontier[tier] ?? binCount) - by));
  }
  book.origin += by;
}

function spill(book: Book, tier: number, row: Float32Array, from: number): void {
  let spilt = 0;
  for (let bin = from; bin < binCount; bin += 1) spilt += row[bin] ?? 0;
  book.overflow[tier] = (book.overflow[tier] ?? 0) + spilt;
}

function shiftRow(row: Float32Array, by: number): void {
  if (by > 0) {
    row.copyWithin(0, by);
    row.fill(0, binCount - by);
  } else {
    row.copyWithin(-by, 0);
    row.fill(0, 0, -by);
  }
}
