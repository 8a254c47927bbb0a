import type { BotMemory } from "./contracts/memory.ts";
import { botMemoryKeys } from "./keys.ts";
import { asNumber } from "./redis/reply.ts";
import { defineScript, type RedisClient } from "./redis/script.ts";

/** In one step: a count without an end would shut somebody out for ever. */
const hitScript = {
  name: "lopsideHit",
  keys: 1,
  lua: `
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return count
`,
};

export function createBotMemory(redis: RedisClient): BotMemory {
  const hit = defineScript(redis, hitScript);
  return {
    hit: async (name, windowMs) => asNumber(await hit([botMemoryKeys.hits(name)], [windowMs])),
    isFirst: async (name, ttlMs) =>
      (await redis.set(botMemoryKeys.seen(name), 1, "PX", ttlMs, "NX")) === "OK",
    recall: async (name) => (await redis.get(botMemoryKeys.value(name))) ?? undefined,
    remember: async (name, value, ttlMs) => {
      await redis.set(botMemoryKeys.value(name), value, "PX", ttlMs);
    },
    drop: async (name) => {
      await redis.del(botMemoryKeys.value(name), botMemoryKeys.seen(name));
    },
  };
}
