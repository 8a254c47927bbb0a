import { Cluster } from "ioredis";
import { takeLua } from "./fanOut.ts";
import { symbolKeys } from "../keys.ts";
import { ledgerLua, ledgerTtlMs } from "./ledgerLua.ts";
import { defineScript, type RedisClient } from "../redis/script.ts";

/**
 * One delivery of layout 1 (a hash with its states in words) becomes a row of the ledger, or a member of a lane where
 * it waits; its alert, which was a text, a hash. KEYS the old delivery; ARGV time, ttl, prefixes of alerts, ledger,
 * lanes, claimed, the set of platforms, the index of alerts. Safe to repeat.
 */
const moveScript = {
  name: "lopsideMoveDelivery",
  keys: 1,
  lua: `
${takeLua}
${ledgerLua}
local now, ttl = timeMs(take()), take()
local alerts, ledger, outbox, claimed, platforms, index = take(), take(), take(), take(), take(), take()
local old = redis.call('HMGET', KEYS[1], 'alertId', 'destination', 'state', 'attempt', 'unknowns', 'createdAt',
  'messageId', 'reason', 'settledAt', 'startedAt')
local alertId, destination, state = old[1], old[2], old[3]
if not alertId or not destination then
  redis.call('DEL', KEYS[1])
  return 0
end

local key = alerts .. alertId
if redis.call('TYPE', key).ok == 'string' then
  local content = redis.call('GET', key)
  redis.call('DEL', key)
  redis.call('HSET', key, 'k', 'push', 'i', alertId, 'e', '', 'c', content, 'at', old[6], 't', old[6], 'm', 1, 'n', 1)
  redis.call('PEXPIRE', key, ttl)
  redis.call('ZADD', index, old[6], alertId)
end

local platform = string.match(destination, '^[^:]+')
local member = alertId .. '|' .. destination
redis.call('ZREM', outbox .. platform, member)
redis.call('ZREM', claimed .. platform, member)
local unknowns = tonumber(old[5] or 0)
if state == 'sending' then unknowns = unknowns + 1 end
local row = { state = 'p', attempt = tonumber(old[4] or 0), failures = tonumber(old[4] or 0), unknowns = unknowns,
  since = unknowns > 0 and tonumber(old[10] or now) or 0, at = tonumber(old[9] or now), note = old[8] or '' }
if state == 'sent' then row.state, row.note = 'o', old[7] or '' end
if state == 'dead' then row.state = 'd' end
if row.state == 'p' then
  redis.call('ZADD', outbox .. platform .. ':0', 'NX', old[6] or now, member)
  redis.call('SADD', platforms, platform)
end
redis.call('HSET', ledger .. alertId .. ':0', destination, packRow(row))
redis.call('PEXPIRE', ledger .. alertId .. ':0', ttl)
redis.call('DEL', KEYS[1])
return 1
`,
};

const deliveryPattern = /^lopside:\{([A-Z0-9]{1,20})\}:delivery:/;

/** From layout 1: every delivery by itself, so that a process that dies on the way leaves the rest to the next. */
export async function migrateOutbox(redis: RedisClient): Promise<void> {
  const move = defineScript(redis, moveScript);
  for (const node of redis instanceof Cluster ? redis.nodes("master") : [redis]) {
    for await (const found of node.scanStream({ match: "lopside:{*}:delivery:*", count: 500 }))
      for (const { key, symbol } of oldDeliveries(found)) await move([key], moveArguments(symbol));
  }
}

function oldDeliveries(found: unknown): readonly { readonly key: string; readonly symbol: string }[] {
  const keys = Array.isArray(found) ? found.map(String) : [];
  return keys.flatMap((key) => {
    const symbol = deliveryPattern.exec(key)?.[1];
    return symbol === undefined ? [] : [{ key, symbol }];
  });
}

function moveArguments(symbol: string): readonly (string | number)[] {
  const { alert, alerts, ledger, outbox, claimed, platforms } = symbolKeys(symbol);
  return ["", ledgerTtlMs, alert, ledger, outbox, claimed, platforms, alerts];
}
