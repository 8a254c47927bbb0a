import type { Bar, SeriesSpec } from "../../model/types.ts";
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
  /** Keeps the report (a failure keeps the last good observation beside it). Says whether that completed the round. */
  readonly report: (
    symbol: string,
    report: VenueReport,
    expected: readonly string[],
  ) => Promise<"waiting" | "complete">;
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

/** A venue's history on its way from the poller to the worker, one hand-over per series. */
export interface Backfills {
  readonly put: (symbol: string, venue: string, spec: SeriesSpec, bars: readonly Bar[]) => Promise<void>;
  readonly take: (
    symbol: string,
  ) => Promise<readonly { venue: string; spec: SeriesSpec; bars: readonly Bar[] }[]>;
}
