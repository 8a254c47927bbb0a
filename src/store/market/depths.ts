import type { Depths } from "../contracts/markets.ts";
import { symbolKeys } from "../keys.ts";
import type { RedisClient } from "../redis/script.ts";

/** Books older than this say nothing any more. */
const ttlMs = 3_600_000;

/** One field a venue: a hundred bins a side at most, some 3 KB. */
export function createDepths(redis: RedisClient): Depths {
  return {
    put: async (symbol, depth) => {
      const { depths } = symbolKeys(symbol);
      await redis.hset(depths, depth.venue, JSON.stringify(depth));
      await redis.pexpire(depths, ttlMs);
    },
  };
}
