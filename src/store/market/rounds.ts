import type { Rounds } from "../contracts/rounds.ts";
import type { Log } from "../../ops/log.ts";
import { symbolKeys } from "../keys.ts";
import { decodeOutset, outsetKeyCount, outsetKeys, outsetLua, outsetScript, peekScript } from "./outset.ts";
import { createOwnWords, formatReport, type OwnWords, readReports } from "./reports.ts";
import { defineScript } from "../redis/script.ts";
import type { RedisClient } from "../redis/script.ts";
import { renumberedSlots, slotGuardMs } from "./slots.ts";

/** Longer than anything may be stale and still be of use as "last known". */
const reportsTtlMs = 7 * 24 * 3_600_000;

/**
 * `round` holds the current slot, whether it is complete, and the newest slot of each venue. The report is kept
 * unless its venue has reported a newer slot: a venue slower than POLL_INTERVAL is late for every round, and still
 * its word counts. It is ticked off only in its own round. A venue that failed last time, or missed the last round, is
 * not waited for: one that hangs must not make the others' data older. Returns 1, or the outset where that is wanted, to
 * the one caller whose report completed it: one trip less on an alert's way.
 */
const reportScript = {
  name: "lopsideReport",
  keys: 1 + outsetKeyCount,
  lua: `
${outsetLua}
local outsetKeys = { unpack(KEYS, 2) }
local round, reports = KEYS[1], outsetKeys[2]
local venue, slot, kind, json = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4]
local renumbered, roundTtl, reportsTtl, wantsOutset = tonumber(ARGV[5]), ARGV[6], ARGV[7], ARGV[8] == '1'

local function isPast(field)
  local kept = tonumber(redis.call('HGET', round, field) or nil)
  return kept and slot < kept and kept - slot < renumbered
end

local function isAwaited(other)
  local seen = tonumber(redis.call('HGET', round, 'v:' .. other) or nil)
  if not seen then return true end
  return seen == slot - 1 and redis.call('HEXISTS', reports, 'f:' .. other) == 0
end

if isPast('v:' .. venue) then return 0 end
redis.call('HSET', reports, kind .. ':' .. venue, json)
if kind == 'o' then redis.call('HDEL', reports, 'f:' .. venue) end
redis.call('PEXPIRE', reports, reportsTtl)
redis.call('HSET', round, 'v:' .. venue, ARGV[2])

if isPast('slot') then return 0 end
if redis.call('HGET', round, 'slot') ~= ARGV[2] then
  redis.call('HSET', round, 'slot', ARGV[2], 'complete', 0)
end
redis.call('PEXPIRE', round, roundTtl)
for i = 9, #ARGV do
  if isAwaited(ARGV[i]) then return 0 end
end
if redis.call('HGET', round, 'complete') == '1' then return 0 end
redis.call('HSET', round, 'complete', 1)
return wantsOutset and outset(outsetKeys) or 1
`,
};

/**
 * Each report replaces the venue's last one, closed bars and all. No bar is lost by that: a poller asks for
 * everything after the cursor, and the cursor moves only when a recompute that took the bars is committed.
 */
export function createRounds(redis: RedisClient, log: Log): Rounds {
  const report = defineScript(redis, reportScript);
  const readOutset = defineScript(redis, outsetScript);
  const peek = defineScript(redis, peekScript);
  const own = new Map<string, OwnWords>();
  const ownOf = (symbol: string): OwnWords => {
    const words = own.get(symbol) ?? createOwnWords();
    own.set(symbol, words);
    return words;
  };
  return {
    report: async (symbol, venueReport, expected, wanted) => {
      const { kind, json } = formatReport(venueReport);
      if (wanted !== undefined && "observation" in venueReport)
        ownOf(symbol).note(venueReport.venue, json, venueReport.observation);
      const reply = await report(
        [symbolKeys(symbol).round, ...outsetKeys(symbol)],
        [
          venueReport.venue,
          venueReport.slot,
          kind,
          json,
          renumberedSlots,
          slotGuardMs,
          reportsTtlMs,
          wanted?.outset === true ? 1 : 0,
          ...expected,
        ],
      );
      if (reply === 0) return "waiting";
      return reply === 1 ? "complete" : decodeOutset(reply, log.child({ symbol }), own.get(symbol));
    },
    outset: async (symbol) =>
      decodeOutset(await readOutset(outsetKeys(symbol), []), log.child({ symbol }), own.get(symbol)),
    peek: async (symbol) => {
      const reply = await peek(outsetKeys(symbol), []);
      return reply === null ? undefined : decodeOutset(reply, log.child({ symbol }), own.get(symbol));
    },
    read: async (symbol) => {
      const fields = await redis.hgetall(symbolKeys(symbol).reports);
      return readReports(new Map(Object.entries(fields)), log.child({ symbol }));
    },
    cursors: async (venue, symbols) => {
      const times = await Promise.all(
        symbols.map(async (symbol) => redis.hget(symbolKeys(symbol).cursors, venue)),
      );
      return new Map(
        symbols.flatMap((symbol, index) => {
          const time = times[index];
          return typeof time === "string" ? [[symbol, Number(time)]] : [];
        }),
      );
    },
  };
}
