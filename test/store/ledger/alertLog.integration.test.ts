import { afterAll, beforeAll, expect, test } from "vitest";
import { Hono } from "hono";
import { alertJson, alertLine } from "../../../src/commands/alertLines.ts";
import { addAlerts, hashedDestination } from "../../../src/http/alerts.ts";
import { createAlertLog } from "../../../src/store/ledger/alertLog.ts";
import type { LoggedAlert } from "../../../src/store/contracts/alertLog.ts";
import type { DeliveryResult } from "../../../src/store/contracts/outbox.ts";
import type { Store } from "../../../src/store/contracts/store.ts";
import { registerKeys } from "../../../src/store/keys.ts";
import { createOutbox } from "../../../src/store/ledger/outbox.ts";
import type { RedisClient } from "../../../src/store/redis/script.ts";
import { openStore } from "../../../src/store/store.ts";
import { createSymbols } from "../../../src/store/market/symbols.ts";
import { content } from "../../notifier/builders.ts";
import { subscribed } from "../../notifier/subscribed.ts";
import { silentLog, startTestRedis, type TestRedis } from "../../support/redis.ts";
import { aCommit, noon } from "../builders.ts";

/** More than fit into two small hashes. */
const count = 300;
const destinations = Array.from({ length: count }, (_, nth) => `telegram:${nth + 1}`);
const range = { from: noon - 1, to: noon + 1, limit: 10 };

let server: TestRedis;
let redis: RedisClient;
let store: Store;

beforeAll(async () => {
  server = await startTestRedis();
  redis = await server.connect();
  const now = (): number => noon;
  store = {
    ...(await openStore(redis, { log: silentLog })),
    outbox: createOutbox(redis, { now }),
    symbols: createSymbols(redis, { now }),
  };
  for (const destination of destinations) await subscribed(store, destination);
  const alert = { alertId: "a", kind: "push", episodeId: "a", content, rule: "up-auto-50-2" } as const;
  await store.symbols.commit(aCommit({ at: noon, ruleAlerts: [alert] }));
  await settleAll();
});
afterAll(async () => server.stop());

/** Every third is refused, every third may not be told, the last one is left claimed. */
function resultFor(destination: string): DeliveryResult | undefined {
  const nth = Number(destination.split(":")[1]);
  if (nth === count) return undefined;
  if (nth % 3 === 0) return { kind: "dead", reason: "403 | the bot was blocked" };
  if (nth % 3 === 1) return { kind: "skipped", reason: "muted" };
  return { kind: "sent", messageId: `m${nth}` };
}

async function settleAll(): Promise<void> {
  while (await store.outbox.expand("BTC"));
  for (;;) {
    const { deliveries } = await store.outbox.claim("BTC", "telegram", 128);
    if (deliveries.length === 0) return;
    const outcomes = deliveries.flatMap((delivery) => {
      const result = resultFor(delivery.destination);
      return result === undefined ? [] : [{ delivery, result }];
    });
    await store.outbox.settle("BTC", "telegram", outcomes);
  }
}

async function theAlert(): Promise<LoggedAlert> {
  const [alert] = await createAlertLog(redis).alerts("BTC", range);
  if (alert === undefined) throw new Error("the ledger has no alert");
  return alert;
}

test("the log knows of the symbols that are watched, and of those that were", async () => {
  await redis.sadd(registerKeys.symbols, "SOL", "ETH");
  expect(await createAlertLog(redis).symbols(["BTC", "SOL"])).toEqual(["BTC", "SOL", "ETH"]);
});

test("the log has the alert as it was committed, its rows in several parts", async () => {
  const alert = await theAlert();
  expect(alert).toMatchObject({
    symbol: "BTC",
    alertId: "a",
    episodeId: "a",
    rule: "up-auto-50-2",
    at: noon,
  });
  expect(alert.content).toBe(content);
  expect(alert.shards).toBeGreaterThan(1);
  expect(await createAlertLog(redis).alerts("BTC", { from: noon + 1, to: noon + 2, limit: 10 })).toEqual([]);
});

test("what became of it is there for each destination once, whichever part its row is in", async () => {
  const rows = await createAlertLog(redis).deliveries(await theAlert());
  expect(new Set(rows.map(({ destination }) => destination))).toEqual(new Set(destinations));
  expect(rows).toHaveLength(count);
  for (const { destination, state, note, attempts } of rows) {
    const result = resultFor(destination);
    const told =
      result?.kind === "sent" ? result.messageId : result && "reason" in result ? result.reason : "";
    expect({ state, note, attempts }).toEqual({ state: result?.kind ?? "sending", note: told, attempts: 1 });
  }
});

test("one destination's row is found where the ledger's script has put it", async () => {
  const log = createAlertLog(redis);
  const alert = await theAlert();
  const rows = await Promise.all(destinations.map(async (each) => log.deliveriesTo(each, [alert])));
  expect(rows.map(([row]) => row?.destination)).toEqual(destinations);
  expect(await log.deliveriesTo("telegram:999999", [alert])).toEqual([undefined]);
});

test("the API and the command line count the same, the API without a single chat's id", async () => {
  const log = createAlertLog(redis);
  const key = new Uint8Array(32).fill(7);
  const app = new Hono();
  addAlerts(app, { log, key, token: "a-long-token", symbols: ["BTC"], now: () => noon });
  const answer = await app.request("/api/alerts", { headers: { authorization: "Bearer a-long-token" } });
  const { alerts } = JSON.parse(await answer.text());
  const [sent, dead, skipped] = [100, 99, 100];
  expect(alerts[0].counts).toEqual({ sent, dead, skipped, sending: 1 });
  const known = new Set(destinations.map((each) => hashedDestination(each, key)));
  const shown: string[] = alerts[0].deliveries.map((row: { destination: string }) => row.destination);
  expect(new Set(shown)).toEqual(known);
  const alert = await theAlert();
  const rows = await log.deliveries(alert);
  expect(alertLine(alert, rows)).toContain(`${sent} sent`);
  expect(JSON.parse(alertJson(alert, rows)).deliveries).toHaveLength(count);
});

test("what only edits its episode's messages takes no alert's place", async () => {
  const edits = Array.from({ length: 3 }, (_, nth) => `edit${nth}`);
  for (const [nth, alertId] of edits.entries()) {
    const edit = { alertId, kind: "edit", episodeId: "a", content, rule: "up-auto-50-2" } as const;
    await store.symbols.commit(
      aCommit({ slot: nth + 2, basedOn: nth + 1, at: noon + nth, ruleAlerts: [edit] }),
    );
  }
  const found = await createAlertLog(redis).alerts("BTC", { ...range, limit: 1 });
  expect(found.map(({ alertId }) => alertId)).toEqual(["a"]);
});
