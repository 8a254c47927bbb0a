import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import type { MarketCache } from "../contracts/memory.ts";
import { marketsKey } from "../keys.ts";
import type { RedisClient } from "../redis/script.ts";

const compress = promisify(gzip);
const decompress = promisify(gunzip);

/** Listings older than this are no longer worth a quick start. */
const marketsTtlMs = 7 * 24 * 3_600_000;
/** The largest venue's listing is under 10 MB. */
const maxMarketsBytes = 64 * 1024 * 1024;

/** Compressed to a tenth: the markets of all venues stay under 10 MB of Redis. */
export function createMarketCache(redis: RedisClient): MarketCache {
  return {
    get: async (venue) => {
      const bytes = await redis.getBuffer(marketsKey(venue));
      if (bytes === null) return undefined;
      return (await decompress(bytes, { maxOutputLength: maxMarketsBytes })).toString("utf8");
    },
    put: async (venue, json) => {
      await redis.set(marketsKey(venue), await compress(json), "PX", marketsTtlMs);
    },
  };
}
