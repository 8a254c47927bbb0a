import type { Clock } from "../ops/clock.ts";

/**
 * Rounds are numbered by slots of POLL_INTERVAL. Slots are cut from the machine's time, not from the (possibly
 * accelerated) clock, because BullMQ's schedules run on it and all processes share it.
 */
export interface Slots {
  readonly lengthMs: number;
  /** A round waits for its slowest venue this long at most; real ms from its slot's start. */
  readonly deadlineMs: number;
  readonly current: () => number;
  /** Real ms since the current slot began. */
  readonly intoMs: () => number;
  /** Real ms until a slot is this old: the current one, or the next when that has passed. */
  readonly until: (intoMs: number) => number;
}

/** A tenth of a short slot would starve slow venues, more of a long one would make everybody's data old. */
const deadlineCapMs = 10_000;

export function createSlots(clock: Clock, pollIntervalMs: number, realNow: () => number = Date.now): Slots {
  const lengthMs = Math.max(1, Math.round(clock.realMs(pollIntervalMs)));
  const intoMs = (): number => realNow() % lengthMs;
  return {
    lengthMs,
    deadlineMs: Math.min(deadlineCapMs, lengthMs / 2),
    current: () => Math.floor(realNow() / lengthMs),
    intoMs,
    until: (wantedMs) => {
      const left = wantedMs - intoMs();
      return left > 0 ? left : left + lengthMs;
    },
  };
}

/**
 * Wakes `onDeadline` once per symbol and slot, when its round has waited long enough. Every worker process does so; the
 * recompute's job id lets only the first wake-up count.
 */
export function startDeadlines(
  slots: Slots,
  symbols: readonly string[],
  deadlineOf: (symbol: string) => number,
  onDeadline: (symbol: string, slot: number) => void,
): () => void {
  const timers = new Map<string, NodeJS.Timeout>();
  const arm = (symbol: string): void => {
    const wake = (): void => {
      onDeadline(symbol, slots.current());
      arm(symbol);
    };
    timers.set(symbol, setTimeout(wake, slots.until(deadlineOf(symbol))));
  };
  symbols.forEach(arm);
  return () => timers.forEach((timer) => clearTimeout(timer));
}
