import type { Clock } from "../ops/clock.ts";

/**
 * Rounds are numbered by slots of POLL_INTERVAL. Slots are cut from the machine's time, not from the (possibly
 * accelerated) clock, because BullMQ's schedules run on it and all processes share it.
 */
export interface Slots {
  readonly lengthMs: number;
  readonly current: () => number;
  /** Real ms from now to the deadline of the current slot's round; of the next one's when it has passed. */
  readonly untilDeadline: () => number;
}

/** A round waits for its slowest venue this long at most. Real time; a tenth of the slot would starve slow venues. */
const deadlineCapMs = 10_000;

export function createSlots(clock: Clock, pollIntervalMs: number, realNow: () => number = Date.now): Slots {
  const lengthMs = Math.max(1, Math.round(clock.realMs(pollIntervalMs)));
  const deadlineMs = Math.min(deadlineCapMs, lengthMs / 2);
  return {
    lengthMs,
    current: () => Math.floor(realNow() / lengthMs),
    untilDeadline: () => {
      const left = deadlineMs - (realNow() % lengthMs);
      return left > 0 ? left : left + lengthMs;
    },
  };
}

/**
 * Wakes `onDeadline` once per slot, when its round has waited long enough. Every worker process does so; the
 * recompute's job id lets only the first wake-up count.
 */
export function startDeadlines(slots: Slots, onDeadline: (slot: number) => void): () => void {
  let timer: NodeJS.Timeout;
  const arm = (): void => {
    timer = setTimeout(() => {
      onDeadline(slots.current());
      arm();
    }, slots.untilDeadline());
  };
  arm();
  return () => clearTimeout(timer);
}
