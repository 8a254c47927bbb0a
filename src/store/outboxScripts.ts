import { ledgerLua } from "./ledgerLua.ts";

/** KEYS of all three: fan-outs, claimed, lanes 0 (groups, channels …), 1 (direct messages) and 2 (edits), later. */
const outboxKeyCount = 6;

/**
 * Moves deliveries from the lanes to claimed; each gets its next attempt number, which is the fence. Lanes in order,
 * oldest first in each; what waited for its time has kept its place among them. While an alert's rows are still being
 * written only lane 0, because a group may yet come. ARGV: time, limit, ttl, prefixes of alerts, ledger, messages.
 * Answers whether a fan-out is open, how old the first of each lane is (ms, '' where nothing waits), when the next of
 * the later ones is due (ms, ''), alerts (subject, id, episode, content, decided at, age, version, kind, rule) and rows
 * as text: alert's index, lane, order, attempt, failures, unknowns, ms since the first unknown began, message to edit,
 * destination.
 */
export const claimScript = {
  name: "lopsideClaim",
  keys: outboxKeyCount,
  lua: `
${ledgerLua}
local fanOuts, claimed = KEYS[1], KEYS[2]
local now, limit, ttl = timeMs(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
local alertPrefix, ledgerPrefix, messagePrefix = ARGV[4], ARGV[5], ARGV[6]
local isOpen = redis.call('EXISTS', fanOuts) == 1
local known, alerts, rows = {}, {}, {}
local stamp = whole(now) .. '|'

local function alertOf(subject)
  if known[subject] ~= nil then return known[subject] end
  local kept = redis.call('HMGET', alertPrefix .. subject, 'i', 'e', 'c', 'at', 't', 'v', 'k', 'n', 'm', 'r')
  if not kept[1] then
    known[subject] = false
    return false
  end
  local alert = { index = #alerts, episode = kept[2], isEdit = kept[7] == 'edit', shards = tonumber(kept[8]),
    messageShards = tonumber(kept[9]) }
  alerts[#alerts + 1] = { subject, kept[1], kept[2], kept[3], kept[4], whole(now - tonumber(kept[5])), kept[6] or '0',
    kept[7], kept[10] or '' }
  known[subject] = alert
  return alert
end

-- members of a lane whose rows lie in one hash, so that it is read and written once; lists, because tables of names
-- for each member would take longer than all the rest
local function groupOf(groups, key)
  local group = groups[key]
  if not group then
    group = { key = key, destinations = {}, alerts = {}, orders = {}, texts = {} }
    groups[key] = group
    groups[#groups + 1] = group
  end
  return group
end

local function messageOf(alert, destination)
  if not alert.isEdit then return '' end
  return redis.call('HGET', fieldsKey(messagePrefix, alert.episode, alert.messageShards, destination), destination)
end

-- how a row goes on from what is kept of it; nil where it is somebody's already, or settled
local function begin(packed, alert)
  if not packed then return 1, 's|1|0|0|0|' .. stamp, '0\\t0\\t0' end
  local row = parseRow(packed)
  if row.state == 's' or (row.state ~= 'p' and not alert.isEdit) then return nil end
  if row.state ~= 'p' then row.failures, row.unknowns, row.since = 0, 0, 0 end
  row.state, row.attempt, row.at, row.note = 's', row.attempt + 1, now, ''
  local unknownMs = row.since > 0 and whole(now - row.since) or '0'
  return row.attempt, packRow(row), row.failures .. '\\t' .. row.unknowns .. '\\t' .. unknownMs
end

local function claimGroup(lane, group, taken)
  local kept = redis.call('HMGET', group.key, unpack(group.destinations))
  local written = {}
  for at, destination in ipairs(group.destinations) do
    local alert, order = group.alerts[at], group.orders[at]
    local messageId = messageOf(alert, destination)
    local attempt, packed, troubles
    if messageId then attempt, packed, troubles = begin(kept[at], alert) end
    if attempt then
      written[#written + 1] = destination
      written[#written + 1] = packed
      taken[#taken + 1] = now
      taken[#taken + 1] = lane .. '|' .. order .. '|' .. group.texts[at]
      rows[#rows + 1] = alert.index .. '\\t' .. lane .. '\\t' .. order .. '\\t' .. attempt .. '\\t' .. troubles .. '\\t'
        .. messageId .. '\\t' .. destination
    end
  end
  if #written > 0 then
    redis.call('HSET', group.key, unpack(written))
    redis.call('PEXPIRE', group.key, ttl)
  end
end

local function claimLane(lane)
  local popped = redis.call('ZPOPMIN', KEYS[3 + lane], limit - #rows)
  local groups, taken = {}, {}
  for at = 1, #popped, 2 do
    local text = popped[at]
    local subject, destination = string.match(text, '^([^|]+)|(.*)$')
    local alert = alertOf(subject)
    -- an alert that is gone waited for 90 days: there is nothing left to say
    if alert then
      local group = groupOf(groups, fieldsKey(ledgerPrefix, subject, alert.shards, destination))
      local place = #group.destinations + 1
      group.destinations[place], group.alerts[place] = destination, alert
      group.orders[place], group.texts[place] = popped[at + 1], text
    end
  end
  for _, group in ipairs(groups) do claimGroup(lane, group, taken) end
  if #taken > 0 then redis.call('ZADD', claimed, unpack(taken)) end
end

local ripe = redis.call('ZRANGEBYSCORE', KEYS[6], '-inf', now, 'LIMIT', 0, 200)
for _, entry in ipairs(ripe) do
  local lane, order, member = string.match(entry, '^(%d)|([^|]+)|(.*)$')
  redis.call('ZADD', KEYS[3 + lane], order, member)
end
if #ripe > 0 then redis.call('ZREM', KEYS[6], unpack(ripe)) end
for lane = 0, isOpen and 0 or 2 do
  if #rows < limit then claimLane(lane) end
end

local ages = {}
for lane = 0, 2 do
  local first = redis.call('ZRANGE', KEYS[3 + lane], 0, 0, 'WITHSCORES')[2]
  ages[lane + 1] = first and whole(math.max(0, now - tonumber(first))) or ''
end
local nextLater = redis.call('ZRANGE', KEYS[6], 0, 0, 'WITHSCORES')[2]
local dueIn = nextLater and whole(math.max(0, math.ceil(tonumber(nextLater) - now))) or ''
return { isOpen and 1 or 0, ages, dueIn, alerts, table.concat(rows, '\\n') }
`,
};

