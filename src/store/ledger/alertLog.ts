import { openEntry } from "./bundles.ts";
import type { AlertLog, DeliveryRecord, LoggedAlert } from "../contracts/alertLog.ts";
import { formerNames } from "../destinations/formerNames.ts";
import { registerKeys, symbolKeys } from "../keys.ts";
import { shardOf } from "./shards.ts";
import type { RedisClient } from "../redis/script.ts";

/** Pages of a long log; more at once would hold Redis up. */
const mostAlerts = 500;

/** Of a forum whose topics are gone there may be many, and each is another look at every alert. */
const mostFormer = 4;

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
      const most = Math.min(limit, mostAlerts);
      const found: LoggedAlert[] = [];
      for await (const page of pagesOf(redis, symbol, { from, to, size: most })) {
        found.push(...page);
        if (found.length >= most) break;
      }
      return found.slice(0, most);
    },
    pages: (symbol, range) => pagesOf(redis, symbol, { ...range, size: mostAlerts }),
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
      const rowOf = async (
        name: string,
        { symbol, alertId, shards }: LoggedAlert,
      ): Promise<DeliveryRecord | undefined> => {
        const key = `${symbolKeys(symbol).ledger}${alertId}:${shardOf(name, shards)}`;
        const packed = await redis.hget(key, name);
        return packed === null ? first.get(symbol)?.get(alertId)?.get(name) : recordOf(name, packed);
      };
      // what was said to a group before it became a supergroup lies under the name it had then
      const names = [destination, ...(await formerNames(redis, destination)).slice(-mostFormer)];
      return Promise.all(
        alerts.map(async (alert) => {
          const rows = await Promise.all(names.map(async (name) => rowOf(name, alert)));
          return rows.find((row) => row !== undefined);
        }),
      );
    },
  };
}

async function* pagesOf(
  redis: RedisClient,
  symbol: string,
  { from, to, size }: { readonly from: number; readonly to: number; readonly size: number },
): AsyncGenerator<readonly LoggedAlert[]> {
  const keys = symbolKeys(symbol);
  let known = new Set<string>();
  for (let offset = 0; ; offset += size) {
    const ids = await redis.zrevrangebyscore(keys.alerts, to, from, "LIMIT", offset, size);
    // what is committed meanwhile moves the others on
    const others = ids.filter((id) => !known.has(id));
    known = new Set(ids);
    const kept = await Promise.all(others.map(async (id) => redis.hgetall(keys.alert + id)));
    yield kept.flatMap((fields) => loggedAlert(symbol, fields) ?? []);
    if (ids.length < size) return;
  }
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

/** Undefined for what is kept no more, and for edits, whose ids were in the index once. */
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
