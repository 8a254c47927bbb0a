import { Cluster } from "ioredis";
import { destinationKeyParts, turnKeys } from "../keys.ts";
import { pushedLua, pushesPrefix, pushesTtlMs } from "./pushed.ts";
import { defineScript, type RedisClient } from "../redis/script.ts";
import { timeMsLua } from "../redis/timeLua.ts";
import { movedTtlMs } from "./turns.ts";

/**
 * Of a destination in layout 2, which had one hash: a field for pushes, the others what is held back. KEYS the hash,
 * held back, prefix of pushes; ARGV ttl where it had none, destination. Safe to repeat.
 */
const splitScript = {
  name: "lopsideSplitPushes",
  keys: 3,
  lua: `
${timeMsLua}
${pushedLua}
local now, name = timeMs(''), ARGV[2]
if redis.call('TYPE', KEYS[1]).ok ~= 'hash' then return 0 end
local fields, ttl = redis.call('HGETALL', KEYS[1]), redis.call('PTTL', KEYS[1])
if ttl <= 0 then ttl = ARGV[1] end
for at = 1, #fields, 2 do
  local field, value = fields[at], fields[at + 1]
  local id = string.match(field, '^held:(.*)$')
  if id then redis.call('HSETNX', KEYS[2], id, value) end
  if field == 'pushes' and not readPushed(KEYS[3], now, { name })[1] then keepPushed(KEYS[3], now, { name, value }) end
end
redis.call('PEXPIRE', KEYS[2], ttl)
redis.call('DEL', KEYS[1])
return 1
`,
};

const oldPushes = "}:pushes";

/** From layout 2: every destination by itself, so that a process that dies on the way leaves the rest to the next. */
export async function migratePushes(redis: RedisClient): Promise<void> {
  const split = defineScript(redis, splitScript);
  const { before, held, movedTo } = destinationKeyParts;
  for (const node of redis instanceof Cluster ? redis.nodes("master") : [redis]) {
    for await (const found of node.scanStream({ match: `${before}*}:*`, count: 1_000 })) {
      const keys = Array.isArray(found) ? found.map(String) : [];
      const kept = keys
        .filter((key) => key.endsWith(oldPushes))
        .map((key) => key.slice(0, -oldPushes.length));
      await Promise.all(
        kept.map(async (base) => {
          const name = base.slice(before.length);
          return split([base + oldPushes, base + held, pushesPrefix(redis, name)], [pushesTtlMs, name]);
        }),
      );
      if (keys.some((key) => key.endsWith(movedTo))) await noteMoved(redis);
    }
  }
}

/** Where a destination has moved to is looked for from now on only while there are any. */
async function noteMoved(redis: RedisClient): Promise<void> {
  if (!redis.isCluster) await redis.set(turnKeys.moved, "1", "PX", movedTtlMs);
}
