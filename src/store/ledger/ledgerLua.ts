import { timeMsLua } from "../redis/timeLua.ts";

/** Settled deliveries, alerts and messages are kept this long, for the record. */
export const ledgerTtlMs = 90 * 24 * 3_600_000;

/**
 * The ledger's words, in Lua.
 *
 * An alert is a hash: k kind (push, edit), i alertId, e episodeId ('' where nothing is ever edited), c content, at
 * when it was decided (the clock's), t when it was committed (Redis'), n shards of its rows, m shards of its
 * episode's messages, r its rule; while rows are still to be written also q stronger alerts of the same commit,
 * cursor the next page, p how many pages there were at first, w the walk so far, score where its rows stand in their
 * lane. A push is kept under its alertId, an episode's edits under `episodeId~`: a newer edit takes the older one's
 * place, and v counts them; a push's v is how many there were before it.
 *
 * A row says what became of an alert in one destination, packed: state|attempt|failures|unknowns|since|at|note. The
 * attempt is the fence. States: p pending again, s sending, o sent (the note is the message's id), d dead, k skipped,
 * h held for a summary. `since` is when the first attempt began whose outcome nobody knows, 0 when there is none.
 * What waits for its first attempt has no row: it is only a member, alertId|destination, of the outbox, or in one of many
 * (bundles.ts); and while that is being sent for the first time it has none either.
 *
 * Rows lie in small hashes (at most 128 fields stay compact), and which one follows from the destination.
 *
 * A ticket is what a claim's rows have in common and their outcomes bring back: lane, order in it, shard, whose rows
 * they are (alertId or `episodeId~`), and a bundle's first destination.
 */
export const ledgerLua = `
${timeMsLua}
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
-- of what is being sent for the first time
local function firstRow(at)
  return { state = 's', attempt = 1, failures = 0, unknowns = 0, since = 0, at = at, note = '' }
end
local function packRow(row)
  return row.state .. '|' .. row.attempt .. '|' .. row.failures .. '|' .. row.unknowns .. '|' .. whole(row.since)
    .. '|' .. whole(row.at) .. '|' .. row.note
end
`;
