import type { Commit } from "../contracts/symbols.ts";
import { dayBytes, historyPlace, historyTtlMs, packPoint } from "./history.ts";
import { symbolKeys } from "../keys.ts";
import { packMap } from "./map.ts";
import {
  alertArguments,
  dropOldAlertsLua,
  insertAlertsLua,
  keyArguments,
  keysLua,
  takeLua,
} from "../ledger/fanOut.ts";
import type { ScriptArgument } from "../redis/script.ts";
import { renumberedSlots, slotGuardMs } from "./slots.ts";
import { timeMsLua } from "../redis/timeLua.ts";

/** A symbol nobody recomputes any more is forgotten after this long. */
const symbolTtlMs = 90 * 24 * 3_600_000;

const hourMs = 3_600_000;

/**
 * The one write of a recompute; all of it or nothing. A slot that is done stays done; a state that somebody else
 * has changed since it was read is not overwritten. Only then anything is written: state, series, cursors, map,
 * the minute's history row, the alerts and as many of their outbox rows as one script may.
 */
export const commitScript = {
  name: "lopsideCommit",
  keys: 5,
  lua: `
local state, series, cursors, map, day = unpack(KEYS)
local keys
${takeLua}
${timeMsLua}
${keysLua}
local slot, basedOn = take(), take()
local renumbered, guardMs = tonumber(take()), tonumber(take())
local now = keys.time

local kept = redis.call('HMGET', state, 'version', 'slot', 'committedAt')
local version = tonumber(kept[1] or 0)
if kept[2] and now - tonumber(kept[3]) < guardMs then
  local behind = tonumber(kept[2]) - tonumber(slot)
  if behind >= 0 and behind < renumbered then return 'slot-done' end
end
if version ~= tonumber(basedOn) then return 'conflict' end
-- what lives for months isn't told so by every commit
local isFirstOfHour = not kept[2] or math.floor(tonumber(kept[3]) / ${hourMs}) ~= math.floor(now / ${hourMs})

redis.call('HSET', state, 'version', version + 1, 'slot', slot, 'committedAt', string.format('%d', now),
  'memory', take(), 'imbalance', take())
local calibration = take()
if calibration ~= '' then redis.call('HSET', state, 'calibration', calibration) end
local symbolTtl = take()
redis.call('SET', map, take(), 'PX', symbolTtl)
local function keepEach(key)
  local count = tonumber(take())
  for _ = 1, count do redis.call('HSET', key, take(), take()) end
  if count > 0 or isFirstOfHour then redis.call('PEXPIRE', key, symbolTtl) end
end
keepEach(series)
keepEach(cursors)
for _ = 1, tonumber(take()) do
  local venue = take()
  redis.call('HDEL', series, venue)
  redis.call('HDEL', cursors, venue)
end
if isFirstOfHour then redis.call('PEXPIRE', state, symbolTtl) end

local dayBytes, offset, row, dayTtl = tonumber(take()), take(), take(), take()
local isNewDay = redis.call('EXISTS', day) == 0
if isNewDay then redis.call('SETRANGE', day, dayBytes - 1, string.char(0)) end
redis.call('SETRANGE', day, offset, row)
if isNewDay or isFirstOfHour then redis.call('PEXPIRE', day, dayTtl) end

-- most have none, and don't even make these functions
if tonumber(take()) > 0 or redis.call('EXISTS', keys.fanOuts) == 1 then
  ${insertAlertsLua}
  insertAlerts()
end
if isFirstOfHour then
  ${dropOldAlertsLua}
end
return 'committed'
`,
};

export function commitKeys(commit: Commit): readonly string[] {
  const keys = symbolKeys(commit.symbol);
  const { day } = historyPlace(commit.imbalance.time);
  return [keys.state, keys.series, keys.cursors, keys.map, `${keys.history}${day}`];
}

/** In the order in which the script takes them. */
export function commitArguments(commit: Commit, time: number | undefined): readonly ScriptArgument[] {
  return [
    ...keyArguments(symbolKeys(commit.symbol), time),
    commit.slot,
    commit.basedOn,
    renumberedSlots,
    slotGuardMs,
    commit.memory,
    JSON.stringify(commit.imbalance),
    commit.calibration ?? "",
    symbolTtlMs,
    packMap(commit.map),
    commit.series.size,
    ...[...commit.series].flat(),
    commit.cursors.size,
    ...[...commit.cursors].flat(),
    commit.dropped.length,
    ...commit.dropped,
    dayBytes,
    historyPlace(commit.imbalance.time).offset,
    packPoint(commit.imbalance),
    historyTtlMs,
    commit.ruleAlerts.length,
    ...alertArguments(commit),
  ];
}
