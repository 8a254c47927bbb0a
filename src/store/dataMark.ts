import { dataMarkKey } from "./keys.ts";
import type { RedisClient } from "./redis/script.ts";
import { prepareSchema } from "./schema.ts";

/** By which a worker sees that Redis came back without what it kept, as after a restart without an append-only file. */
export interface DataMark {
  readonly isGone: () => Promise<boolean>;
  /** Also says anew of which version the data are: without that a later version would take them for its own. */
  readonly set: () => Promise<void>;
}

export function createDataMark(redis: RedisClient): DataMark {
  return {
    isGone: async () => (await redis.exists(dataMarkKey)) === 0,
    set: async () => {
      await prepareSchema(redis);
      await redis.set(dataMarkKey, "1");
    },
  };
}
