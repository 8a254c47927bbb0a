import { ledgerLua } from "./ledgerLua.ts";

/** KEYS of those that claim, settle and release: fan-outs, claimed, lanes 0 (groups, channels …), 1 (direct messages) and 2 (edits), later. */
export const outboxKeyCount = 6;

/** Lua: what becomes of a delivery that has to be tried again, or has been often enough. */
export const retryLua = `
local function wait(lane, order, member, delay)
  if delay > 0 then
    redis.call('ZADD', KEYS[6], now + delay, lane .. '|' .. order .. '|' .. member)
  else
    redis.call('ZADD', KEYS[3 + lane], order, member)
  end
end
local function retry(row, entry, delay, reason)
  if row.failures >= maxFailures or row.unknowns >= maxUnknowns then
    row.state, row.note = 'd', 'given up after ' .. row.attempt .. ' attempts: ' .. reason
    return
  end
  row.state, row.note = 'p', reason
  wait(entry.lane, entry.order, entry.member, delay)
end
`;

/**
 * Claims older than the given time go back to waiting; whether they were sent nobody knows. ARGV: time, age in ms,
 * limit, ttl, greatest numbers of failures and unknowns, prefixes of alerts and ledger.
 */
export const releaseScript = {
  name: "lopsideReleaseStuck",
  keys: outboxKeyCount,
  lua: `
${ledgerLua}
local claimed = KEYS[2]
local now, ageMs, limit = timeMs(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local maxFailures, maxUnknowns = tonumber(ARGV[4]), tonumber(ARGV[5])
local alertPrefix, ledgerPrefix = ARGV[6], ARGV[7]
${retryLua}
local released = 0
for _, entry in ipairs(redis.call('ZRANGEBYSCORE', claimed, '-inf', now - ageMs, 'LIMIT', 0, limit)) do
  redis.call('ZREM', claimed, entry)
  local lane, order, member = string.match(entry, '^(%d)|([^|]+)|(.*)$')
  local subject, destination = string.match(member, '^([^|]+)|(.*)$')
  local shards = tonumber(redis.call('HGET', alertPrefix .. subject, 'n') or 1)
  local key = fieldsKey(ledgerPrefix, subject, shards, destination)
  local row = parseRow(redis.call('HGET', key, destination))
  if row and row.state == 's' then
    row.unknowns, row.failures = row.unknowns + 1, row.failures + 1
    if row.since == 0 then row.since = row.at end
    retry(row, { lane = lane, order = order, member = member }, 0, 'its sender was not heard of again')
    row.at = now
    redis.call('HSET', key, destination, packRow(row))
    released = released + 1
  end
end
return released
`,
};

/** ARGV: prefixes of lanes and claimed. KEYS platforms, fan-outs. */
export const countScript = {
  name: "lopsideCountPending",
  keys: 2,
  lua: `
local count = redis.call('LLEN', KEYS[2])
for _, platform in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  for _, lane in ipairs({ '0', '1', '2', 'later' }) do
    count = count + redis.call('ZCARD', ARGV[1] .. platform .. ':' .. lane)
  end
  count = count + redis.call('ZCARD', ARGV[2] .. platform)
end
return count
`,
};