/** Lua: what becomes of a delivery that has to be tried again, or has been often enough. */
const retryLua = `
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
 * Notes outcomes. ARGV: time, ttl, greatest numbers of failures and unknowns, prefixes of alerts, ledger, messages,
 * then the outcomes, a line each: lane, order, subject, destination, attempt, state (o, d, k, h, p, b, u; b is p without
 * having tried), ms until it is due again, extra, note. Extra is the destination a message really went to, or the version
 * of the edit it shows. Answers a digit each: 0 where the delivery is somebody else's by now, or settled already.
 */
export const settleScript = {
  name: "lopsideSettle",
  keys: outboxKeyCount,
  lua: `
${ledgerLua}
local claimed = KEYS[2]
local now, ttl, maxFailures, maxUnknowns = timeMs(ARGV[1]), ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local alertPrefix, ledgerPrefix, messagePrefix = ARGV[5], ARGV[6], ARGV[7]
${retryLua}
local known = {}
local function alertOf(subject)
  if known[subject] ~= nil then return known[subject] end
  local kept = redis.call('HMGET', alertPrefix .. subject, 'k', 'e', 'n', 'm', 't', 'v')
  known[subject] = kept[1] and { isEdit = kept[1] == 'edit', episode = kept[2], shards = tonumber(kept[3]),
    messageShards = tonumber(kept[4]), at = tonumber(kept[5]), version = kept[6] or '0' } or false
  return known[subject]
end
local edits, gone = {}, {}
-- the outcomes, a list for each of their parts
local lanes, orders, subjects, destinations, attempts, states = {}, {}, {}, {}, {}, {}
local delays, extras, notes, alerts, shards, grouped = {}, {}, {}, {}, {}, {}
local function editOf(episode)
  if edits[episode] == nil then edits[episode] = redis.call('HGET', alertPrefix .. episode .. '~', 't') end
  return edits[episode]
end

