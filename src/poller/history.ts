import { setMaxListeners } from "node:events";
import type { Clock } from "../ops/clock.ts";
import type { Log } from "../ops/log.ts";
import type { Backfills, Rounds } from "../store/contracts/rounds.ts";
import { historyMs, type Venue } from "./contracts.ts";
import { symbolOf } from "./round.ts";
import type { Troubles } from "./trouble.ts";

export interface HistoryOptions {
  readonly venue: Venue;
  readonly backfills: Backfills;
  readonly rounds: Pick<Rounds, "cursors">;
  readonly clock: Clock;
  readonly log: Log;
  readonly troubles: Troubles;
  /** Real ms; a warm start of 30 days is some hundred requests on the slowest venue. */
  readonly timeoutMs: number;
  /** Aborts when the process is to stop: what was read is forgotten, and the next process asks again. */
  readonly stopping: AbortSignal;
}

/** Fetches a series' history and leaves it for the worker. A failure is said; a later round asks again. */
export function createHistory(
  options: HistoryOptions,
): (symbol: string, from: number, series?: string) => Promise<void> {
  const { venue, backfills, rounds, clock, log, timeoutMs, stopping } = options;
  return async (symbol, from, series = venue.id) => {
    const signal = AbortSignal.any([stopping, AbortSignal.timeout(timeoutMs)]);
    setMaxListeners(0, signal);
    const outcome = await venue.backfill(symbol, from, clock.now(), { series, signal });
    if (stopping.aborted) return;
    options.troubles("histories", symbolOf(symbol, series), outcome.ok ? undefined : outcome.failure);
    if (!outcome.ok) return;
    const goesOn = from > clock.now() - historyMs;
    // the state it was to go on from was dropped meanwhile: a new one needs all of the history
    if (goesOn && !(await rounds.cursors(series, [symbol])).has(symbol)) return;
    await backfills.put(symbol, series, outcome.spec, outcome.bars);
    log.info({ venue: series, symbol, bars: outcome.bars.length }, "history read");
  };
}
