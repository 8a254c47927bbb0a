import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createLifecycle, type Lifecycle } from "../../src/ops/lifecycle.ts";
import { createMetrics } from "../../src/ops/metrics.ts";
import { startWorker } from "../../src/roles/worker.ts";
import { openStore } from "../../src/store/store.ts";
import { headStartMs } from "../../src/worker/afterwards.ts";
import type { Handlers } from "../../src/worker/contracts.ts";
import { createQueues } from "../../src/worker/queues.ts";
import { createShortcuts } from "../../src/worker/shortcuts.ts";
import { createSlots } from "../../src/worker/slots.ts";
import { testConfig } from "../support/lopside.ts";
import { silentLog as log, startTestRedis, type TestRedis } from "../support/redis.ts";
import { history, observed, timeIn, watched } from "../worker/feed.ts";

const slot = 1_000;
const newest = 200;

let server: TestRedis;
let dataDir: string;
let lifecycle: Lifecycle;
let handlers: Pick<Handlers, "recompute" | "hear">;

/** The role as main starts it, with a symbol that it has recomputed. */
beforeEach(async () => {
  server = await startTestRedis();
  dataDir = await mkdtemp(join(tmpdir(), "lopside-preparing-"));
  const config = testConfig({ SYMBOLS: "BTC", VENUES: "bybit,okx", DATA_DIR: dataDir, POLL_INTERVAL: "60s" });
  const clock = { now: () => timeIn(newest), realMs: (ms: number) => ms, sleep: async () => undefined };
  const [commands, queued, workers] = await Promise.all([
    server.connect("commands"),
    server.connect("queue"),
    server.connect("worker"),
  ]);
  const store = await openStore(commands, { log });
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
    metrics: createMetrics(),
    queues,
    platforms,
    redis: { commands, queues: queued, workers },
    shortcuts: createShortcuts(queues, log),
    slots: createSlots(clock, config.pollIntervalMs, () => slot * config.pollIntervalMs),
    destinations: ["console"],
  });
  const { venue, spec, bars } = history("bybit", 0, newest);
  await store.backfills.put("BTC", venue, spec, bars);
  await handlers.recompute?.({ symbol: "BTC", slot });
});
afterEach(async () => {
  vi.useRealTimers();
  await lifecycle.stopAll();
  await server.stop();
  await rm(dataDir, { recursive: true, force: true });
});

test("what a report allows to prepare is prepared behind what an alert would wait for", () => {
  const { observation, reads } = watched(observed("bybit", newest - 1, newest));
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const report = { venue: "bybit", slot: slot + 1, at: timeIn(newest), observation };
  expect(handlers.hear?.("BTC", report)).toBeUndefined();
  vi.advanceTimersByTime(headStartMs - 1);
  expect(reads()).toBe(0);
  vi.advanceTimersByTime(1);
  expect(reads()).toBe(1);
});
