import type { BookDepth, MeasuredPosition } from "../../model/types.ts";
import type { Liquidation, LiquidationTotal, PollFailure } from "../../poller/contracts.ts";

/** An account of a venue that shows everybody's positions. */
export interface KnownAccount {
  readonly address: string;
  /** What it held when it was asked last; before that, what it was seen trading. */
  readonly notionalUsd: number;
  /** When it was last seen trading, or found to hold something. Epoch ms. */
  readonly seenAt: number;
  /** When it was last asked; 0: never. */
  readonly polledAt: number;
}

/** Whose positions are known, and what they hold. Bounded by its writer, who forgets an account for each one too many. */
export interface Positions {
  readonly accounts: (venue: string) => Promise<readonly KnownAccount[]>;
  readonly keep: (venue: string, accounts: readonly KnownAccount[]) => Promise<void>;
  /** With all that is kept of them under these symbols. */
  readonly forget: (venue: string, addresses: readonly string[], symbols: readonly string[]) => Promise<void>;
  /** What accounts hold of a symbol now, in place of what they held before; undefined for nothing any more. */
  readonly put: (
    venue: string,
    symbol: string,
    held: ReadonlyMap<string, MeasuredPosition | undefined>,
  ) => Promise<void>;
}

/** A figure at a time, epoch ms. */
export interface RecordedFigure {
  readonly at: number;
  readonly value: number;
}

/** Open interest as we heard it, in the contract's unit, for series whose venue keeps no history. */
export interface OpenInterestLog {
  readonly put: (symbol: string, series: string, figure: RecordedFigure) => Promise<void>;
  /** The last figure of each five minutes, at their end; ends in (from, to], oldest first; a month at most. */
  readonly bars: (
    symbol: string,
    series: string,
    from: number,
    to: number,
  ) => Promise<readonly RecordedFigure[]>;
  /** The same of each minute; a day at least. */
  readonly minutes: OpenInterestLog["bars"];
}

/** The newest order-book depth of each venue; one that is read by nobody in time is forgotten. */
export interface Depths {
  readonly put: (symbol: string, depth: BookDepth) => Promise<void>;
}

/** What venues' streams of liquidations said. One writer at a time for each venue. */
export interface Liquidations {
  /** Sums of the newest bars of a series, in place of what was summed up of them before. */
  readonly putTotals: (symbol: string, series: string, totals: readonly LiquidationTotal[]) => Promise<void>;
  /** By open time; bars that were not heard from their first moment on are missing. */
  readonly totals: (
    symbol: string,
    series: string,
    openTimes: readonly number[],
  ) => Promise<ReadonlyMap<number, LiquidationTotal>>;
  /** All sums of the last day, by series. */
  readonly day: (symbol: string) => Promise<ReadonlyMap<string, readonly LiquidationTotal[]>>;
  readonly addPrints: (symbol: string, prints: readonly Liquidation[]) => Promise<void>;
  /** Single liquidations since a time, oldest first; of a day, and at most a few thousand. */
  readonly prints: (symbol: string, from: number) => Promise<readonly Liquidation[]>;
}

/** A turn at a venue: to be taken after a wait, not to be had within the time allowed, or the venue is to be left alone. */
export type VenueTurn =
  | { readonly kind: "go"; readonly waitMs: number }
  | { readonly kind: "full" }
  | { readonly kind: "resting"; readonly failure: PollFailure };

/** What all processes of an installation share of a venue's patience; real time. */
export interface VenueLimits {
  /** Takes a turn that keeps a bucket busy for `takesMs`, if it comes within `mostWaitMs`; `burstMs` may run ahead. */
  readonly reserve: (
    venue: string,
    bucket: string,
    turn: { readonly takesMs: number; readonly burstMs: number; readonly mostWaitMs: number },
  ) => Promise<VenueTurn>;
  /** Nobody asks the venue for so long. */
  readonly rest: (venue: string, failure: PollFailure, forMs: number) => Promise<void>;
}
