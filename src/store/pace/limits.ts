import type { PollFailure } from "../../poller/contracts.ts";
import type { VenueLimits } from "../contracts/markets.ts";
import { parseStored, storedRest } from "../json.ts";
import { limitKey, restKey } from "../keys.ts";
import { asList, asNumber, asText } from "../redis/reply.ts";
import { defineScript } from "../redis/script.ts";
import type { RedisClient } from "../redis/script.ts";

/**
 * A bucket drips evenly and is told by one number: until when it is spoken for, on Redis' own clock, so that
 * processes whose clocks differ still share it. Returns a rest's reason, or whether there is a turn, and the wait.
 */
const reserveScript = {
  name: "lopsideReserveTurn",
  keys: 2,
  lua: `
local rest = redis.call('GET', KEYS[2])
if rest then return { 'resting', rest } end
local takes, burst, most = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local busy = math.max(now, tonumber(redis.call('GET', KEYS[1]) or '0')) + takes
local wait = math.max(0, busy - now - burst)
if wait > most then return { 'full' } end
redis.call('SET', KEYS[1], string.format('%.3f', busy), 'PX', math.ceil(busy - now) + 1000)
return { 'go', math.ceil(wait) }
`,
};

export function createVenueLimits(redis: RedisClient): VenueLimits {
  const reserve = defineScript(redis, reserveScript);
  return {
    reserve: async (venue, bucket, { takesMs, burstMs, mostWaitMs }) => {
      const keys = [limitKey(venue, bucket), restKey(venue)];
      const [kind, value] = asList(await reserve(keys, [takesMs, burstMs, mostWaitMs]));
      switch (asText(kind)) {
        case "go":
          return { kind: "go", waitMs: asNumber(value) };
        case "full":
          return { kind: "full" };
        default:
          return { kind: "resting", failure: parseStored(asText(value), storedRest, `rest of ${venue}`) };
      }
    },
    rest: async (venue, failure: PollFailure, forMs) => {
      if (forMs >= 1) await redis.set(restKey(venue), JSON.stringify(failure), "PX", Math.ceil(forMs));
    },
  };
}
