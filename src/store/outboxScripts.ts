/** Moves due deliveries from waiting to claimed; each gets its next attempt number, which is the fence. */
export const claimScript = {
  name: "lopsideClaim",
  keys: 2,
  lua: `
local waiting, claimed = KEYS[1], KEYS[2]
local now, limit, rowPrefix, alertPrefix = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local deliveries = {}
for _, member in ipairs(redis.call('ZRANGEBYSCORE', waiting, '-inf', now, 'LIMIT', 0, limit)) do
  local key = rowPrefix .. member
  redis.call('ZREM', waiting, member)
  local row = redis.call('HMGET', key, 'alertId', 'destination', 'createdAt', 'unknowns')
  local content = row[1] and redis.call('GET', alertPrefix .. row[1])
  -- a row or content that is gone waited for 90 days: there is nothing left to say
  if content then
    local attempt = redis.call('HINCRBY', key, 'attempt', 1)
    redis.call('HSET', key, 'state', 'sending', 'startedAt', now)
    redis.call('ZADD', claimed, now, member)
    deliveries[#deliveries + 1] = { row[1], row[2], attempt, row[3], row[4], content }
  end
end
return deliveries
`,
};

/** Lua: what becomes of a delivery that has to be tried again, or has been often enough. */
const retryLua = `
local function retry(key, waiting, member, dueAt, reason, maxAttempts, maxUnknowns)
  local row = redis.call('HMGET', key, 'attempt', 'unknowns')
  if tonumber(row[1]) >= tonumber(maxAttempts) or tonumber(row[2]) >= tonumber(maxUnknowns) then
    redis.call('HSET', key, 'state', 'dead', 'reason', 'given up after ' .. row[1] .. ' attempts: ' .. reason)
    return
  end
  redis.call('HSET', key, 'state', 'pending', 'reason', reason)
  redis.call('ZADD', waiting, dueAt, member)
end
`;

/** 1 when the outcome was noted, 0 when the delivery is somebody else's by now, or settled already. */
export const settleScript = {
  name: "lopsideSettle",
  keys: 3,
  lua: `
${retryLua}
local key, waiting, claimed = unpack(KEYS)
local member, attempt, now, maxAttempts, maxUnknowns, ttl, kind, dueAt, note = unpack(ARGV)
local row = redis.call('HMGET', key, 'state', 'attempt')
if row[2] ~= attempt or (row[1] ~= 'sending' and row[1] ~= 'pending') then return 0 end

redis.call('ZREM', claimed, member)
redis.call('ZREM', waiting, member)
redis.call('PEXPIRE', key, ttl)
if kind == 'sent' then
  redis.call('HSET', key, 'state', 'sent', 'messageId', note, 'settledAt', now)
elseif kind == 'dead' then
  redis.call('HSET', key, 'state', 'dead', 'reason', note, 'settledAt', now)
else
  if kind == 'unknown' then redis.call('HINCRBY', key, 'unknowns', 1) end
  retry(key, waiting, member, dueAt, note, maxAttempts, maxUnknowns)
end
return 1
`,
};

/** Claims older than the given time go back to waiting; whether they were sent nobody knows. */
export const releaseScript = {
  name: "lopsideReleaseStuck",
  keys: 2,
  lua: `
${retryLua}
local waiting, claimed = KEYS[1], KEYS[2]
local now, olderThan, limit, maxAttempts, maxUnknowns, rowPrefix = unpack(ARGV)
local released = 0
for _, member in ipairs(redis.call('ZRANGEBYSCORE', claimed, '-inf', olderThan, 'LIMIT', 0, limit)) do
  local key = rowPrefix .. member
  redis.call('ZREM', claimed, member)
  if redis.call('HGET', key, 'state') == 'sending' then
    redis.call('HINCRBY', key, 'unknowns', 1)
    retry(key, waiting, member, now, 'its sender was not heard of again', maxAttempts, maxUnknowns)
    released = released + 1
  end
end
return released
`,
};

export const countScript = {
  name: "lopsideCountPending",
  keys: 1,
  lua: `
local count = 0
for _, platform in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  count = count + redis.call('ZCARD', ARGV[1] .. platform) + redis.call('ZCARD', ARGV[2] .. platform)
end
return count
`,
};
