import type { Clock } from "../ops/clock.ts";
import type { Depths } from "../store/contracts/markets.ts";
import type { BookSource } from "./contracts.ts";

const minuteMs = 60_000;
/** On this machine books cost the processor what they cost no venue. */
const localEveryMs = 5 * minuteMs;
/** Where next to nothing is left, a book each ten minutes. */
const leastPerMinute = 0.1;

export interface BookWatchOptions {
  readonly books: BookSource;
  readonly symbols: readonly string[];
  readonly depths: Depths;
  readonly clock: Clock;
  readonly pollIntervalMs: number;
  /** A venue on this machine. */
  readonly unthrottled: boolean;
}

/**
 * Reads each symbol's book once a minute, or where that were too many for the venue, as many as there is room for, in
 * turn. Resolves with how many were kept.
 */
export function createBookWatch(options: BookWatchOptions): (signal: AbortSignal) => Promise<number> {
  const { books, symbols, depths, clock, unthrottled, pollIntervalMs } = options;
  const perMinute = books.perMinute(symbols.length, pollIntervalMs);
  const everyMs = unthrottled ? localEveryMs : minuteMs / Math.min(1, Math.max(perMinute, leastPerMinute));
  const count = Math.min(symbols.length, Math.max(1, Math.floor(perMinute)));
  let nextAt = -Infinity;
  let turn = 0;

  const watch = async (symbol: string, signal: AbortSignal): Promise<number> => {
    const depth = await books.depth(symbol, signal);
    if (depth === undefined) return 0;
    await depths.put(symbol, depth);
    return 1;
  };

  return async (signal) => {
    const now = clock.now();
    if (now < nextAt || signal.aborted) return 0;
    nextAt = now + everyMs;
    const chosen = Array.from({ length: count }, (_, i) => symbols[(turn + i) % symbols.length] ?? "");
    turn = (turn + count) % Math.max(1, symbols.length);
    const kept = await Promise.all(chosen.map(async (symbol) => watch(symbol, signal)));
    return kept.reduce((sum, one) => sum + one, 0);
  };
}
