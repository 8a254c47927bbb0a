import { packBars, unpackBars } from "./bars.ts";
import type { Backfills } from "./contracts/rounds.ts";
import { symbolKeys } from "./keys.ts";
import { asBytes, asPairs, asText } from "./reply.ts";
import { defineScript } from "./script.ts";
import type { RedisClient } from "./script.ts";

/** 30 days of five-minute bars; of a longer history the newest are kept. */
const maxBackfillBars = 8_640;
/** History nobody came for is out of date by then. */
const backfillTtlMs = 24 * 3_600_000;

const takeScript = {
  name: "lopsideTakeBackfills",
  keys: 1,
  lua: `
local taken = redis.call('HGETALL', KEYS[1])
redis.call('DEL', KEYS[1])
return taken
`,
};

/**
 * Taking removes. If the worker dies before it commits what it took, the history is not lost for good: the series
 * still has no cursor, so the poller fetches it again. At most 1 MB per series while it waits.
 */
export function createBackfills(redis: RedisClient): Backfills {
  const take = defineScript(redis, takeScript);
  return {
    put: async (symbol, venue, spec, bars) => {
      const { backfills } = symbolKeys(symbol);
      await redis.hset(backfills, venue, packBars(spec, bars.slice(-maxBackfillBars)));
      await redis.pexpire(backfills, backfillTtlMs);
    },
    take: async (symbol) => {
      const taken = await take([symbolKeys(symbol).backfills], []);
      return asPairs(taken).map(([venue, bytes]) => decode(asText(venue), asBytes(bytes)));
    },
  };
}

function decode(venue: string, bytes: Buffer): Awaited<ReturnType<Backfills["take"]>>[number] {
  const { spec, bars } = unpackBars(bytes);
  return { venue, spec, bars };
}
