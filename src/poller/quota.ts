import type { Clock } from "../ops/clock.ts";

export interface Quota {
  /** Resolves when a request of this weight, 1 unless said, may leave. */
  readonly take: (weight?: number, signal?: AbortSignal) => Promise<void>;
}

/** A bucket of `units` that fills up again over `perMs`; who finds it empty waits for the next drops, in order. */
export function openQuota(units: number, perMs: number, clock: Clock): Quota {
  const dropMs = perMs / units;
  // the time at which the bucket will be full again; each request moves it by its weight
  let fullAt = 0;
  return {
    take: async (weight = 1, signal) => {
      const now = clock.now();
      fullAt = Math.max(now, fullAt) + weight * dropMs;
      const waitMs = fullAt - now - perMs;
      if (waitMs > 0) await clock.sleep(waitMs, signal);
    },
  };
}
