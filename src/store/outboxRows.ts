import type { Commit } from "./contracts.ts";
import { symbolKeys } from "./keys.ts";
import type { ScriptArgument } from "./script.ts";

/** Settled deliveries and alerts' contents are kept this long, for the record. */
export const outboxTtlMs = 90 * 24 * 3_600_000;

/**
 * Deliveries of one symbol waiting for one platform. Far beyond any use; where a notifier never runs, the oldest
 * give way and say so.
 */
const maxWaiting = 100_000;

/** Destinations are written `telegram:CHAT[/TOPIC]`, `console` …: the platform is what stands before the colon. */
export function platformOf(destination: string): string {
  return destination.split(":", 1)[0] ?? destination;
}

/** New rows are due at once, also by the clock of a machine that is behind; the score must only keep their order. */
const clockDifferenceMs = 3_600_000;

/**
 * Lua: writes rows for the alerts that `outboxArguments` packed, each (alert, destination) once for ever. The
 * content is stored once per alert. Uses `take`, which yields the script's next argument.
 */
export const outboxLua = `
local function dropOldest(waiting, rowPrefix, bound)
  for _ = 1, redis.call('ZCARD', waiting) - bound do
    local oldest = redis.call('ZPOPMIN', waiting)[1]
    redis.call('HSET', rowPrefix .. oldest, 'state', 'dead', 'reason', 'nobody took it: too many newer ones wait')
  end
end

local function insertAlerts(platforms)
  local at, dueAt, ttl, bound = take(), take(), take(), tonumber(take())
  local rowPrefix, alertPrefix, waitingPrefix = take(), take(), take()
  for _ = 1, tonumber(take()) do
    local alertId, content = take(), take()
    redis.call('SET', alertPrefix .. alertId, content, 'PX', ttl, 'NX')
    for _ = 1, tonumber(take()) do
      local destination, platform = take(), take()
      local member = alertId .. '|' .. destination
      if redis.call('EXISTS', rowPrefix .. member) == 0 then
        redis.call('HSET', rowPrefix .. member, 'alertId', alertId, 'destination', destination, 'state', 'pending',
          'attempt', 0, 'unknowns', 0, 'createdAt', at)
        redis.call('PEXPIRE', rowPrefix .. member, ttl)
        redis.call('ZADD', waitingPrefix .. platform, dueAt, member)
        redis.call('SADD', platforms, platform)
        dropOldest(waitingPrefix .. platform, rowPrefix, bound)
      end
    end
  end
end
`;

/** In the order in which `insertAlerts` takes them. */
export function outboxArguments(commit: Commit): readonly ScriptArgument[] {
  const keys = symbolKeys(commit.symbol);
  return [
    commit.at,
    commit.at - clockDifferenceMs,
    outboxTtlMs,
    maxWaiting,
    keys.delivery,
    keys.alert,
    keys.waiting,
    commit.alerts.length,
    ...commit.alerts.flatMap((alert) => [
      alert.alertId,
      alert.content,
      alert.destinations.length,
      ...alert.destinations.flatMap((destination) => [destination, platformOf(destination)]),
    ]),
  ];
}
