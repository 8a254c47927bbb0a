import { bundlesLua } from "./bundles.ts";
import { ledgerLua } from "./ledgerLua.ts";
import { outboxKeyCount, retryLua } from "./outboxScripts.ts";
import { endTurnsLua } from "./turnScripts.ts";

/**
 * Notes outcomes. ARGV: time, ttl, greatest numbers of failures and unknowns, prefixes of alerts, ledger, messages,
 * then the outcomes, a line each: destination, attempt, state (o, m, d, k, h, p, b, u; b is p without having tried) and
 * note. Before the note stands for p, b and u in how many ms it is due again, and for m, which is o, the destination a
 * message really went to or the version of the edit it shows. A line that begins with a tab is of all that follow it: the
 * ticket (ledgerLua.ts), or behind a second tab `f` where they were sent at their first attempt and are only destination
 * and note, or `n`; and then `=` and what was pushed where their turns are over (turnScripts.ts), with KEYS as endTurns
 * wants them behind the others, and ARGV the holder. Answers a digit each: 0 where the delivery is somebody else's by
 * now, or settled already.
 */
export const settleScript = {
  name: "lopsideSettle",
  // those of turns only where they are on the same server
  keys: undefined,
  lua: `
${endTurnsLua}
${ledgerLua}
${bundlesLua}
local claimed, bundles, beyond = KEYS[2], KEYS[7], KEYS[8]
local now, ttl, maxFailures, maxUnknowns = timeMs(ARGV[1]), ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local alertPrefix, ledgerPrefix, messagePrefix = ARGV[5], ARGV[6], ARGV[7]
${retryLua}
-- a Redis whose memory is full refuses a script's first write where that takes room, and none after it: what was sent must
-- be noted all the same
redis.call('ZREM', claimed, '')
local known = {}
local function alertOf(subject)
  if known[subject] ~= nil then return known[subject] end
  local kept = redis.call('HMGET', alertPrefix .. subject, 'k', 'e', 'n', 'm', 'v')
  known[subject] = kept[1] and { isEdit = kept[1] == 'edit', episode = kept[2], shards = tonumber(kept[3]),
    messageShards = tonumber(kept[4]), version = kept[5] or '0' } or false
  return known[subject]
end
local edits, gone = {}, {}
-- the outcomes, a list for each of their parts
local tickets, destinations, attempts, states, notes = {}, {}, {}, {}, {}
local function editOf(episode)
  if edits[episode] == nil then edits[episode] = redis.call('HGET', alertPrefix .. episode .. '~', 'v') end
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
    if ticket.since and alert then ticket.first = {} end
  end
  if alert then
    ticket.group = groupOf(ledgerPrefix .. subject .. ':' .. shard)
    if alert.episode ~= '' and alert.messageShards == alert.shards then
      ticket.messages = groupOf(messagePrefix .. alert.episode .. ':' .. shard)
    end
  end
  return ticket
end

-- an edit that is on its way goes to the message before: its row says so, because a claim drops what is under way. So it
-- may where it waits again: its holder was given up, and may yet say what became of it
local function noteRenewed(alert, destination)
  local group = groupOf(fieldsKey(ledgerPrefix, alert.episode .. '~', alert.messageShards, destination))
  local packed = group.rows[destination] or redis.call('HGET', group.key, destination)
  local row = parseRow(packed)
  if not row or (row.state ~= 's' and row.state ~= 'p') then return end
  row.note = renewed
  group.rows[destination] = packRow(row)
  write(group, destination, group.rows[destination])
end

-- a message stands: it is what edits go to, and if one came after it was said it is due. They are counted, because
-- clocks may be set back, and of two in one moment nobody knows which came first
local function keepMessage(alert, destination, messageId, messages)
  if alert.episode == '' then return end
  write(messages or groupOf(fieldsKey(messagePrefix, alert.episode, alert.messageShards, destination)), destination,
    messageId)
  local edit = editOf(alert.episode)
  if edit and tonumber(edit) > tonumber(alert.version) then
    redis.call('ZADD', KEYS[5], 'NX', now, alert.episode .. '~|' .. destination)
    noteRenewed(alert, destination)
  end
end

-- of nearly all: a bundle's, sent at its first attempt. While a bundle is claimed its rows are written by nobody else, so
-- that none has to be read
local stamp = whole(now) .. '|'
local firstSent = 'o|1|0|0|0|' .. stamp
local function noteFirst(ticket, destination, messageId)
  local first = ticket.first
  local size = #first
  first[size + 1], first[size + 2] = destination, firstSent .. messageId
end
local function writeFirst(ticket)
  local first, key = ticket.first, ticket.group.key
  if #first == 0 then return end
  local news = redis.call('HSET', key, unpack(first))
  redis.call('PEXPIRE', key, ttl)
  ticket.settled = ticket.settled + news
  -- nothing is where it was said before, and the answer lost
  ticket.firstAnswer = news > 0 and '1' or '0'
end

-- what was sending, this attempt of it, and was sent: no table is made for it
local function settleSent(at)
  local ticket, destination = tickets[at], destinations[at]
  local group = ticket.group
  local attempt, troubles = string.match(group.rows[destination] or '', '^s|(%d+)(|%d+|%d+|%d+|)')
  if attempt ~= attempts[at] then return nil end
  local row = 'o|' .. attempt .. troubles .. stamp .. notes[at]
  gone[#gone + 1] = ticket.entry .. destination
  group.rows[destination] = row
  write(group, destination, row)
  keepMessage(ticket.alert, destination, notes[at], ticket.messages)
  return '1'
end

-- whose attempt it is; and that an earlier one was sent counts, whatever became of those after it
local function isOwn(row, attempt, state, alert)
  if row.attempt == attempt then return row.state == 's' or row.state == 'p' end
  return row.state ~= 'o' and attempt < row.attempt and not alert.isEdit and (state == 'o' or state == 'm')
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
  if not row or not isOwn(row, tonumber(attempts[at]), state, alert) then return '0' end
  if string.find('mpbu', state, 1, true) then extra, note = string.match(note, '^([^\\t]*)\\t(.*)$') end
  if state == 'm' then state = 'o' end
  local isRenewed = row.note == renewed
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
  if isRenewed or state == 'o' and alert.isEdit and alert.version ~= extra then
    if state == 'o' or state == 'd' then redis.call('ZADD', KEYS[5], 'NX', now, member) end
  elseif state == 'd' and alert.isEdit then
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

local count, ticket, opened, bundled, answers = 0, nil, {}, {}, {}
local function ticketOf(line)
  if not opened[line] then
    opened[line] = openTicket(line)
    if opened[line].bundle then bundled[#bundled + 1] = opened[line] end
  end
  return opened[line]
end
-- whose turns are over: names, and what was pushed to them where it is news
local ended, told = {}, {}
local isFirst, isOver, pushes = false, false, ''
local function readHeading(line)
  if string.byte(line, 2) ~= 9 then
    ticket = ticketOf(line)
  else
    isFirst, isOver, pushes = string.sub(line, 3, 3) == 'f', string.sub(line, 4, 4) == '=', string.sub(line, 5)
  end
end
local function endTurn(destination)
  ended[#ended + 1] = destination
  if pushes == '' then return end
  local at = #told
  told[at + 1], told[at + 2] = destination, pushes
end
local function readOutcome(destination, rest)
  count = count + 1
  if isOver then endTurn(destination) end
  tickets[count], destinations[count], notes[count] = ticket, destination, rest
  if isFirst and ticket.first then return noteFirst(ticket, destination, rest) end
  attempts[count], states[count] = '1', 'o'
  if not isFirst then attempts[count], states[count], notes[count] = string.match(rest, '^(%d+)\\t(%a)\\t(.*)$') end
  local group = ticket.group
  if group then group.asked[#group.asked + 1] = destination end
end
-- by plain search: a pattern looks at each letter
local text, from = ARGV[8], 1
while from <= #text do
  local isHeading = string.byte(text, from) == 9
  local tab = isHeading and from or string.find(text, '\\t', from, true)
  local to = string.find(text, '\\n', tab, true)
  if isHeading then
    readHeading(string.sub(text, from, to - 1))
  else
    readOutcome(string.sub(text, from, tab - 1), string.sub(text, tab + 1, to - 1))
  end
  from = to + 1
end
for _, group in ipairs(groups) do
  if #group.asked > 0 then
    local kept = redis.call('HMGET', group.key, unpack(group.asked))
    for at, destination in ipairs(group.asked) do group.rows[destination] = kept[at] end
  end
end
for _, one in ipairs(bundled) do
  if one.first then writeFirst(one) end
end
-- messages in the order in which they were sent: of two in one place the newer stays
for at = 1, count do
  local one = tickets[at]
  if states[at] then
    answers[at] = one.alert and settle(at) or '0'
  else
    answers[at] = one.firstAnswer
    if answers[at] == '1' then keepMessage(one.alert, destinations[at], notes[at], one.messages) end
  end
end
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
if #ended > 0 then endTurns(KEYS[${outboxKeyCount + 1}], KEYS[${outboxKeyCount + 2}], ARGV[9], now, ended, told) end
return table.concat(answers)
`,
};
