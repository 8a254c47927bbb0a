import type { Log } from "../../ops/log.ts";
import { unpackBars } from "./bars.ts";
import type { Outset } from "../contracts/rounds.ts";
import { storedDepth } from "../json.ts";
import { symbolKeys } from "../keys.ts";
import { allPositionsLua, readPositions } from "./positions.ts";
import { asBytes, asList, asNumber, asPairs, asText } from "../redis/reply.ts";
import { orLeftOut, type OwnWords, readable, readReports } from "./reports.ts";

/** How many keys `outset(keys)` wants, in the order of `outsetKeys`. */
export const outsetKeyCount = 6;

/** Lua: all that a recompute reads. Histories are taken: they are the caller's from now on. Nothing while it only peeks. */
export const outsetLua = `
${allPositionsLua}
local function outset(keys, peeks)
  local state, reports, backfills, positions, depths, rules = unpack(keys)
  if peeks and redis.call('EXISTS', backfills) == 1 then return false end
  local kept = redis.call('HMGET', state, 'version', 'slot')
  local histories = redis.call('HGETALL', backfills)
  if #histories > 0 then redis.call('DEL', backfills) end
  return {
    kept[1], kept[2], redis.call('HGETALL', reports), histories, allPositions(positions),
    redis.call('HGETALL', depths), redis.call('HGET', rules, 'version')
  }
end
`;

export const outsetScript = {
  name: "lopsideOutset",
  keys: outsetKeyCount,
  lua: `${outsetLua} return outset(KEYS)`,
};

export const peekScript = {
  name: "lopsidePeek",
  keys: outsetKeyCount,
  lua: `${outsetLua} return outset(KEYS, true)`,
};

export function outsetKeys(symbol: string): readonly string[] {
  const { state, reports, backfills, positions, depths, rules } = symbolKeys(symbol);
  return [state, reports, backfills, positions, depths, rules];
}

export function decodeOutset(reply: unknown, log: Log, own?: OwnWords): Outset {
  const [version, slot, reports, histories, positions, depths, rules] = asList(reply);
  return {
    version: version === null ? 0 : asNumber(version),
    slot: slot === null ? -1 : asNumber(slot),
    records: readReports(new Map(textPairs(reports)), log, own),
    histories: asPairs(histories).flatMap(([name, bytes]) => {
      const venue = asText(name);
      const what = `history of ${venue}`;
      return orLeftOut(() => ({ venue, ...unpackBars(asBytes(bytes)) }), { what, log }) ?? [];
    }),
    positions: readPositions(asText(positions)),
    depths: textPairs(depths)
      .flatMap(
        ([venue, json]) => readable(json, storedDepth, { what: `order-book depth of ${venue}`, log }) ?? [],
      )
      .toSorted((a, b) => (a.venue < b.venue ? -1 : 1)),
    rules: rules === null ? "" : asText(rules),
  };
}

function textPairs(reply: unknown): readonly (readonly [string, string])[] {
  return asPairs(reply).map(([field, text]) => [asText(field), asText(text)]);
}
