import { setTimeout as sleep } from "node:timers/promises";

/**
 * The one clock of a process. Every duration a user sets (poll interval, hold, cooldown, warm-up) is measured on
 * it, so that a demo can run sixty times faster and a test can move time by hand.
 */
export interface Clock {
  /** Epoch ms. */
  readonly now: () => number;
  /** How many real ms a duration on this clock takes: what timers must be set to. */
  readonly realMs: (durationMs: number) => number;
  readonly sleep: (durationMs: number, signal?: AbortSignal) => Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  realMs: (durationMs) => durationMs,
  sleep: async (durationMs, signal) => sleep(durationMs, undefined, signal === undefined ? {} : { signal }),
};

/** A clock that stands at `startAt` now and runs `speed` times as fast as the machine's. */
export function scaledClock(speed: number, startAt: number): Clock {
  const origin = performance.now();
  const realMs = (durationMs: number): number => durationMs / speed;
  return {
    now: () => Math.floor(startAt + (performance.now() - origin) * speed),
    realMs,
    sleep: async (durationMs, signal) => systemClock.sleep(realMs(durationMs), signal),
  };
}
