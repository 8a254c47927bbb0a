import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLifecycle } from "../../src/ops/lifecycle.ts";
import { createMetrics, type Metrics } from "../../src/ops/metrics.ts";
import { startWorker } from "../../src/roles/worker.ts";
import type { Store } from "../../src/store/contracts/store.ts";
import { openStore } from "../../src/store/store.ts";
import type { Handlers } from "../../src/worker/contracts.ts";
import { createQueues } from "../../src/worker/queues.ts";
import { createShortcuts } from "../../src/worker/shortcuts.ts";
import { createSlots } from "../../src/worker/slots.ts";
import { testConfig } from "../support/lopside.ts";
import { silentLog as log, startTestRedis } from "../support/redis.ts";
import { timeIn } from "../worker/feed.ts";

/** The slot that has begun, and the bar that forms in it. */
export const slot = 1_000;
export const newest = 200;

export interface StartedWorker {
  readonly handlers: Pick<Handlers, "recompute" | "hear">;
  readonly store: Store;
  readonly metrics: Metrics;
  readonly stop: () => Promise<void>;
}

/** The role as main starts it, over a Redis of its own. */
export async function startedWorker(venues: string): Promise<StartedWorker> {
  const server = await startTestRedis();
  const dataDir = await mkdtemp(join(tmpdir(), "lopside-worker-"));
  const config = testConfig({ SYMBOLS: "BTC", VENUES: venues, DATA_DIR: dataDir, POLL_INTERVAL: "60s" });
  const clock = { now: () => timeIn(newest), realMs: (ms: number) => ms, sleep: async () => undefined };
  const [commands, queued, workers] = await Promise.all([
    server.connect("commands"),
    server.connect("queue"),
    server.connect("worker"),
  ]);
  const store = await openStore(commands, { log });
  const metrics = createMetrics();
  const lifecycle = createLifecycle(log);
  const platforms = ["console"];
  const queues = createQueues({ connection: queued, venues: config.venues, platforms, log });
  lifecycle.add("queues", queues.close);
  const handlers = await startWorker({
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
  const stop = async (): Promise<void> => {
    await lifecycle.stopAll();
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
  return { handlers, store, metrics, stop };
}