-- hashes that are read and written once for all outcomes
local groups = {}
local function groupOf(key)
  local group = groups[key]
  if not group then
    group = { key = key, asked = {}, rows = {}, written = {} }
    groups[key] = group
    groups[#groups + 1] = group
  end
  return group
end
local function write(group, field, value)
  group.written[#group.written + 1] = field
  group.written[#group.written + 1] = value
end

-- a message stands: it is what edits go to, and if one came meanwhile it is due
local function keepMessage(alert, destination, messageId, shard)
  if alert.episode == '' then return end
  local isSame = shard and alert.messageShards == alert.shards
  local key = isSame and messagePrefix .. alert.episode .. ':' .. shard
    or fieldsKey(messagePrefix, alert.episode, alert.messageShards, destination)
  write(groupOf(key), destination, messageId)
  local edit = editOf(alert.episode)
  if edit and tonumber(edit) > alert.at then
    redis.call('ZADD', KEYS[5], 'NX', now, alert.episode .. '~|' .. destination)
  end
end

-- what is written of nearly all: it was sending, this attempt of it, and it was sent; no table is made for it
local stamp = whole(now) .. '|'
local function settleSent(at)
  local group, destination = grouped[at], destinations[at]
  local attempt, troubles = string.match(group.rows[destination] or '', '^s|(%d+)(|%d+|%d+|%d+|)')
  if attempt ~= attempts[at] then return nil end
  local row = 'o|' .. attempt .. troubles .. stamp .. notes[at]
  group.rows[destination] = row
  write(group, destination, row)
  gone[#gone + 1] = lanes[at] .. '|' .. orders[at] .. '|' .. subjects[at] .. '|' .. destination
  local moved = extras[at]
  if moved == '' then
    keepMessage(alerts[at], destination, notes[at], shards[at])
  else
    keepMessage(alerts[at], moved, notes[at])
  end
  return '1'
end

local function settle(at)
  local alert, group, state, note = alerts[at], grouped[at], states[at], notes[at]
  local lane, order, subject, destination = lanes[at], orders[at], subjects[at], destinations[at]
  if state == 'o' and not alert.isEdit then
    local answer = settleSent(at)
    if answer then return answer end
  end
  local row = parseRow(group.rows[destination])
  if not row or row.attempt ~= tonumber(attempts[at]) or (row.state ~= 's' and row.state ~= 'p') then return '0' end
  local member = subject .. '|' .. destination
  local entry = lane .. '|' .. order .. '|' .. member
  gone[#gone + 1] = entry
  if row.state == 'p' then
    redis.call('ZREM', KEYS[3 + lane], member)
    redis.call('ZREM', KEYS[6], entry)
  end
  if state == 'p' or state == 'u' then
    row.failures = row.failures + 1
    if state == 'u' then
      row.unknowns = row.unknowns + 1
      if row.since == 0 then row.since = row.at end
    end
    retry(row, { lane = lane, order = order, member = member }, tonumber(delays[at]), note)
  elseif state == 'b' then
    row.state = 'p'
    wait(lane, order, member, tonumber(delays[at]))
  else
    row.state, row.note = state, note
  end
  row.at = now
  group.rows[destination] = packRow(row)
  write(group, destination, group.rows[destination])
  local extra = extras[at]
  if state == 'o' and not alert.isEdit then keepMessage(alert, extra ~= '' and extra or destination, note) end
  if state == 'o' and alert.isEdit and alert.version ~= extra then redis.call('ZADD', KEYS[5], 'NX', now, member) end
  if state == 'd' and alert.isEdit then
    redis.call('HDEL', fieldsKey(messagePrefix, alert.episode, alert.messageShards, destination), destination)
  end
  return '1'
end

local count = 0
for line in string.gmatch(ARGV[8], '[^\\n]+') do
  local at = count + 1
  count = at
  lanes[at], orders[at], subjects[at], destinations[at], attempts[at], states[at], delays[at], extras[at], notes[at] =
    string.match(line, '^(%d)\\t([^\\t]*)\\t([^\\t]*)\\t([^\\t]*)\\t(%d+)\\t(%a)\\t(%d+)\\t([^\\t]*)\\t(.*)$')
  local alert = alertOf(subjects[at])
  alerts[at] = alert
  if alert then
    shards[at] = shardOf(destinations[at], alert.shards)
    local group = groupOf(ledgerPrefix .. subjects[at] .. ':' .. shards[at])
    grouped[at] = group
    group.asked[#group.asked + 1] = destinations[at]
  else
    shards[at], grouped[at] = 0, false
  end
end
for _, group in ipairs(groups) do
  local kept = redis.call('HMGET', group.key, unpack(group.asked))
  for at, destination in ipairs(group.asked) do group.rows[destination] = kept[at] end
end
local answers = {}
for at = 1, count do answers[at] = alerts[at] and settle(at) or '0' end
for _, group in ipairs(groups) do
  if #group.written > 0 then
    redis.call('HSET', group.key, unpack(group.written))
    redis.call('PEXPIRE', group.key, ttl)
  end
end
if #gone > 0 then redis.call('ZREM', claimed, unpack(gone)) end
return table.concat(answers)
`,
};

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
