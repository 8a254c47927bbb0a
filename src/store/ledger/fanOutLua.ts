import { bundlesLua } from "./bundles.ts";
import { ledgerLua } from "./ledgerLua.ts";
import { listOfLua, pageOfLua } from "../destinations/pages.ts";

/**
 * Lua: `enqueue` of rows, and `expand`, which writes the rows of alerts whose subscribers lie in pages. Takes
 * `keys`, a table of this symbol's keys and prefixes.
 *
 * What lies in one page goes into a bundle for each platform and lane, because its rows lie in one hash. By itself goes who
 * subscribed to several rules of the symbol, so that a weaker rule finds it in its lane, and who is found behind all
 * pages that were there at first: members of a page that move while it is walked turn up there again, and whether it
 * was walked before they did follows from how many pages there were then (the walk).
 */
export const fanOutLua = `
${ledgerLua}
${bundlesLua}
${listOfLua}
${pageOfLua}
local function platformOf(destination)
  return string.sub(destination, 1, (string.find(destination, ':', 1, true) or 0) - 1)
end
-- by platform, then by lane: members with their scores, and rows beyond one for each member
local function laneOf(batch, platform, lane)
  local lanes = batch[platform] or {}
  batch[platform] = lanes
  lanes[lane] = lanes[lane] or { members = {}, beyond = 0 }
  return lanes[lane]
end
local function addTo(list, score, member, rows)
  local at = #list.members
  list.members[at + 1] = score
  list.members[at + 2] = member
  list.beyond = list.beyond + rows - 1
end
local function add(batch, lane, score, subject, destination)
  addTo(laneOf(batch, platformOf(destination), lane), score, subject .. '|' .. destination, 1)
end
local function dropMember(member)
  local rows, names, subject = openBundle(member)
  if not rows then
    subject, names = string.match(member, '^([^|]+)|(.*)$')
    rows = 1
  end
  local shards = tonumber(redis.call('HGET', keys.alert .. subject, 'n') or 1)
  for destination in string.gmatch(names, '[^\\n]+') do
    redis.call('HSET', fieldsKey(keys.ledger, subject, shards, destination), destination,
      packRow({ state = 'd', attempt = 0, failures = 0, unknowns = 0, since = 0, at = keys.time,
        note = 'nobody took it: too many newer ones wait' }))
  end
  return rows
end
local function dropOldest(platform, lane)
  local waiting, beyond = keys.outbox .. platform .. ':' .. lane, keys.beyond .. platform
  local members = redis.call('ZCARD', waiting)
  -- a bundle is of one page
  if members * 128 < keys.bound then return end
  local over = members + tonumber(redis.call('HGET', beyond, lane) or 0) - keys.bound
  while over > 0 do
    local rows = dropMember(redis.call('ZPOPMIN', waiting)[1])
    if rows > 1 then redis.call('HINCRBY', beyond, lane, 1 - rows) end
    over = over - rows
  end
end
local function enqueue(batch)
  for platform, lanes in pairs(batch) do
    for lane, list in pairs(lanes) do
      local waiting = keys.outbox .. platform .. ':' .. lane
      -- as many as Lua's stack takes
      for from = 1, #list.members, 1000 do
        redis.call('ZADD', waiting, 'NX', unpack(list.members, from, math.min(from + 999, #list.members)))
      end
      if list.beyond > 0 then redis.call('HINCRBY', keys.beyond .. platform, lane, list.beyond) end
      dropOldest(platform, lane)
    end
    redis.call('SADD', keys.platforms, platform)
  end
end
local function hasRow(subject, destination, lane)
  local outbox = keys.outbox .. platformOf(destination) .. ':' .. lane
  if redis.call('ZSCORE', outbox, subject .. '|' .. destination) then return true end
  local shards = tonumber(redis.call('HGET', keys.alert .. subject, 'n') or 1)
  return redis.call('HEXISTS', fieldsKey(keys.ledger, subject, shards, destination), destination) == 1
end
local function hasStronger(stronger, destination, lane)
  for subject in string.gmatch(stronger, '[^,]+') do
    if hasRow(subject, destination, lane) then return true end
  end
  return false
end

-- which pages were walked while there were how many: 'from pages,from pages,'
local function noteWalk(walk, cursor, pages)
  local last = string.match(walk, ' (%d+),$')
  if last == tostring(pages) then return walk end
  return walk .. cursor .. ' ' .. pages .. ','
end
local function parseWalk(walk)
  local legs = {}
  for from, pages in string.gmatch(walk, '(%d+) (%d+),') do
    legs[#legs + 1] = { from = tonumber(from), pages = tonumber(pages) }
  end
  return legs
end
-- whether the page it lay in then was walked then
local function wasMet(legs, cursor, destination)
  for at, leg in ipairs(legs) do
    local page, past = pageOf(destination, leg.pages), legs[at + 1] and legs[at + 1].from or cursor
    if page >= leg.from and page < past then return true end
  end
  return false
end

-- one of a page by itself
local function pushOne(alert, batch, destination, flags)
  local lane = (flags == '0' or flags == '2') and 1 or 0
  if alert.cursor >= alert.pages and wasMet(alert.legs, alert.cursor, destination) then return end
  if flags >= '2' and hasStronger(alert.stronger, destination, lane) then return end
  add(batch, lane, alert.score, alert.subject, destination)
end
local function namesOf(lists, destination, flags)
  local platform = platformOf(destination)
  local key = platform .. ' ' .. flags
  local list = lists[key]
  if not list then
    list = { platform = platform, lane = flags == '0' and 1 or 0, names = {} }
    lists[key] = list
    lists[#lists + 1] = list
  end
  return list.names, platform .. ':'
end
local function pushPage(alert, batch)
  local fields = redis.call('HGETALL', keys.rulePage .. alert.rule .. ':' .. alert.cursor)
  local isLate, alone = alert.cursor >= alert.pages, 0
  local lists, names, prefix, shared = {}, nil, '', ''
  for at = 1, #fields, 2 do
    local destination, flags = fields[at], fields[at + 1]
    if isLate or flags >= '2' then
      alone = alone + 1
      pushOne(alert, batch, destination, flags)
    else
      -- nearly always as the one before
      if flags ~= shared or string.sub(destination, 1, #prefix) ~= prefix then
        names, prefix = namesOf(lists, destination, flags)
        shared = flags
      end
      names[#names + 1] = destination
    end
  end
  for _, list in ipairs(lists) do
    local member = bundleOf(alert.subject, #list.names, table.concat(list.names, '\\n'))
    addTo(laneOf(batch, list.platform, list.lane), alert.score, member, #list.names)
  end
  return #fields / 2 + 3 * alone
end
local function editPage(alert, batch)
  local destinations = redis.call('HKEYS', keys.messages .. alert.episode .. ':' .. alert.cursor)
  for _, destination in ipairs(destinations) do add(batch, 2, alert.score, alert.subject, destination) end
  return 4 * #destinations
end

-- the alert's next pages, as far as the budget reaches. Says what it took: a row in a bundle is one, a row by itself
-- four, a page ten
local function writePages(alert, pages, budget)
  local batch, spent = {}, 1
  while alert.cursor < pages and spent < budget do
    -- rising from page to page by the least a double can tell: a set that grows at its end takes two thirds of the time
    alert.score = string.format('%.5f', alert.first + alert.cursor / 4096)
    spent = spent + 10 + alert.write(alert, batch)
    alert.cursor = alert.cursor + 1
  end
  enqueue(batch)
  return spent
end
local function expandAlert(subject, budget)
  local key = keys.alert .. subject
  local kept = redis.call('HMGET', key, 'k', 'r', 'q', 'cursor', 'p', 'e', 'm', 'score', 'w')
  local isPush = kept[1] == 'push'
  local alert = { subject = subject, rule = kept[2], stronger = kept[3] or '', cursor = tonumber(kept[4] or 0),
    pages = tonumber(kept[5] or 0), episode = kept[6], first = kept[8] or keys.time,
    write = isPush and pushPage or editPage }
  local _, pages = 0, tonumber(kept[7] or 0)
  if isPush then _, pages = listOf(keys.rules, alert.rule) end
  local walk = noteWalk(kept[9] or '', alert.cursor, pages)
  alert.legs = parseWalk(walk)
  local spent = kept[1] and writePages(alert, pages, budget) or 1
  if not kept[1] or alert.cursor >= pages then
    redis.call('LPOP', keys.fanOuts)
    if kept[1] then redis.call('HDEL', key, 'cursor', 'p', 'q', 'score', 'w') end
  else
    redis.call('HSET', key, 'cursor', alert.cursor, 'w', walk)
  end
  return spent
end
local function expand(budget)
  while budget > 0 do
    local subject = redis.call('LINDEX', keys.fanOuts, 0)
    if not subject then return 0 end
    budget = budget - expandAlert(subject, budget)
  end
  return redis.call('LLEN', keys.fanOuts)
end
`;
