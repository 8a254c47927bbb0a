import type { Book } from "./book.ts";
import { binCount, binWidth } from "./grid.ts";
import { tierCount } from "./priors.ts";

/**
 * Mass of a side's tiers within `distance` (ln price) beyond `mark` (the side's outward coordinate, bins). Inside a
 * bin the mass lies evenly; of the bin the mark is in, all of it over the part still ahead.
 */
export function tiersAhead(book: Book, mark: number, distance: number): number[] {
  const start = mark - book.origin;
  const end = Math.min(binCount, start + distance / binWidth);
  // a bin is ahead while its centre is, as for what the mark has crossed
  const first = Math.max(0, Math.floor(start - 0.5) + 1);
  const masses = Array.from({ length: tierCount }, () => 0);
  for (let bin = first; bin < end; bin += 1) {
    const inner = Math.max(start, bin);
    const share = Math.min(1, (end - inner) / (bin + 1 - inner));
    for (let tier = 0; tier < tierCount; tier += 1) {
      const mass = (book.bins[tier * binCount + bin] ?? 0) * (book.scale[tier] ?? 1);
      masses[tier] = (masses[tier] ?? 0) + share * mass;
    }
  }
  return masses;
}

/** All tiers together. */
export function massAhead(book: Book, mark: number, distance: number): number {
  return tiersAhead(book, mark, distance).reduce((sum, mass) => sum + mass, 0);
}
