import { destinationKeys, turnKeys } from "../keys.ts";
import { asText } from "../redis/reply.ts";
import { defineScript, type RedisClient } from "../redis/script.ts";
import { timeMsLua } from "../redis/timeLua.ts";

/** What was pushed is kept so long at least: far beyond any subscription's pause (`mostCooldownMs`), which counts from it. */
export const pushesTtlMs = 31 * 24 * 3_600_000;

/** Where it is kept: together on one server, in a cluster beside its destination's other keys. */
export function pushesPrefix(redis: RedisClient, destination: string): string {
  return redis.isCluster ? destinationKeys(destination).pushes : turnKeys.pushes;
}

/**
 * Lua: what was pushed lately, a text for each destination. They are fields of a hash for each period of a month, so that
 * hundreds are written by one command, and nobody has to look for what is too old: a period's first word throws
 * away the one before the last, which Redis does beside its other work, and without another word it goes at that time
 * too. Read is this period's and the last one's.
 */
export const pushedLua = `
local function periodOf(now) return math.floor(now / ${pushesTtlMs}) end
local function isFull(texts)
  for _, text in ipairs(texts) do
    if not text then return false end
  end
  return true
end
local function readPushed(prefix, now, names)
  local period = periodOf(now)
  local told, before = redis.call('HMGET', prefix .. period, unpack(names)), prefix .. (period - 1)
  if isFull(told) or redis.call('EXISTS', before) == 0 then return told end
  for at, text in ipairs(redis.call('HMGET', before, unpack(names))) do told[at] = told[at] or text end
  return told
end
-- of two texts the newer part of each (alerts/pushes.ts): a symbol's push, a subscription's, the day's number
local function joined(one, other)
  for symbol, push in pairs(one.symbols) do
    local known = other.symbols[symbol]
    if not known or known.at < push.at then other.symbols[symbol] = push end
  end
  for id, at in pairs(one.subscriptions) do other.subscriptions[id] = math.max(at, other.subscriptions[id] or at) end
  if one.loud.day == other.loud.day then
    other.loud.count = math.max(one.loud.count, other.loud.count)
  elseif one.loud.day > other.loud.day then
    other.loud = one.loud
  end
  return cjson.encode(other)
end
-- names, each followed by its text: where that isn't of whoever may write there alone, joins it with what is known
local function joinPushed(prefix, now, fields, alone)
  local isAlone = {}
  for _, name in ipairs(alone) do isAlone[name] = true end
  for at = 1, #fields, 2 do
    local known = not isAlone[fields[at]] and readPushed(prefix, now, { fields[at] })[1]
    if known then
      local isRead, text = pcall(function() return joined(cjson.decode(known), cjson.decode(fields[at + 1])) end)
      if isRead then fields[at + 1] = text end
    end
  end
end
local function keepPushed(prefix, now, fields)
  if #fields == 0 then return end
  local period = periodOf(now)
  local key = prefix .. period
  local isFirst = redis.call('EXISTS', key) == 0
  redis.call('HSET', key, unpack(fields))
  if not isFirst then return end
  redis.call('PEXPIRE', key, string.format('%d', (period + 2) * ${pushesTtlMs} - now))
  redis.call('UNLINK', prefix .. (period - 2))
end
local function forgetPushed(prefix, now, name)
  for _, period in ipairs({ periodOf(now), periodOf(now) - 1 }) do redis.call('HDEL', prefix .. period, name) end
end
`;

/** KEYS prefix; ARGV destination. */
const readScript = {
  name: "lopsideReadPushed",
  keys: 1,
  lua: `
${timeMsLua}
${pushedLua}
return readPushed(KEYS[1], timeMs(''), { ARGV[1] })[1] or ''
`,
};

/** KEYS prefix; ARGV destination, text. What is known already is newer. */
const keepScript = {
  name: "lopsideKeepPushed",
  keys: 1,
  lua: `
${timeMsLua}
${pushedLua}
local now = timeMs('')
if not readPushed(KEYS[1], now, { ARGV[1] })[1] then keepPushed(KEYS[1], now, ARGV) end
`,
};

/** Floors and cooldowns go with a chat; what the new one has already is newer. */
export function createMovePushed(redis: RedisClient): (from: string, to: string) => Promise<void> {
  const read = defineScript(redis, readScript);
  const keep = defineScript(redis, keepScript);
  return async (from, to) => {
    const text = asText(await read([pushesPrefix(redis, from)], [from]));
    if (text !== "") await keep([pushesPrefix(redis, to)], [to, text]);
  };
}
