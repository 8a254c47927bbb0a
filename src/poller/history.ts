import type { Clock } from "../ops/clock.ts";
import type { Log } from "../ops/log.ts";
import type { Backfills } from "../store/contracts.ts";
import type { Venue } from "./contracts.ts";

export interface HistoryOptions {
  readonly venue: Venue;
  readonly backfills: Backfills;
  readonly clock: Clock;
  readonly log: Log;
  /** Real ms; a warm start of 30 days is some hundred requests on the slowest venue. */
  readonly timeoutMs: number;
}

/** Fetches a series' history and leaves it for the worker. A failure is said; the next round asks again. */
export function createHistory({ venue, backfills, clock, log, timeoutMs }: HistoryOptions) {
  return async (symbol: string, from: number): Promise<void> => {
    const outcome = await venue.backfill(symbol, from, clock.now(), AbortSignal.timeout(timeoutMs));
    if (!outcome.ok) {
      log.warn(
        { venue: venue.id, symbol, kind: outcome.failure.kind },
        `no history yet: ${outcome.failure.reason}`,
      );
      return;
    }
    await backfills.put(symbol, venue.id, outcome.spec, outcome.bars);
    log.info({ venue: venue.id, symbol, bars: outcome.bars.length }, "history read");
  };
}
