import type { Clock } from "../ops/clock.ts";

/** One request's turn in a bucket that drips evenly. */
export interface Turn {
  /** How much of the bucket's time it takes: its weight over the rate. */
  readonly takesMs: number;
  /** How far requests may run ahead of the rate. */
  readonly burstMs: number;
  /** Who would have to wait longer gets no turn, and takes none from others. */
  readonly mostWaitMs: number;
}

export interface Quota {
  /** How long to wait before the request may leave; undefined where that is too long. */
  readonly reserve: (turn: Turn) => number | undefined;
}

/** Requests leave in the order in which they came, a burst at once and then at the rate. */
export function openQuota(clock: Pick<Clock, "now">): Quota {
  // the time at which all that was reserved will have been worked off
  let busyUntil = 0;
  return {
    reserve: ({ takesMs, burstMs, mostWaitMs }) => {
      const now = clock.now();
      const until = Math.max(now, busyUntil) + takesMs;
      const waitMs = Math.max(0, until - now - burstMs);
      if (waitMs > mostWaitMs) return undefined;
      busyUntil = until;
      return waitMs;
    },
  };
}
