import { bundlesLua } from "./bundles.ts";
import { ledgerLua } from "./ledgerLua.ts";

/**
 * KEYS of those that claim, settle and release: fan-outs, claimed, lanes 0 (groups, channels …), 1 (direct messages) and 2
 * (edits), later, claimed bundles, rows beyond.
 */
export const outboxKeyCount = 8;

/** Lua: what becomes of a delivery that has to be tried again, or has been often enough. */
export const retryLua = `
-- the note of an edit that was claimed for a message, and has to go to a newer one as well
local renewed = 'renewed'
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
 * Claims older than the given time go back to waiting, each by itself; whether they were sent nobody knows. ARGV: time,
 * age in ms, limit, ttl, greatest numbers of failures and unknowns, prefixes of alerts and ledger.
 */
export const releaseScript = {
  name: "lopsideReleaseStuck",
  keys: outboxKeyCount,
  lua: `
${ledgerLua}
${bundlesLua}
local claimed, bundles, beyond = KEYS[2], KEYS[7], KEYS[8]
local now, ageMs, limit = timeMs(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local ttl, maxFailures, maxUnknowns = ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6])
local alertPrefix, ledgerPrefix = ARGV[7], ARGV[8]
${retryLua}
local released = 0

-- what was being sent, by its destinations; of a bundle (since) what has no row yet: a row is by itself, and may be claimed
-- anew
local function releaseRows(lane, order, subject, destinations, since)
  local shards = tonumber(redis.call('HGET', alertPrefix .. subject, 'n') or 1)
  local key = fieldsKey(ledgerPrefix, subject, shards, destinations[1])
  local kept = redis.call('HMGET', key, unpack(destinations))
  for at, destination in ipairs(destinations) do
    local row
    if not since then row = parseRow(kept[at]) elseif not kept[at] then row = firstRow(since) end
    if row and row.state == 's' then
      row.unknowns, row.failures = row.unknowns + 1, row.failures + 1
      if row.since == 0 then row.since = row.at end
      local reason = row.note == renewed and renewed or 'its sender was not heard of again'
      retry(row, { lane = lane, order = order, member = subject .. '|' .. destination }, 0, reason)
      row.at = now
      redis.call('HSET', key, destination, packRow(row))
      redis.call('PEXPIRE', key, ttl)
      released = released + 1
    end
  end
end

local function releaseBundle(entry, lane, order, subject, since)
  local names, left = redis.call('HGET', bundles, entry), tonumber(redis.call('HGET', bundles, '#' .. entry) or 1)
  redis.call('HDEL', bundles, entry, '#' .. entry)
  redis.call('HINCRBY', beyond, 'claimed', 1 - left)
  if not names or redis.call('EXISTS', alertPrefix .. subject) == 0 then return end
  local destinations = {}
  for destination in string.gmatch(names, '[^\\n]+') do destinations[#destinations + 1] = destination end
  releaseRows(lane, order, subject, destinations, since)
end

local stuck = redis.call('ZRANGEBYSCORE', claimed, '-inf', now - ageMs, 'WITHSCORES', 'LIMIT', 0, limit)
for at = 1, #stuck, 2 do
  if released >= limit then break end
  local entry = stuck[at]
  redis.call('ZREM', claimed, entry)
  local lane, order, subject, destination = string.match(entry, '^(%d)|([^|]+)|([^|]+)|(.*)$')
  if isBundled(destination) then
    releaseBundle(entry, lane, order, subject, tonumber(stuck[at + 1]))
  else
    releaseRows(lane, order, subject, { destination }, nil)
  end
end
return released
`,
};

/** ARGV: prefixes of lanes, claimed and rows beyond. KEYS platforms, fan-outs. */
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
  for _, rows in ipairs(redis.call('HVALS', ARGV[3] .. platform)) do count = count + tonumber(rows) end
end
return count
`,
};
