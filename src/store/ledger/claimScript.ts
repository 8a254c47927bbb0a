import { bundlesLua } from "./bundles.ts";
import { ledgerLua } from "./ledgerLua.ts";
import { outboxKeyCount } from "./outboxScripts.ts";
import { bookAllLua, bookKeyCount } from "../pace/paceScripts.ts";
import { takeTurnsLua } from "./turnScripts.ts";

/**
 * Moves deliveries from the lanes to claimed; each gets its next attempt number, which is the fence. Lanes in order,
 * oldest first in each; what waited for its time has kept its place among them. While an alert's rows are still being
 * written only lane 0, because a group may yet come. ARGV: time, limit, ttl, prefixes of alerts, ledger, messages.
 * Answers whether a fan-out is open, how old the first of each lane is (ms, '' where nothing waits), when the next of
 * the later ones is due (ms, ''), alerts (id, episode, content, decided at, age, version, kind, rule) and rows
 * as text. A line that begins with a tab is of all that follow it: the alert's index and a ticket (ledgerLua.ts). A row is
 * its destination alone where it is tried for the first time, or destination, attempt, failures, unknowns, ms since the
 * first unknown began and message to edit.
 */
const claimLua = `
${ledgerLua}
${bundlesLua}
local fanOuts, claimed, bundles, beyond = KEYS[1], KEYS[2], KEYS[7], KEYS[8]
local now, limit, ttl = timeMs(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
local alertPrefix, ledgerPrefix, messagePrefix = ARGV[4], ARGV[5], ARGV[6]
local isOpen = redis.call('EXISTS', fanOuts) == 1
local known, alerts, rows, count = {}, {}, {}, 0
-- whom it is for
local told = {}
local first = 's|1|0|0|0|' .. whole(now) .. '|'

local function alertOf(subject)
  if known[subject] ~= nil then return known[subject] end
  local kept = redis.call('HMGET', alertPrefix .. subject, 'i', 'e', 'c', 'at', 't', 'v', 'k', 'n', 'm', 'r')
  if not kept[1] then
    known[subject] = false
    return false
  end
  local alert = { index = #alerts, episode = kept[2], isEdit = kept[7] == 'edit', shards = tonumber(kept[8]),
    messageShards = tonumber(kept[9]) }
  alerts[#alerts + 1] = { kept[1], kept[2], kept[3], kept[4], whole(now - tonumber(kept[5])), kept[6] or '0',
    kept[7], kept[10] or '' }
  known[subject] = alert
  return alert
end

-- members of a lane whose rows lie in one hash, so that it is read and written once; lists, because tables of names
-- for each member would take longer than all the rest
local function groupOf(groups, subject, alert, shard)
  local key = ledgerPrefix .. subject .. ':' .. shard
  local group = groups[key]
  if not group then
    group = { key = key, alert = alert, tail = shard .. '\\t' .. subject, destinations = {}, orders = {}, texts = {} }
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
  if not packed then return 1, first, '0\\t0\\t0' end
  local row = parseRow(packed)
  if row.state == 's' or (row.state ~= 'p' and not alert.isEdit) then return nil end
  if row.state ~= 'p' then row.failures, row.unknowns, row.since = 0, 0, 0 end
  row.state, row.attempt, row.at, row.note = 's', row.attempt + 1, now, ''
  local unknownMs = row.since > 0 and whole(now - row.since) or '0'
  return row.attempt, packRow(row), row.failures .. '\\t' .. row.unknowns .. '\\t' .. unknownMs
end

local function claimGroup(lane, group, taken)
  local alert, kept = group.alert, redis.call('HMGET', group.key, unpack(group.destinations))
  local written, last = {}, nil
  for at, destination in ipairs(group.destinations) do
    local order, messageId = group.orders[at], messageOf(alert, destination)
    local attempt, packed, troubles
    if messageId then attempt, packed, troubles = begin(kept[at], alert) end
    if attempt then
      written[#written + 1] = destination
      written[#written + 1] = packed
      taken[#taken + 1] = now
      taken[#taken + 1] = lane .. '|' .. order .. '|' .. group.texts[at]
      if order ~= last then
        last = order
        rows[#rows + 1] = '\\t' .. alert.index .. '\\t' .. lane .. '\\t' .. order .. '\\t' .. group.tail
      end
      count = count + 1
      told[#told + 1] = destination
      rows[#rows + 1] = packed == first and messageId == '' and destination
        or destination .. '\\t' .. attempt .. '\\t' .. troubles .. '\\t' .. messageId
    end
  end
  if #written > 0 then
    redis.call('HSET', group.key, unpack(written))
    redis.call('PEXPIRE', group.key, ttl)
  end
end

-- rows by themselves, popped one after the other
local function claimAlone(lane, popped, to)
  local groups, taken = {}, {}
  for at = 1, to, 2 do
    local text = popped[at]
    local subject, destination = string.match(text, '^([^|]+)|(.*)$')
    local alert = alertOf(subject)
    -- an alert that is gone waited for 90 days: there is nothing left to say
    if alert then
      local group = groupOf(groups, subject, alert, shardOf(destination, alert.shards))
      local place = #group.destinations + 1
      group.destinations[place], group.orders[place], group.texts[place] = destination, popped[at + 1], text
    end
  end
  for _, group in ipairs(groups) do claimGroup(lane, group, taken) end
  if #taken > 0 then redis.call('ZADD', claimed, unpack(taken)) end
end

-- as many of a bundle as there is room for; none of them has a row yet, nor needs one now
local function claimBundle(lane, order, waiting, names, subject)
  local alert, taken, rest = alertOf(subject), math.min(waiting, limit - count), nil
  redis.call('HINCRBY', beyond, lane, taken < waiting and -taken or 1 - waiting)
  if taken < waiting then
    names, rest = splitNames(names, taken)
    redis.call('ZADD', KEYS[3 + lane], order, bundleOf(subject, waiting - taken, rest))
  end
  if not alert then return end
  local first = firstOf(names)
  local entry = entryOf(lane, order, subject, first)
  redis.call('HSET', bundles, entry, names, '#' .. entry, taken)
  redis.call('ZADD', claimed, now, entry)
  if taken > 1 then redis.call('HINCRBY', beyond, 'claimed', taken - 1) end
  count = count + taken
  local shard = shardOf(first, alert.shards)
  rows[#rows + 1] = '\\t' .. alert.index .. '\\t' .. lane .. '\\t' .. order .. '\\t' .. shard .. '\\t' .. subject .. '\\t' .. first
  rows[#rows + 1] = names
  told[#told + 1] = names
end

-- what was popped, with its place in line
local function putBack(lane, popped, from)
  for at = from, #popped, 2 do redis.call('ZADD', KEYS[3 + lane], popped[at + 1], popped[at]) end
end

-- rows by themselves, up to a bundle and that: it may be more than there is room for. Says whether there was one
local function claimPopped(lane, popped)
  for at = 1, #popped, 2 do
    local waiting, names, subject = openBundle(popped[at])
    if waiting then
      claimAlone(lane, popped, at - 2)
      if count >= limit then
        putBack(lane, popped, at)
      else
        claimBundle(lane, popped[at + 1], waiting, names, subject)
        putBack(lane, popped, at + 2)
      end
      return true
    end
  end
  claimAlone(lane, popped, #popped - 1)
  return false
end

-- lanes that were found to have no more
local emptied = {}
local function claimLane(lane)
  -- two: where there is only one, that is all there is
  local step = math.min(2, limit - count)
  while count < limit do
    local popped = redis.call('ZPOPMIN', KEYS[3 + lane], step)
    local isBundle = claimPopped(lane, popped)
    if #popped < 2 * step and not isBundle then
      emptied[lane] = true
      return
    end
    step = isBundle and 1 or limit - count
  end
end

local function firstLater() return redis.call('ZRANGE', KEYS[6], 0, 0, 'WITHSCORES')[2] end
local nextLater = firstLater()
if nextLater and tonumber(nextLater) <= now then
  local ripe = redis.call('ZRANGEBYSCORE', KEYS[6], '-inf', now, 'LIMIT', 0, 200)
  -- first, because a full memory lets nothing else be the first (settleScript.ts)
  redis.call('ZREM', KEYS[6], unpack(ripe))
  for _, entry in ipairs(ripe) do
    local lane, order, member = string.match(entry, '^(%d)|([^|]+)|(.*)$')
    redis.call('ZADD', KEYS[3 + lane], order, member)
  end
  nextLater = firstLater()
end
for lane = 0, isOpen and 0 or 2 do
  if count < limit then claimLane(lane) end
end

local ages = {}
for lane = 0, 2 do
  local first = not emptied[lane] and redis.call('ZRANGE', KEYS[3 + lane], 0, 0, 'WITHSCORES')[2]
  ages[lane + 1] = first and whole(math.max(0, now - tonumber(first))) or ''
end
local dueIn = nextLater and whole(math.max(0, math.ceil(tonumber(nextLater) - now))) or ''
local answer = { isOpen and 1 or 0, ages, dueIn, alerts, table.concat(rows, '\\n') }
`;

