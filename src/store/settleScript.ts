import { bundlesLua } from "./bundles.ts";
import { ledgerLua } from "./ledgerLua.ts";
import { linesLua } from "./linesLua.ts";
import { outboxKeyCount, retryLua } from "./outboxScripts.ts";

/**
 * Notes outcomes. ARGV: time, ttl, greatest numbers of failures and unknowns, prefixes of alerts, ledger, messages,
 * then the outcomes, a line each: destination, attempt, state (o, m, d, k, h, p, b, u; b is p without having tried) and
 * note; of what was sent at its first attempt only destination and note. A line that begins with a tab is the ticket (ledgerLua.ts) of all that follow it. Before the note stands for p, b
 * and u in how many ms it is due again, and for m, which is o, the destination a message really went to or the version of
 * the edit it shows. Answers a digit each: 0 where the delivery is somebody else's by now, or settled already.
 */
export const settleScript = {
  name: "lopsideSettle",
  keys: outboxKeyCount,
  lua: `
${ledgerLua}
${bundlesLua}
${linesLua}
local claimed, bundles, beyond = KEYS[2], KEYS[7], KEYS[8]
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
local tickets, destinations, attempts, states, notes = {}, {}, {}, {}, {}
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
  local at = #group.written
  group.written[at + 1] = field
  group.written[at + 2] = value
end

-- what the outcomes behind it share
local function openTicket(text)
  local lane, order, shard, subject, first = string.match(text, '^\\t(%d)\\t([^\\t]*)\\t(%d+)\\t([^\\t]*)\\t?(.*)$')
  local alert = alertOf(subject)
  local ticket = { alert = alert, lane = lane, order = order, member = subject .. '|',
    entry = lane .. '|' .. order .. '|' .. subject .. '|', settled = 0 }
  if first ~= '' then
    ticket.bundle = entryOf(lane, order, subject, first)
    ticket.since = tonumber(redis.call('ZSCORE', claimed, ticket.bundle) or nil)
  end
  if alert then
    ticket.group = groupOf(ledgerPrefix .. subject .. ':' .. shard)
    if alert.episode ~= '' and alert.messageShards == alert.shards then
      ticket.messages = groupOf(messagePrefix .. alert.episode .. ':' .. shard)
    end
  end
  return ticket
end

-- a message stands: it is what edits go to, and if one came meanwhile it is due
local function keepMessage(alert, destination, messageId, messages)
  if alert.episode == '' then return end
  write(messages or groupOf(fieldsKey(messagePrefix, alert.episode, alert.messageShards, destination)), destination,
    messageId)
  local edit = editOf(alert.episode)
  if edit and tonumber(edit) > alert.at then
    redis.call('ZADD', KEYS[5], 'NX', now, alert.episode .. '~|' .. destination)
  end
end

-- what is written of nearly all: it was sending, this attempt of it, and it was sent; no table is made for it
local stamp = whole(now) .. '|'
local firstSent = 'o|1|0|0|0|' .. stamp
local function settleSent(at)
  local ticket, destination = tickets[at], destinations[at]
  local group, row = ticket.group, nil
  local kept = group.rows[destination]
  if not kept and ticket.since and attempts[at] == '1' then
    row = firstSent .. notes[at]
    ticket.settled = ticket.settled + 1
  else
    local attempt, troubles = string.match(kept or '', '^s|(%d+)(|%d+|%d+|%d+|)')
    if attempt ~= attempts[at] then return nil end
    row = 'o|' .. attempt .. troubles .. stamp .. notes[at]
    gone[#gone + 1] = ticket.entry .. destination
  end
  group.rows[destination] = row
  write(group, destination, row)
  keepMessage(ticket.alert, destination, notes[at], ticket.messages)
  return '1'
end

local function settle(at)
  local ticket, state, note, destination = tickets[at], states[at], notes[at], destinations[at]
  local alert, group, extra = ticket.alert, ticket.group, ''
  if state == 'o' and not alert.isEdit then
    local answer = settleSent(at)
    if answer then return answer end
  end
  local row, isFirst = parseRow(group.rows[destination]), false
  if not group.rows[destination] and ticket.since then row, isFirst = firstRow(ticket.since), true end
  if not row or row.attempt ~= tonumber(attempts[at]) or (row.state ~= 's' and row.state ~= 'p') then return '0' end
  if string.find('mpbu', state, 1, true) then extra, note = string.match(note, '^([^\\t]*)\\t(.*)$') end
  if state == 'm' then state = 'o' end
  local lane, order, member, entry = ticket.lane, ticket.order, ticket.member .. destination, ticket.entry .. destination
  if isFirst then
    ticket.settled = ticket.settled + 1
  else
    gone[#gone + 1] = entry
  end
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
    retry(row, { lane = lane, order = order, member = member }, tonumber(extra), note)
  elseif state == 'b' then
    row.state = 'p'
    wait(lane, order, member, tonumber(extra))
  else
    row.state, row.note = state, note
  end
  row.at = now
  group.rows[destination] = packRow(row)
  write(group, destination, group.rows[destination])
  if state == 'o' and not alert.isEdit then keepMessage(alert, extra ~= '' and extra or destination, note) end
  if state == 'o' and alert.isEdit and alert.version ~= extra then redis.call('ZADD', KEYS[5], 'NX', now, member) end
  if state == 'd' and alert.isEdit then
    redis.call('HDEL', fieldsKey(messagePrefix, alert.episode, alert.messageShards, destination), destination)
  end
  return '1'
end

-- rows that a bundle has now; with its last one it is gone
local function leaveBundle(ticket)
  local left = redis.call('HINCRBY', bundles, '#' .. ticket.bundle, -ticket.settled)
  if left <= 0 then
    redis.call('HDEL', bundles, ticket.bundle, '#' .. ticket.bundle)
    gone[#gone + 1] = ticket.bundle
  end
  local fewer = left <= 0 and ticket.settled - 1 or ticket.settled
  if fewer > 0 then redis.call('HINCRBY', beyond, 'claimed', -fewer) end
end

local count, ticket, opened, bundled = 0, nil, {}, {}
local function ticketOf(line)
  if not opened[line] then
    opened[line] = openTicket(line)
    if opened[line].bundle then bundled[#bundled + 1] = opened[line] end
  end
  return opened[line]
end
-- by plain search: a pattern looks at each letter
local function readOutcome(line)
  count = count + 1
  tickets[count] = ticket
  local tab = string.find(line, '\\t', 1, true)
  if string.find(line, '\\t', tab + 1, true) then
    destinations[count], attempts[count], states[count], notes[count] =
      string.match(line, '^([^\\t]*)\\t(%d+)\\t(%a)\\t(.*)$')
  else
    destinations[count], attempts[count], states[count], notes[count] =
      string.sub(line, 1, tab - 1), '1', 'o', string.sub(line, tab + 1)
  end
  local group = ticket.group
  if group then group.asked[#group.asked + 1] = destinations[count] end
end
for _, line in ipairs(linesOf(ARGV[8])) do
  if string.byte(line) == 9 then
    ticket = ticketOf(line)
  else
    readOutcome(line)
  end
end
for _, group in ipairs(groups) do
  if #group.asked > 0 then
    local kept = redis.call('HMGET', group.key, unpack(group.asked))
    for at, destination in ipairs(group.asked) do group.rows[destination] = kept[at] end
  end
end
local answers = {}
for at = 1, count do answers[at] = tickets[at].alert and settle(at) or '0' end
for _, group in ipairs(groups) do
  if #group.written > 0 then
    redis.call('HSET', group.key, unpack(group.written))
    redis.call('PEXPIRE', group.key, ttl)
  end
end
for _, one in ipairs(bundled) do
  if one.settled > 0 then leaveBundle(one) end
end
if #gone > 0 then redis.call('ZREM', claimed, unpack(gone)) end
return table.concat(answers)
`,
};
