import type { Turn, Turns } from "./contracts.ts";
import { destinationKeys } from "./keys.ts";
import { asList, asText } from "./reply.ts";
import { defineScript, type RedisClient, type RunScript } from "./script.ts";

/** The longest pause a subscription can have, and a day more. */
const pushesTtlMs = 31 * 24 * 3_600_000;
const movedTtlMs = 90 * 24 * 3_600_000;

/** Held back for one summary; what is beyond them is only counted nowhere: so many nobody reads. */
const mostHeld = 200;
const heldPrefix = "held:";

/** KEYS lease, pushes, movedTo of each destination; ARGV holder, ttl. Answers pushes and movedTo, nil where busy. */
const takeScript = {
  name: "lopsideTakeTurns",
  keys: undefined,
  lua: `
local answers = {}
for at = 1, #KEYS, 3 do
  local taken = redis.call('SET', KEYS[at], ARGV[1], 'NX', 'PX', ARGV[2])
  answers[#answers + 1] = taken and (redis.call('HGET', KEYS[at + 1], 'pushes') or '')
  answers[#answers + 1] = redis.call('GET', KEYS[at + 2]) or ''
end
return answers
`,
};

/** KEYS leases; ARGV holder, ttl. */
const keepScript = {
  name: "lopsideKeepTurns",
  keys: undefined,
  lua: `
for _, lease in ipairs(KEYS) do
  if redis.call('GET', lease) == ARGV[1] then redis.call('PEXPIRE', lease, ARGV[2]) end
end
`,
};

/** KEYS lease, pushes of each; ARGV holder, ttl, pushes of each ('' as they were). */
const endScript = {
  name: "lopsideEndTurns",
  keys: undefined,
  lua: `
for at = 1, #KEYS, 2 do
  local pushes = ARGV[2 + (at + 1) / 2]
  if pushes ~= '' then
    redis.call('HSET', KEYS[at + 1], 'pushes', pushes)
    redis.call('PEXPIRE', KEYS[at + 1], ARGV[2])
  end
  if redis.call('GET', KEYS[at]) == ARGV[1] then redis.call('DEL', KEYS[at]) end
end
`,
};

/** KEYS pushes; ARGV field, value, most, ttl. */
const holdScript = {
  name: "lopsideHoldBack",
  keys: 1,
  lua: `
if redis.call('HLEN', KEYS[1]) <= tonumber(ARGV[3]) then redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2]) end
redis.call('PEXPIRE', KEYS[1], ARGV[4])
`,
};

export function createTurns(redis: RedisClient): Turns {
  const take = spread(redis, defineScript(redis, takeScript));
  const keep = spread(redis, defineScript(redis, keepScript));
  const end = spread(redis, defineScript(redis, endScript));
  const hold = defineScript(redis, holdScript);
  return {
    take: async (destinations, holder, ttlMs) => {
      const keys = destinations.map((destination) => {
        const { lease, pushes, movedTo } = destinationKeys(destination);
        return [lease, pushes, movedTo];
      });
      const answers = await take(keys, [holder, ttlMs], []);
      return answers.flatMap((answer) => decodeTurns(asList(answer)));
    },
    keep: async (destinations, holder, ttlMs) => {
      const keys = destinations.map((destination) => [destinationKeys(destination).lease]);
      await keep(keys, [holder, ttlMs], []);
    },
    end: async (ends, holder) => {
      const keys = ends.map(({ destination }) => {
        const { lease, pushes } = destinationKeys(destination);
        return [lease, pushes];
      });
      const values = ends.map(({ pushes }) => pushes ?? "");
      await end(keys, [holder, pushesTtlMs], values);
    },
    moved: async (from, to) => {
      await redis.set(destinationKeys(from).movedTo, to, "PX", movedTtlMs);
    },
    holdBack: async (destination, id, entry) => {
      const { pushes } = destinationKeys(destination);
      await hold([pushes], [heldPrefix + id, entry, mostHeld, pushesTtlMs]);
    },
    heldBack: async (destination) => {
      const fields = Object.entries(await redis.hgetall(destinationKeys(destination).pushes));
      const held = fields.filter(([field]) => field.startsWith(heldPrefix));
      return new Map(held.map(([field, entry]) => [field.slice(heldPrefix.length), entry]));
    },
    dropHeld: async (destination, ids) => {
      if (ids.length > 0)
        await redis.hdel(destinationKeys(destination).pushes, ...ids.map((id) => heldPrefix + id));
    },
  };
}

type Spread = (
  keys: readonly (readonly string[])[],
  common: readonly (string | number)[],
  values: readonly string[],
) => Promise<readonly unknown[]>;

/** One call for all destinations where they are on one server; in a cluster one for each, sent together. */
function spread(redis: RedisClient, run: RunScript): Spread {
  return async (keys, common, values) => {
    if (keys.length === 0) return [];
    if (!redis.isCluster) return [await run(keys.flat(), [...common, ...values])];
    return Promise.all(
      keys.map(async (each, index) => {
        const value = values[index];
        return run(each, value === undefined ? common : [...common, value]);
      }),
    );
  };
}

function decodeTurns(answers: readonly unknown[]): readonly Turn[] {
  return Array.from({ length: answers.length / 2 }, (_, index): Turn => {
    const pushes = answers[2 * index];
    if (pushes === null) return { kind: "busy" };
    const movedTo = asText(answers[2 * index + 1]);
    const text = asText(pushes);
    return {
      kind: "taken",
      pushes: text === "" ? undefined : text,
      movedTo: movedTo === "" ? undefined : movedTo,
    };
  });
}