export const claimScript = { name: "lopsideClaim", keys: outboxKeyCount, lua: `${claimLua}\nreturn answer` };

/** Keys that a claim needs beside its own to take turns and read documents. */
const turnKeyCount = 4;

const visitLua = `
${claimLua}
if count == 0 then return answer end
-- each text with how many in a row are the same: most people want what is offered first
local function runsOf(texts)
  local runs, size, last = {}, 0, nil
  for _, text in ipairs(texts) do
    if text ~= last then
      runs[size + 1], runs[size + 2] = text, 0
      size, last = size + 2, text
    end
    runs[size] = runs[size] + 1
  end
  return runs
end
${takeTurnsLua}
local names = linesOf(table.concat(told, '\\n') .. '\\n')
-- a lapsed turn of its own may still be ending: what it pushes must be read after it
local turnKeys = { KEYS[${outboxKeyCount + 1}], KEYS[${outboxKeyCount + 2}], KEYS[${outboxKeyCount + 3}] }
answer[6] = table.concat(takeTurns(turnKeys, { ARGV[7], ARGV[8], ARGV[9], true }, names, now), '\\n')
answer[7] = runsOf(redis.call('HMGET', KEYS[${outboxKeyCount + 4}], unpack(names)))
`;

/**
 * Claims, and in the same trip takes the turns of those it is for and reads their documents: where all of them are on
 * one server. KEYS behind those of a claim as takeTurns wants them, and documents; ARGV behind a claim's holder, ttl, most leases.
 * Answers what a claim does, what takeTurns does, a line each, and documents, each followed by how many in a row have it.
 */
export const visitScript = {
  name: "lopsideClaimAndTake",
  keys: outboxKeyCount + turnKeyCount,
  lua: `${visitLua}\nreturn answer`,
};

/**
 * The same, and books their places in line where they are few. KEYS behind those as bookAll wants them; ARGV how many are
 * few, and the line. Answers the places besides, or no more than above.
 */
export const bookedVisitScript = {
  name: "lopsideClaimTakeAndBook",
  keys: outboxKeyCount + turnKeyCount + bookKeyCount,
  lua: `
${visitLua}
${bookAllLua}
if count <= tonumber(ARGV[10]) then
  answer[8] = bookAll({ unpack(KEYS, ${outboxKeyCount + turnKeyCount + 1}) }, { unpack(ARGV, 11) }, names)
end
return answer
`,
};
