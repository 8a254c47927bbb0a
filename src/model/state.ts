import { copyBook, createBook, type Book } from "./book.ts";
import type { Mix } from "./priors.ts";
import type { TriggerTable } from "./triggers.ts";
import type { UsualVolume } from "./turnover.ts";
import type { Side } from "./types.ts";

/** Everything a series knows; a copy of it goes on exactly like the original. */
export interface FilterState {
  readonly long: Book;
  readonly short: Book;
  readonly usualVolume: UsualVolume;
  lastClosed: number | undefined;
  lastPrice: number | undefined;
  openInterest: number | undefined;
  /** Traded in bars whose open interest is unknown, since it was last settled. */
  unsettledVolume: number;
  /** Time of missing bars since then, ms. */
  missedMs: number;
  barsApplied: number;
}

/** What does not change with time. */
export interface FilterRules {
  readonly intervalMs: number;
  readonly triggers: Readonly<Record<Side, TriggerTable>>;
  readonly mix: Readonly<Record<Side, Mix>>;
}

export function createState(): FilterState {
  return {
    long: createBook(),
    short: createBook(),
    usualVolume: { sum: 0, weightMs: 0 },
    lastClosed: undefined,
    lastPrice: undefined,
    openInterest: undefined,
    unsettledVolume: 0,
    missedMs: 0,
    barsApplied: 0,
  };
}

export function copyState(from: FilterState, to: FilterState): void {
  copyBook(from.long, to.long);
  copyBook(from.short, to.short);
  to.usualVolume.sum = from.usualVolume.sum;
  to.usualVolume.weightMs = from.usualVolume.weightMs;
  to.lastClosed = from.lastClosed;
  to.lastPrice = from.lastPrice;
  to.openInterest = from.openInterest;
  to.unsettledVolume = from.unsettledVolume;
  to.missedMs = from.missedMs;
  to.barsApplied = from.barsApplied;
}
