import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { systemClock } from "../../src/ops/clock.ts";
import type { SimulatedExchange } from "../../src/sim/contracts.ts";
import { simulatedVenues, startSimulatedExchange } from "../../src/sim/exchange.ts";
import { ensureBuilt, killChildren } from "../support/child.ts";
import { startInstalled } from "../support/installation.ts";
import { patient } from "../support/patience.ts";
import { startTestRedis, type TestRedis } from "../support/redis.ts";

let dir: string;
let redis: TestRedis;
let exchange: SimulatedExchange;

beforeAll(async () => {
  ensureBuilt();
  dir = await mkdtemp(join(tmpdir(), "lopside-venues-"));
  redis = await startTestRedis({ tcp: true });
  exchange = await startSimulatedExchange({
    clock: systemClock,
    seed: 5,
    symbols: ["BTC"],
    venues: simulatedVenues,
    storyline: { script: { history: [], live: [] }, faults: [] },
    historyMs: 3_600_000,
  });
});
afterAll(async () => {
  await killChildren();
  await exchange.close();
  await redis.stop();
  await rm(dir, { recursive: true, force: true });
});

test("a start with all venues says nothing of a leak", async () => {
  const env = {
    REDIS_URL: redis.url,
    VENUE_BASE_URL: exchange.baseUrl,
    VENUES: simulatedVenues.join(","),
    // venues begin as far apart as by default
    POLL_INTERVAL: "60s",
  };
  const child = await startInstalled({ env, cwd: dir });
  await vi.waitFor(async () => {
    const metrics = await (await fetch(`${child.httpUrl}/metrics`)).text();
    for (const venue of simulatedVenues) expect(metrics).toContain(`lopside_polls_total{venue="${venue}"`);
  }, patient);
  expect(child.stderr()).not.toContain("MaxListenersExceededWarning");
});
