import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { systemClock } from "../../src/ops/clock.ts";
import type { SimulatedExchange } from "../../src/sim/contracts.ts";
import { startSimulatedExchange } from "../../src/sim/exchange.ts";
import { leaseKey } from "../../src/store/keys.ts";
import { startTestLopside } from "../support/lopside.ts";
import { patient } from "../support/patience.ts";
import { startTestRedis, type TestRedis } from "../support/redis.ts";

const symbols = ["BTC", "ETH", "SOL", "XRP", "DOGE", "ADA", "LINK", "AVAX", "SUI", "LTC", "BCH", "DOT"];
const venues = ["bybit"];
let redis: TestRedis;
let exchange: SimulatedExchange;

beforeAll(async () => {
  redis = await startTestRedis();
  exchange = await startSimulatedExchange({
    clock: systemClock,
    seed: 5,
    symbols,
    venues,
    storyline: { script: { history: [], live: [] }, faults: [] },
    historyMs: 3_600_000,
    stepMs: 1_000,
  });
});
afterAll(async () => {
  await exchange.close();
  await redis.stop();
});

test("many symbols wait for one end, and nobody takes it for a leak", async () => {
  const warnings: Error[] = [];
  const note = (warning: Error): void => void warnings.push(warning);
  process.on("warning", note);
  const lopside = await startTestLopside({
    redis,
    clock: systemClock,
    roles: ["poller"],
    env: {
      SYMBOLS: symbols.join(","),
      VENUES: venues.join(","),
      VENUE_BASE_URL: exchange.baseUrl,
      POLL_INTERVAL: "2s",
    },
  });
  const client = await redis.connect();
  await vi.waitFor(async () => {
    for (const venue of venues) expect(await client.exists(leaseKey(`liquidations-${venue}`))).toBe(1);
  }, patient);
  await lopside.stop();
  process.off("warning", note);
  expect(warnings.map(({ name }) => name)).not.toContain("MaxListenersExceededWarning");
});
