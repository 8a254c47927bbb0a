import { listOfLua } from "./pages.ts";

/** Settled deliveries, alerts and messages are kept this long, for the record. */
export const ledgerTtlMs = 90 * 24 * 3_600_000;

/**
 * The ledger's words, in Lua.
 *
 * An alert is a hash: k kind (push, edit), i alertId, e episodeId ('' where nothing is ever edited), c content, at
 * when it was decided (the clock's), t when it was committed (Redis'), n shards of its rows, m shards of its
 * episode's messages; while rows are still to be written also r its rule, q stronger alerts of the same commit,
 * cursor the next page, p how many pages there were at first. A push is kept under its alertId, an episode's edits
 * under `episodeId~`: a newer edit takes the older one's place, and v counts them.
 *
 * A row says what became of an alert in one destination, packed: state|attempt|failures|unknowns|since|at|note. The
 * attempt is the fence. States: p pending again, s sending, o sent (the note is the message's id), d dead, k skipped,
 * h held for a summary. `since` is when the first attempt began whose outcome nobody knows, 0 when there is none.
 * What waits for its first attempt has no row: it is only a member, alertId|destination, of the outbox.
 *
 * Rows lie in small hashes (at most 128 fields stay compact), and which one follows from the destination.
 *
 * A ticket is what a claim's rows have in common and their outcomes bring back: lane, order in it, shard, and whose rows
 * they are (alertId or `episodeId~`).
 */
export const ledgerLua = `
local function timeMs(given)
  if given ~= '' then return tonumber(given) end
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
local function whole(number) return string.format('%d', number) end
local function shardOf(destination, shards)
  if shards <= 1 then return 0 end
  return tonumber(string.sub(redis.sha1hex(destination), 1, 8), 16) % shards
end
local function fieldsKey(prefix, id, shards, destination)
  return prefix .. id .. ':' .. shardOf(destination, shards)
end
local function parseRow(packed)
  if not packed then return nil end
  local state, attempt, failures, unknowns, since, at, note =
    string.match(packed, '^(%a)|(%d+)|(%d+)|(%d+)|(%d+)|(%d+)|(.*)$')
  if not state then return nil end
  return { state = state, attempt = tonumber(attempt), failures = tonumber(failures), unknowns = tonumber(unknowns),
    since = tonumber(since), at = tonumber(at), note = note }
end
local function packRow(row)
  return row.state .. '|' .. row.attempt .. '|' .. row.failures .. '|' .. row.unknowns .. '|' .. whole(row.since)
    .. '|' .. whole(row.at) .. '|' .. row.note
end
`;

/**
 * Lua: `enqueue` of rows, and `expand`, which writes the rows of alerts whose subscribers lie in pages. Takes
 * `keys`, a table of this symbol's keys and prefixes.
 *
 * Members of a page that move while it is walked turn up again behind all pages that were there at first, so only
 * there it is asked whether they have a row already.
 */
export const fanOutLua = `
${ledgerLua}
${listOfLua}
local function platformOf(destination)
  return string.sub(destination, 1, (string.find(destination, ':', 1, true) or 0) - 1)
end
-- by platform, then by lane; remembers where the last one went, because the next nearly always goes there too
local function newBatch() return { lanes = {} } end
local function membersOf(batch, lane, destination)
  local platform = platformOf(destination)
  local lanes = batch.lanes[platform] or {}
  batch.lanes[platform] = lanes
  lanes[lane] = lanes[lane] or {}
  batch.prefix, batch.lane, batch.members = platform .. ':', lane, lanes[lane]
  return batch.members
end
local function add(batch, lane, score, subject, destination)
  local members, prefix = batch.members, batch.prefix
  if lane ~= batch.lane or string.sub(destination, 1, #prefix) ~= prefix then
    members = membersOf(batch, lane, destination)
  end
  local at = #members
  members[at + 1] = score
  members[at + 2] = subject .. '|' .. destination
end
local function dropOldest(lane)
  local over = redis.call('ZCARD', lane) - keys.bound
  if over <= 0 then return end
  for _, member in ipairs(redis.call('ZRANGE', lane, 0, over - 1)) do
    redis.call('ZREM', lane, member)
    local subject, destination = string.match(member, '^([^|]+)|(.*)$')
    local shards = tonumber(redis.call('HGET', keys.alert .. subject, 'n') or 1)
    redis.call('HSET', fieldsKey(keys.ledger, subject, shards, destination), destination,
      packRow({ state = 'd', attempt = 0, failures = 0, unknowns = 0, since = 0, at = keys.time,
        note = 'nobody took it: too many newer ones wait' }))
  end
end
local function enqueue(batch)
  for platform, lanes in pairs(batch.lanes) do
    for lane, members in pairs(lanes) do
      local key = keys.outbox .. platform .. ':' .. lane
      -- as many as Lua's stack takes
      for from = 1, #members, 1000 do
        redis.call('ZADD', key, 'NX', unpack(members, from, math.min(from + 999, #members)))
      end
      dropOldest(key)
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
local function pushPage(subject, alert, batch)
  local fields = redis.call('HGETALL', keys.rulePage .. alert.rule .. ':' .. alert.cursor)
  local isLate = alert.cursor >= alert.pages
  for at = 1, #fields, 2 do
    local destination, flags = fields[at], tonumber(fields[at + 1])
    local lane = flags % 2 == 1 and 0 or 1
    local known = isLate and hasRow(subject, destination, lane)
    if not known and not (flags >= 2 and hasStronger(alert.stronger, destination, lane)) then
      add(batch, lane, alert.score, subject, destination)
    end
  end
  return #fields / 2
end
local function editPage(subject, alert, batch)
  local destinations = redis.call('HKEYS', keys.messages .. alert.episode .. ':' .. alert.cursor)
  for _, destination in ipairs(destinations) do add(batch, 2, alert.score, subject, destination) end
  return #destinations
end
local function expandPage(subject)
  local key = keys.alert .. subject
  local kept = redis.call('HMGET', key, 'k', 'r', 'q', 'cursor', 'p', 'e', 'm', 'score')
  local alert = { rule = kept[2], stronger = kept[3] or '', cursor = tonumber(kept[4] or 0), pages = tonumber(kept[5] or 0),
    episode = kept[6], score = kept[8] or whole(keys.time) }
  local isPush = kept[1] == 'push'
  local _, pages = 0, tonumber(kept[7] or 0)
  if isPush then _, pages = listOf(keys.rules, alert.rule) end
  if not kept[1] or alert.cursor >= pages then
    redis.call('LPOP', keys.fanOuts)
    if kept[1] then redis.call('HDEL', key, 'cursor', 'p', 'q', 'score') end
    return 1
  end
  -- rising from page to page by the least a double can tell: a set that grows at its end takes two thirds of the time
  alert.score = string.format('%.5f', tonumber(alert.score) + alert.cursor / 4096)
  local batch = newBatch()
  local seen = isPush and pushPage(subject, alert, batch) or editPage(subject, alert, batch)
  enqueue(batch)
  redis.call('HSET', key, 'cursor', alert.cursor + 1)
  return seen + 1
end
local function expand(budget)
  while budget > 0 do
    local subject = redis.call('LINDEX', keys.fanOuts, 0)
    if not subject then return 0 end
    budget = budget - expandPage(subject)
  end
  return redis.call('LLEN', keys.fanOuts)
end
`;
