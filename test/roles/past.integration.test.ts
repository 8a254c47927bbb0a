import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createLifecycle } from "../../src/ops/lifecycle.ts";
import { givePast } from "../../src/roles/past.ts";
import type { Store } from "../../src/store/contracts/store.ts";
import type { RedisClient } from "../../src/store/redis/script.ts";
import { openStore } from "../../src/store/store.ts";
import { aCommit, anImbalance } from "../store/builders.ts";
import { aSpec, fiveMinutes, walkBars } from "../support/market.ts";
import { silentLog, startTestRedis, type TestRedis } from "../support/redis.ts";

const day = 288 * fiveMinutes;
const steps = Array.from({ length: 1_000 }, (_, i) => ({
  move: 0.003 * Math.sin(i / 9),
  wickUp: 0.001,
  wickDown: 0.001,
  volume: 0.03,
  change: 0.5 * Math.sin(i / 5),
}));
const bars = walkBars(steps);

let server: TestRedis;
let redis: RedisClient;
let store: Store;

beforeAll(async () => {
  server = await startTestRedis();
  redis = await server.connect();
  store = await openStore(redis, { log: silentLog });
});
afterAll(async () => server.stop());
beforeEach(async () => {
  await redis.flushall();
});

test("a symbol without one is given the past of its first long history", async () => {
  const give = givePast({ store, log: silentLog, lifecycle: createLifecycle(silentLog, 5_000) });
  give("BTC", [{ venue: "bybit", spec: aSpec({ venue: "bybit" }), bars }]);
  const count = async (): Promise<number> => (await store.symbols.history("BTC", 0, 10 * day)).length;
  await expect.poll(count).toBe(1_000 - 2 * 288 + 1);
  const points = await store.symbols.history("BTC", 0, 10 * day);
  expect(points.every((point) => point.reconstructed === true)).toBe(true);
});

test("what was recorded stays, minute by minute", async () => {
  const time = 3 * day;
  await store.symbols.commit(aCommit({ imbalance: anImbalance({ time, ratio: 7 }) }));
  const [recorded] = await store.symbols.history("BTC", time, time);
  await store.symbols.addHistory("BTC", [
    { time, markPrice: 1, ratio: 2, ratioLow: null, ratioHigh: null, notionalUsd: 3, reconstructed: true },
    {
      time: time + 60_000,
      markPrice: 1,
      ratio: 2,
      ratioLow: null,
      ratioHigh: null,
      notionalUsd: 3,
      reconstructed: true,
    },
  ]);
  const points = await store.symbols.history("BTC", 0, 10 * day);
  expect(points).toEqual([
    recorded,
    {
      time: time + 60_000,
      markPrice: 1,
      ratio: 2,
      ratioLow: null,
      ratioHigh: null,
      notionalUsd: 3,
      reconstructed: true,
    },
  ]);
  expect(recorded).not.toHaveProperty("reconstructed");
});
