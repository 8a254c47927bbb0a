import type { OutboxAlert, RuleAlert } from "../contracts/symbols.ts";
import { fanOutLua } from "./fanOutLua.ts";
import { type SymbolKeys, symbolKeys } from "../keys.ts";
import { ledgerTtlMs } from "./ledgerLua.ts";
import type { ScriptArgument } from "../redis/script.ts";

/**
 * Deliveries of one symbol waiting in one lane of one platform. Far beyond any use; where a notifier never runs, the
 * oldest give way and say so.
 */
const maxWaiting = 500_000;

/** What one script writes: rows in bundles; more would hold Redis up for more than a millisecond. */
export const rowsPerScript = 1_500;

/** An alert's rows lie in hashes of about this many at most, so that hardly one grows beyond the compact 128. */
export const rowsPerShard = 80;

/** Alerts whose ids are kept in order, for the history; older ones are still kept by their ids. */
const maxAlerts = 50_000;

/** Lua: fills `keys` from the script's next arguments, which `keyArguments` gives. */
export const keysLua = `
keys = { time = timeMs(take()), alert = take(), alerts = take(), ledger = take(), messages = take(),
  outbox = take(), beyond = take(), fanOuts = take(), platforms = take(), rules = take(), rulePage = take(),
  ttl = tonumber(take()), bound = tonumber(take()) }
`;

export function keyArguments(keys: SymbolKeys, time: number | undefined): readonly ScriptArgument[] {
  const { alert, alerts, ledger, messages, outbox, beyond, fanOuts, platforms, rules, rulePage } = keys;
  return [
    time ?? "",
    alert,
    alerts,
    ledger,
    messages,
    outbox,
    beyond,
    fanOuts,
    platforms,
    rules,
    rulePage,
    ledgerTtlMs,
    maxWaiting,
  ];
}

/** Lua: of the index of alerts keeps what is to be kept. */
export const dropOldAlertsLua = `
redis.call('ZREMRANGEBYSCORE', keys.alerts, '-inf', keys.time - keys.ttl)
redis.call('ZREMRANGEBYRANK', keys.alerts, 0, -${maxAlerts + 1})
`;

/**
 * Lua: writes alerts, each once for ever, strongest first, and as many of their rows as one script may; `expand`
 * goes on where it stopped. Uses `take`, which yields the script's next argument, and `keys`.
 */
