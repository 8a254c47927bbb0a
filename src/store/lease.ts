import type { Lease } from "./contracts/memory.ts";
import { leaseKey } from "./keys.ts";
import { asList, asNumber } from "./redis/reply.ts";
import { defineScript, type RedisClient } from "./redis/script.ts";

const holdScript = {
  name: "lopsideHoldLease",
  keys: 1,
  lua: `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local lease = redis.call('HMGET', KEYS[1], 'holder', 'until', 'fence')
local holder, untilMs, fence = lease[1], tonumber(lease[2] or 0), tonumber(lease[3] or 0)
if holder ~= ARGV[1] and untilMs > now then return { 0, untilMs - now } end
-- one who comes back after its time was up may have missed another holder's whole turn
if holder ~= ARGV[1] or untilMs <= now then fence = fence + 1 end
redis.call('HSET', KEYS[1], 'holder', ARGV[1], 'until', now + ARGV[2], 'fence', fence)
return { 1, fence }
`,
};

const releaseScript = {
  name: "lopsideReleaseLease",
  keys: 1,
  lua: `
if redis.call('HGET', KEYS[1], 'holder') == ARGV[1] then redis.call('HSET', KEYS[1], 'until', 0) end
return 0
`,
};

/** `name` as in `telegram-updates`. The key is never deleted: its fence must not begin again. */
export function createLease(redis: RedisClient, name: string): Lease {
  const hold = defineScript(redis, holdScript);
  const release = defineScript(redis, releaseScript);
  const keys = [leaseKey(name)];
  return {
    hold: async (holder, ttlMs) => {
      const [held, value] = asList(await hold(keys, [holder, Math.ceil(ttlMs)])).map(asNumber);
      if (held === 1) return { kind: "held", fence: value ?? 0 };
      return { kind: "taken", remainingMs: value ?? 0 };
    },
    release: async (holder) => {
      await release(keys, [holder]);
    },
  };
}
