import type { z } from "zod";
import type { Log } from "../ops/log.ts";
import type { MarketCache } from "../store/contracts/memory.ts";

/** What outlives a start. The cache is a convenience: nothing fails because of it. */
export interface Cached<T> {
  readonly read: () => Promise<T | undefined>;
  readonly write: (value: T) => Promise<void>;
}

export function openCached<T>(cache: MarketCache, key: string, schema: z.ZodType<T>, log: Log): Cached<T> {
  return {
    read: async () => {
      try {
        const json = await cache.get(key);
        if (json === undefined) return undefined;
        return schema.parse(JSON.parse(json));
      } catch (error) {
        log.warn({ key, error: String(error) }, "what was cached can't be read; asking the venue again");
        return undefined;
      }
    },
    write: async (value) => {
      try {
        await cache.put(key, JSON.stringify(value));
      } catch (error) {
        log.warn(
          { key, error: String(error) },
          "could not be cached; the next start will ask the venue again",
        );
      }
    },
  };
}
