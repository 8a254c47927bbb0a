import type { Book } from "./book.ts";
import type { FilterState } from "./state.ts";
import { binCount, binWidth, logDistance, mapReach, outwards } from "./grid.ts";
import { tierCount } from "./priors.ts";
import type { ContractType, Side } from "./types.ts";

/**
 * One side of a venue's modelled exposure by log distance from the mark: bin i is centred at
 * `nearest + i × binWidth`, outwards; quantities in contracts' own unit.
 */
export interface SideLevels {
  readonly nearest: number;
  readonly quantities: Float64Array;
  /**
   * What the quantities are the sum of, in the order of the draws' parts, each on bins that begin at the mark
   * (`nearest` is half a bin then) and as long as there is anything of it; absent where they are certain.
   */
  readonly parts?: readonly Float64Array[];
}

/** What `seriesLevels` says about one venue's contract. */
export interface VenueLevels {
  readonly contractType: ContractType;
  readonly markPrice: number;
  readonly long: SideLevels;
  readonly short: SideLevels;
  /** Liquidations that the venue reported, and what maps had held there in the same time; in contracts, fading. */
  readonly reports?: { readonly reported: number; readonly mapped: number };
}

export function levelsOf(state: FilterState, contractType: ContractType, markPrice: number): VenueLevels {
  return {
    contractType,
    markPrice,
    long: sideLevels("long", state.long, markPrice),
    short: sideLevels("short", state.short, markPrice),
  };
}

function sideLevels(side: Side, book: Book, markPrice: number): SideLevels {
  const { first, count, nearest } = windowOf(side, book, markPrice);
  return { nearest, quantities: sumRows(book, first, count) };
}

/** A book's bins whose centre lies beyond the mark and within the map; what the mark has passed is no level any more. */
export interface LevelWindow {
  readonly first: number;
  readonly count: number;
  /** Log distance of the first one's centre from the mark. */
  readonly nearest: number;
}

export function windowOf(side: Side, book: Book, markPrice: number): LevelWindow {
  const mark = outwards(side, Math.log(markPrice));
  if (!Number.isFinite(mark)) return { first: 0, count: 0, nearest: 0 };
  const first = Math.max(0, Math.floor(mark - 0.5) + 1 - book.origin);
  const edge = mark + logDistance(side, mapReach) / binWidth - book.origin;
  const count = Math.max(0, Math.min(binCount, Math.ceil(edge)) - first);
  return { first, count, nearest: (book.origin + first + 0.5 - mark) * binWidth };
}

function sumRows(book: Book, first: number, count: number): Float64Array {
  const quantities = new Float64Array(count);
  for (let tier = 0; tier < tierCount; tier += 1) {
    const scale = book.scale[tier] ?? 1;
    const base = tier * binCount + first;
    for (let i = Math.max(0, (book.frontier[tier] ?? 0) - first); i < count; i += 1) {
      quantities[i] = (quantities[i] ?? 0) + (book.bins[base + i] ?? 0) * scale;
    }
  }
  return quantities;
}
