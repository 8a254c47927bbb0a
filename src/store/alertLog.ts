import { openEntry } from "./bundles.ts";
import type { AlertLog, DeliveryRecord, LoggedAlert } from "./contracts/alertLog.ts";
import { registerKeys, symbolKeys } from "./keys.ts";
import { shardOf } from "./shards.ts";
import type { RedisClient } from "./script.ts";

/** Pages of a long log; more at once would hold Redis up. */
const mostAlerts = 500;

const states: Readonly<Record<string, DeliveryRecord["state"]>> = {
  p: "pending",
  s: "sending",
  o: "sent",
  d: "dead",
  k: "skipped",
  h: "held",
};

/** Reads what the ledger keeps for 90 days: alerts by symbol, and what became of them in each destination. */
export function createAlertLog(redis: RedisClient): AlertLog {
  return {
    symbols: async (watched) => {
      const known = await redis.smembers(registerKeys.symbols);
      return [...new Set([...watched, ...known.toSorted()])];
    },
    alerts: async (symbol, { from, to, limit }) => {
      const keys = symbolKeys(symbol);
      const ids = await redis.zrevrangebyscore(
        keys.alerts,
        to,
        from,
        "LIMIT",
        0,
        Math.min(limit, mostAlerts),
      );
      const kept = await Promise.all(ids.map(async (id) => redis.hgetall(keys.alert + id)));
      return kept.flatMap((fields) => loggedAlert(symbol, fields) ?? []);
    },
    deliveries: async (alert) => {
      // before the rows: what gets one meanwhile is in both
      const rows = new Map((await firstAttempts(redis, alert.symbol)).get(alert.alertId));
      for (let shard = 0; shard < alert.shards; shard += 1) {
        const key = `${symbolKeys(alert.symbol).ledger}${alert.alertId}:${shard}`;
        for (const [destination, packed] of Object.entries(await redis.hgetall(key)))
          rows.set(destination, recordOf(destination, packed));
      }
      return [...rows.values()];
    },
    deliveriesTo: async (destination, alerts) => {
      const symbols = [...new Set(alerts.map(({ symbol }) => symbol))];
      const first = new Map(
        await Promise.all(
          symbols.map(async (symbol) => [symbol, await firstAttempts(redis, symbol)] as const),
        ),
      );
      return Promise.all(
        alerts.map(async ({ symbol, alertId, shards }) => {
          const key = `${symbolKeys(symbol).ledger}${alertId}:${shardOf(destination, shards)}`;
          const packed = await redis.hget(key, destination);
          return packed === null
            ? first.get(symbol)?.get(alertId)?.get(destination)
            : recordOf(destination, packed);
        }),
      );
    },
  };
}

type ByDestination = ReadonlyMap<string, DeliveryRecord>;

/** What is being sent for the first time and has no row yet, by alert. */
async function firstAttempts(
  redis: RedisClient,
  symbol: string,
): Promise<ReadonlyMap<string, ByDestination>> {
  const keys = symbolKeys(symbol);
  const found = new Map<string, Map<string, DeliveryRecord>>();
  for (const platform of await redis.smembers(keys.platforms)) {
    const bundles = await redis.hgetall(keys.bundles + platform);
    for (const [entry, names] of Object.entries(bundles)) {
      const subject = openEntry(entry);
      if (subject === undefined) continue;
      const rows = found.get(subject) ?? new Map<string, DeliveryRecord>();
      found.set(subject, rows);
      const at = Number((await redis.zscore(keys.claimed + platform, entry)) ?? 0);
      for (const destination of names.split("\n"))
        rows.set(destination, recordOf(destination, `s|1|0|0|0|${at}|`));
    }
  }
  return found;
}

/** Undefined for what is kept no more, and for edits, which are kept with their episode. */
function loggedAlert(symbol: string, fields: Readonly<Record<string, string>>): LoggedAlert | undefined {
  const { i: alertId, e: episodeId = "", c: content, at, n: shards, r: rule = "" } = fields;
  if (alertId === undefined || content === undefined) return undefined;
  return { symbol, alertId, episodeId, rule, content, at: Number(at), shards: Number(shards) };
}

/** state|attempt|failures|unknowns|since|at|note */
function recordOf(destination: string, packed: string): DeliveryRecord {
  const [state = "", attempt, , unknowns, , at, ...note] = packed.split("|");
  return {
    destination,
    state: states[state] ?? "pending",
    attempts: Number(attempt),
    possibleRepeats: Number(unknowns),
    at: Number(at),
    note: note.join("|"),
  };
}
