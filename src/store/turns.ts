import type { Turn, Turns } from "./contracts/turns.ts";
import { destinationKeyParts, destinationKeys } from "./keys.ts";
import { asText } from "./reply.ts";
import { defineScript, type RedisClient } from "./script.ts";

/** The longest pause a subscription can have, and a day more. */
const pushesTtlMs = 31 * 24 * 3_600_000;
const movedTtlMs = 90 * 24 * 3_600_000;

/** Held back for one summary; what is beyond them is only counted nowhere: so many nobody reads. */
const mostHeld = 200;
const heldPrefix = "held:";

const { before, lease, pushes, movedTo } = destinationKeyParts;

/** Lua: keys of the destinations in `names`. All of them are on the server of KEYS[1]. */
const namesLua = `
local function keysOf(names, after)
  local keys = {}
  for at, name in ipairs(names) do keys[at] = '${before}' .. name .. after end
  return keys
end
`;

/**
 * KEYS a lease; ARGV holder, ttl, names, a line each. Answers a line each: t (taken) or b (busy), moved to, pushes,
 * with tabs between them.
 */
const takeScript = {
  name: "lopsideTakeTurns",
  keys: 1,
  lua: `
${namesLua}
local names, answers = {}, {}
for name in string.gmatch(ARGV[3], '[^\\n]+') do names[#names + 1] = name end
local moved = redis.call('MGET', unpack(keysOf(names, '${movedTo}')))
for at, key in ipairs(keysOf(names, '${lease}')) do
  if redis.call('SET', key, ARGV[1], 'NX', 'PX', ARGV[2]) then
    local pushes = redis.call('HGET', '${before}' .. names[at] .. '${pushes}', 'pushes')
    answers[at] = 't\\t' .. (moved[at] or '') .. '\\t' .. (pushes or '')
  else
    answers[at] = 'b'
  end
end
return table.concat(answers, '\\n')
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

/** KEYS a lease; ARGV holder, ttl, then two lines for each: its name, and pushes ('' as they were). */
const endScript = {
  name: "lopsideEndTurns",
  keys: 1,
  lua: `
${namesLua}
local names = {}
for name, pushes in string.gmatch(ARGV[3], '([^\\n]*)\\n([^\\n]*)\\n') do
  names[#names + 1] = name
  if pushes ~= '' then
    local key = '${before}' .. name .. '${pushes}'
    redis.call('HSET', key, 'pushes', pushes)
    redis.call('PEXPIRE', key, ARGV[2])
  end
end
local leases, own = keysOf(names, '${lease}'), {}
for at, holder in ipairs(redis.call('MGET', unpack(leases))) do
  if holder == ARGV[1] then own[#own + 1] = leases[at] end
end
if #own > 0 then redis.call('DEL', unpack(own)) end
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
  const take = defineScript(redis, takeScript);
  const keep = defineScript(redis, keepScript);
  const end = defineScript(redis, endScript);
  const hold = defineScript(redis, holdScript);
  return {
    take: async (destinations, holder, ttlMs) => {
      const answers = await Promise.all(
        together(redis, destinations).map(async (some) => {
          const answer = await take([leaseOf(some[0])], [holder, ttlMs, some.join("\n")]);
          return asText(answer).split("\n");
        }),
      );
      return answers.flat().map(decodeTurn);
    },
    keep: async (destinations, holder, ttlMs) => {
      const leases = destinations.map(leaseOf);
      await Promise.all(together(redis, leases).map(async (some) => keep(some, [holder, ttlMs])));
    },
    end: async (ends, holder) => {
      await Promise.all(
        together(redis, ends).map(async (some) => {
          const lines = some.map(({ destination, pushes: told = "" }) => `${destination}\n${told}\n`);
          await end([leaseOf(some[0]?.destination)], [holder, pushesTtlMs, lines.join("")]);
        }),
      );
    },
    moved: async (from, to) => {
      await redis.set(destinationKeys(from).movedTo, to, "PX", movedTtlMs);
    },
    holdBack: async (destination, id, entry) => {
      await hold([destinationKeys(destination).pushes], [heldPrefix + id, entry, mostHeld, pushesTtlMs]);
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

const leaseOf = (destination = ""): string => before + destination + lease;

/** As many as hold Redis up for a millisecond. */
const mostAtOnce = 128;

/** What goes in one call: some of them where all are on one server, in a cluster each by itself, all sent together. */
function together<T>(redis: RedisClient, all: readonly T[]): (readonly T[])[] {
  const size = redis.isCluster ? 1 : mostAtOnce;
  const count = Math.ceil(all.length / size);
  return Array.from({ length: count }, (_, index) => all.slice(index * size, (index + 1) * size));
}

function decodeTurn(line: string): Turn {
  if (line === "b") return { kind: "busy" };
  const [, moved = "", told = ""] = line.split("\t");
  return {
    kind: "taken",
    pushes: told === "" ? undefined : told,
    movedTo: moved === "" ? undefined : moved,
  };
}
