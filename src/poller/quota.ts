import type { Clock } from "../ops/clock.ts";

export interface Quota {
  /** Resolves when the next request may leave. */
  readonly take: (signal?: AbortSignal) => Promise<void>;
}

/** A bucket of `requests` that fills up again over `perMs`; who finds it empty waits for the next drop, in order. */
export function openQuota(requests: number, perMs: number, clock: Clock): Quota {
  const dropMs = perMs / requests;
  // the time at which the bucket will be full again; each request moves it one drop on
  let fullAt = 0;
  return {
    take: async (signal) => {
      const now = clock.now();
      fullAt = Math.max(now, fullAt) + dropMs;
      const waitMs = fullAt - now - perMs;
      if (waitMs > 0) await clock.sleep(waitMs, signal);
    },
  };
}
