import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createLifecycle, type Lifecycle } from "../../src/ops/lifecycle.ts";
import { createMetrics, type Metrics } from "../../src/ops/metrics.ts";
import { startWorker } from "../../src/roles/worker.ts";
import type { Store } from "../../src/store/contracts/store.ts";
import { openStore } from "../../src/store/store.ts";
import type { Handlers } from "../../src/worker/contracts.ts";
import { createQueues } from "../../src/worker/queues.ts";
import { createShortcuts } from "../../src/worker/shortcuts.ts";
import { createSlots } from "../../src/worker/slots.ts";
import { testConfig } from "../support/lopside.ts";
import { silentLog, startTestRedis, type TestRedis } from "../support/redis.ts";
import { history, polled, timeIn } from "../worker/feed.ts";

const slot = 1_000;
const newest = 200;

let server: TestRedis;
let dataDir: string;
let store: Store;
let metrics: Metrics;
let lifecycle: Lifecycle;
let handlers: Pick<Handlers, "recompute">;

/** The role as main starts it, at the beginning of slot 1000. */
beforeEach(async () => {
  server = await startTestRedis();
  dataDir = await mkdtemp(join(tmpdir(), "lopside-worker-"));
  const config = testConfig({ SYMBOLS: "BTC", VENUES: "bybit", DATA_DIR: dataDir, POLL_INTERVAL: "60s" });
  const clock = { now: () => timeIn(newest), realMs: (ms: number) => ms, sleep: async () => undefined };
  const [commands, queued, workers] = await Promise.all([
    server.connect("commands"),
    server.connect("queue"),
    server.connect("worker"),
  ]);
  const log = silentLog;
  store = await openStore(commands, { log });
  metrics = createMetrics();
  lifecycle = createLifecycle(log);
  const platforms = ["console"];
  const queues = createQueues({ connection: queued, venues: config.venues, platforms, log });
  lifecycle.add("queues", queues.close);
  handlers = await startWorker({
    config,
    clock,
    log,
    lifecycle,
    store,
    metrics,
    queues,
    platforms,
    redis: { commands, queues: queued, workers },
    shortcuts: createShortcuts(queues, log),
    slots: createSlots(clock, config.pollIntervalMs, () => slot * config.pollIntervalMs),
    destinations: ["console"],
  });
});
afterEach(async () => {
  await lifecycle.stopAll();
  await server.stop();
  await rm(dataDir, { recursive: true, force: true });
});

async function recomputed(): Promise<Readonly<Record<string, number>>> {
  const { values } = await metrics.recomputes.get();
  return Object.fromEntries(values.map(({ labels, value }) => [labels["outcome"], value]));
}

/** What the report that completed the round of a slot handed over; nobody else can read its histories again. */
async function handedOver(late: number) {
  const { observation } = polled("bybit", newest - 1, newest);
  if (observation === undefined) throw new Error("the feed has nothing to say");
  const report = { venue: "bybit", slot: late, at: timeIn(newest), observation };
  const outset = await store.rounds.report("BTC", report, ["bybit"], { outset: true });
  if (typeof outset === "string") throw new Error("nothing was handed over");
  return outset;
}

test("a job from while no worker ran is left", async () => {
  await handlers.recompute?.({ symbol: "BTC", slot: slot - 2 }, await handedOver(slot - 2));
  expect(await recomputed()).toEqual({ "too-late": 1 });
  expect(await store.symbols.imbalance("BTC")).toBeUndefined();
});

test("but not with the histories it was handed: nobody else has them", async () => {
  const { venue, spec, bars } = history("bybit", 0, newest);
  await store.backfills.put("BTC", venue, spec, bars);
  await handlers.recompute?.({ symbol: "BTC", slot: slot - 2 }, await handedOver(slot - 2));
  expect(await recomputed()).toEqual({ committed: 1 });
  const cursors = await store.rounds.cursors("bybit", ["BTC"]);
  expect(cursors.get("BTC")).toBe(bars.at(-1)?.openTime);
  expect((await store.rounds.outset("BTC")).histories).toEqual([]);
});

test("the job of the slot before is in time", async () => {
  await handlers.recompute?.({ symbol: "BTC", slot: slot - 1 }, await handedOver(slot - 1));
  expect(await recomputed()).toEqual({ committed: 1 });
});
