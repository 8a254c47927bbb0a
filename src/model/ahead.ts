import type { Book } from "./book.ts";
import { binCount, binWidth } from "./grid.ts";
import { tierCount } from "./priors.ts";

/**
 * Mass of a side within `distance` (ln price) beyond `mark` (the side's outward coordinate, bins). Inside a bin the
 * mass lies evenly; of the bin the mark is in, all of it over the part still ahead.
 */
export function massAhead(book: Book, mark: number, distance: number): number {
  const start = mark - book.origin;
  const end = Math.min(binCount, start + distance / binWidth);
  let mass = 0;
  for (let tier = 0; tier < tierCount; tier += 1) mass += rowAhead(book, tier, start, end);
  return mass;
}

/** The same tier by tier. */
export function tiersAhead(book: Book, mark: number, distance: number): number[] {
  const start = mark - book.origin;
  const end = Math.min(binCount, start + distance / binWidth);
  return Array.from({ length: tierCount }, (_, tier) => rowAhead(book, tier, start, end));
}

/** Between two places of a row: whole bins, then the part of the last that is reached. */
function rowAhead(book: Book, tier: number, start: number, end: number): number {
  // a bin is ahead while its centre is, as for what the mark has crossed
  const ahead = Math.max(0, Math.floor(start - 0.5) + 1);
  const last = Math.floor(end);
  const base = tier * binCount;
  let stored = 0;
  for (let bin = Math.max(ahead, book.frontier[tier] ?? 0); bin < last; bin += 1) {
    stored += book.bins[base + bin] ?? 0;
  }
  if (last >= ahead && last < binCount && end > start) {
    const inner = Math.max(start, last);
    stored += ((end - inner) / (last + 1 - inner)) * (book.bins[base + last] ?? 0);
  }
  return stored * (book.scale[tier] ?? 1);
}
