import type { Bar, BookDepth, MeasuredPosition, SeriesSpec } from "../../model/types.ts";
import type { Observation, PollFailure } from "../../poller/contracts.ts";

/** What a venue said, or failed to say, about a symbol in one slot. */
export type VenueReport =
  | { readonly venue: string; readonly slot: number; readonly at: number; readonly observation: Observation }
  | { readonly venue: string; readonly slot: number; readonly at: number; readonly failure: PollFailure };

/**
 * A round is one slot of POLL_INTERVAL for one symbol: slot = floor(now / interval). It is complete when every
 * venue of `expected` has reported, well or badly; those that failed or missed the round before are not waited for.
 */
export interface Rounds {
  /**
   * Keeps the report (a failure keeps the last good observation beside it). Says whether that completed the round: with
   * what a recompute sets out from, where the caller wants to begin one at once. Who says what is wanted recomputes
   * in this process: what was reported here isn't read again.
   */
  readonly report: (
    symbol: string,
    report: VenueReport,
    expected: readonly string[],
    wanted?: { readonly outset: boolean },
  ) => Promise<"waiting" | "complete" | Outset>;
  readonly outset: (symbol: string) => Promise<Outset>;
  /** The same with nothing handed over: undefined while histories wait for somebody to take them. */
  readonly peek: (symbol: string) => Promise<Outset | undefined>;
  /** The newest observation and, if later, the newest failure of each venue. */
  readonly read: (symbol: string) => Promise<readonly VenueRecord[]>;
  /** Open time of the newest closed bar the model has of each venue, for the poller to go on from. */
  readonly cursors: (venue: string, symbols: readonly string[]) => Promise<ReadonlyMap<string, number>>;
}

export interface VenueRecord {
  readonly venue: string;
  readonly observation?: Observation;
  readonly failure?: PollFailure & { readonly at: number; readonly slot: number };
}

export interface VenueHistory {
  readonly venue: string;
  readonly spec: SeriesSpec;
  readonly bars: readonly Bar[];
}

/** What a recompute of a symbol sets out from, as it was at one moment. */
export interface Outset {
  /** Of the last commit; 0 when there is none. */
  readonly version: number;
  /** -1 when none. */
  readonly slot: number;
  readonly records: readonly VenueRecord[];
  /** Handed over by this: nobody else will see them. */
  readonly histories: readonly VenueHistory[];
  /** Positions that are known, by venue. */
  readonly positions: ReadonlyMap<string, readonly MeasuredPosition[]>;
  readonly depths: readonly BookDepth[];
  /** What the set of rules in use is called; "" where there never was one. */
  readonly rules: string;
}

/** Venues' histories on their way from the poller to the worker, who has them with its next `outset`. */
export interface Backfills {
  readonly put: (symbol: string, venue: string, spec: SeriesSpec, bars: readonly Bar[]) => Promise<void>;
}
