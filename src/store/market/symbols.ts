import { commitArguments, commitKeys, commitScript } from "./commitScript.ts";
import type { CommitResult, SymbolState, Symbols } from "../contracts/symbols.ts";
import {
  addHistoryScript,
  dayBytes,
  historyDaysOf,
  historyPlace,
  historyTtlMs,
  packPoint,
  unpackDay,
} from "./history.ts";
import { parseStored, storedImbalance } from "../json.ts";
import { symbolKeys } from "../keys.ts";
import { unpackMap } from "./map.ts";
import { asBytes, asList, asNumber, asPairs, asText } from "../redis/reply.ts";
import { defineScript } from "../redis/script.ts";
import type { RedisClient } from "../redis/script.ts";

/** State and series in one script, so that no commit comes between them. */
const readScript = {
  name: "lopsideReadSymbol",
  keys: 2,
  lua: `
local state = redis.call('HMGET', KEYS[1], 'version', 'slot', 'memory', 'calibration')
return { state[1], state[2], state[3], redis.call('HGETALL', KEYS[2]), state[4] }
`,
};

/** `now` takes the place of Redis' clock for when alerts are due. */
export function createSymbols(redis: RedisClient, { now }: { readonly now?: () => number } = {}): Symbols {
  const commit = defineScript(redis, commitScript);
  const read = defineScript(redis, readScript);
  const add = defineScript(redis, addHistoryScript);
  return {
    read: async (symbol) => {
      const { state, series } = symbolKeys(symbol);
      return decodeState(asList(await read([state, series], [])));
    },
    commit: async (wanted) =>
      commitResult(asText(await commit(commitKeys(wanted), commitArguments(wanted, now?.())))),
    imbalance: async (symbol) => {
      const json = await redis.hget(symbolKeys(symbol).state, "imbalance");
      return json === null ? undefined : parseStored(json, storedImbalance, `imbalance of ${symbol}`);
    },
    map: async (symbol) => {
      const bytes = await redis.getBuffer(symbolKeys(symbol).map);
      return bytes === null ? undefined : unpackMap(symbol, bytes);
    },
    history: async (symbol, from, to) => {
      const keys = symbolKeys(symbol);
      const days = historyDaysOf(from, to);
      const blocks = await Promise.all(days.map(async (day) => redis.getBuffer(`${keys.history}${day}`)));
      return days
        .flatMap((day, index) => unpackDay(day, blocks[index] ?? Buffer.alloc(0)))
        .filter((point) => point.time >= from && point.time <= to);
    },
    addHistory: async (symbol, points) => {
      const days = new Map<number, (number | Buffer)[]>();
      for (const point of points) {
        const { day, offset } = historyPlace(point.time);
        days.set(day, [...(days.get(day) ?? []), offset, packPoint(point)]);
      }
      for (const [day, rows] of days) {
        await add([`${symbolKeys(symbol).history}${day}`], [dayBytes, historyTtlMs, ...rows]);
      }
    },
  };
}

function decodeState([version, slot, memory, series, calibration]: readonly unknown[]): SymbolState {
  const blobs = asPairs(series).map(([venue, blob]): [string, Uint8Array] => [asText(venue), asBytes(blob)]);
  if (version === null) return { version: 0, slot: -1, series: new Map(), memory: undefined };
  return {
    version: asNumber(version),
    slot: asNumber(slot),
    series: new Map(blobs),
    memory: asText(memory),
    ...(calibration === null ? {} : { calibration: asBytes(calibration) }),
  };
}

function commitResult(reply: string): CommitResult {
  if (reply === "committed" || reply === "conflict" || reply === "slot-done") return reply;
  throw new Error(`the commit script answered ${reply}`);
}