export const insertAlertsLua = `
${fanOutLua}
local function keepAlert(subject, fields)
  redis.call('HSET', keys.alert .. subject, 't', whole(keys.time), unpack(fields))
  redis.call('PEXPIRE', keys.alert .. subject, keys.ttl)
end
local function indexAlert(alertId) redis.call('ZADD', keys.alerts, keys.time, alertId) end
-- a power of two: then what lies in one page of a list (pages.ts) has its rows in one hash
local function shardsFor(members)
  local shards = 1
  while shards * ${rowsPerShard} < members do shards = shards * 2 end
  return shards
end
-- a thousandth of a millisecond keeps the alerts of one commit in their order; all of them are due at once
local function scoreOf(order) return string.format('%.3f', keys.time - 1 + math.min(order, 1000) / 1000) end

local function insertListed(alertId, content, delay, at, order)
  local destinations = {}
  for _ = 1, tonumber(take()) do destinations[#destinations + 1] = take() end
  if redis.call('EXISTS', keys.alert .. alertId) == 1 then return end
  keepAlert(alertId, { 'k', 'push', 'i', alertId, 'e', '', 'c', content, 'at', at, 'm', 1,
    'n', shardsFor(#destinations) })
  indexAlert(alertId)
  local batch = {}
  for _, destination in ipairs(destinations) do
    local lane = string.match(destination, '^telegram:%d') and 1 or 0
    if delay > 0 then
      local platform = platformOf(destination)
      redis.call('ZADD', keys.outbox .. platform .. ':later', keys.time + delay,
        lane .. '|' .. whole(keys.time + delay) .. '|' .. alertId .. '|' .. destination)
      redis.call('SADD', keys.platforms, platform)
    else
      add(batch, lane, scoreOf(order), alertId, destination)
    end
  end
  enqueue(batch)
end

-- what this script may still write, and whether anything waits for more than that
local budget, isOpen = ${rowsPerScript}, false

local function insertPush(alertId, episode, content, at, order, rule, stronger)
  if redis.call('EXISTS', keys.alert .. alertId) == 1 then return end
  local members, pages = listOf(keys.rules, rule)
  local shards, score = shardsFor(members), scoreOf(order)
  local first, edits = false, false
  if episode ~= alertId then
    first = redis.call('HGET', keys.alert .. episode, 'm')
    edits = redis.call('HGET', keys.alert .. episode .. '~', 'v')
  end
  local fields = { 'k', 'push', 'i', alertId, 'e', episode, 'c', content, 'at', at, 'n', shards,
    'm', first or shards, 'r', rule }
  if edits then fields[#fields + 1], fields[#fields + 2] = 'v', edits end
  indexAlert(alertId)
  -- most are written whole at once, and nobody has to know how far they are
  if not isOpen and 1 + 10 * pages + 4 * members <= budget then
    keepAlert(alertId, fields)
    budget = budget - writePages({ subject = alertId, rule = rule, stronger = stronger, cursor = 0, pages = pages,
      first = score, write = pushPage }, pages, math.huge)
    return
  end
  isOpen = true
  for _, field in ipairs({ 'q', stronger, 'cursor', 0, 'p', pages, 'score', score }) do fields[#fields + 1] = field end
  keepAlert(alertId, fields)
  redis.call('RPUSH', keys.fanOuts, alertId)
end

local function insertEdit(alertId, episode, content, at, order, rule)
  local subject = episode .. '~'
  local shards = redis.call('HGET', keys.alert .. episode, 'm')
  if not shards then return end
  local known = redis.call('HMGET', keys.alert .. subject, 'i', 'cursor', 'v')
  if known[1] == alertId then return end
  keepAlert(subject, { 'k', 'edit', 'i', alertId, 'e', episode, 'c', content, 'at', at, 'n', shards, 'm', shards,
    'r', rule, 'v', (known[3] or 0) + 1, 'cursor', 0, 'score', scoreOf(order) })
  if not known[2] then redis.call('RPUSH', keys.fanOuts, subject) end
  isOpen = true
end

local function insertAlerts()
  local at = take()
  for order = 1, tonumber(take()) do insertListed(take(), take(), tonumber(take()), at, order) end
  isOpen = redis.call('EXISTS', keys.fanOuts) == 1
  local stronger = ''
  for order = 1, tonumber(take()) do
    local alertId, kind, episode, content, rule = take(), take(), take(), take(), take()
    if kind == 'push' then
      insertPush(alertId, episode, content, at, order, rule, stronger)
      stronger = stronger == '' and alertId or stronger .. ',' .. alertId
    else
      insertEdit(alertId, episode, content, at, order, rule)
    end
  end
  if isOpen then expand(budget) end
end
`;

export interface AlertsToInsert {
  /** When they were decided, on the clock. */
  readonly at: number;
  /** To listed destinations: notices. */
  readonly alerts?: readonly OutboxAlert[];
  /** To the subscribers of rules: what a commit brings. */
  readonly ruleAlerts?: readonly RuleAlert[];
}

/** In the order in which `insertAlerts` takes them. */
export function alertArguments({
  at,
  alerts = [],
  ruleAlerts = [],
}: AlertsToInsert): readonly ScriptArgument[] {
  return [
    at,
    alerts.length,
    ...alerts.flatMap(({ alertId, content, destinations, delayMs = 0 }) => [
      alertId,
      content,
      Math.max(0, Math.ceil(delayMs)),
      destinations.length,
      ...destinations,
    ]),
    ruleAlerts.length,
    ...ruleAlerts.flatMap(({ alertId, kind, episodeId, content, rule }) => [
      alertId,
      kind,
      episodeId,
      content,
      rule,
    ]),
  ];
}

/** Where a script's arguments are taken from. */
export const takeLua = `
local position = 0
local function take()
  position = position + 1
  return ARGV[position]
end
`;

/** Alerts that come with no commit: notices. KEYS alerts. */
export const insertScript = {
  name: "lopsideInsertAlerts",
  keys: 1,
  lua: `
${takeLua}
local keys
${insertAlertsLua}
${keysLua}
insertAlerts()
${dropOldAlertsLua}
`,
};

/** Goes on writing rows. KEYS fan-outs; says how many alerts are still to be written. */
export const expandScript = {
  name: "lopsideExpand",
  keys: 1,
  lua: `
${takeLua}
local keys
${fanOutLua}
${keysLua}
return expand(${rowsPerScript})
`,
};

export function insertArguments(
  place: string,
  wanted: AlertsToInsert,
  time: number | undefined,
): readonly ScriptArgument[] {
  return [...keyArguments(symbolKeys(place), time), ...alertArguments(wanted)];
}
