import { ledgerLua } from "./ledgerLua.ts";
import { outboxKeyCount, retryLua } from "./outboxScripts.ts";

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
