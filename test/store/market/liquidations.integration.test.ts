import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Liquidation, LiquidationTotal } from "../../../src/poller/contracts.ts";
import { createLiquidations } from "../../../src/store/market/liquidations.ts";
import type { Liquidations } from "../../../src/store/contracts/markets.ts";
import type { RedisClient } from "../../../src/store/redis/script.ts";
import { startTestRedis, type TestRedis } from "../../support/redis.ts";
import { noon } from "../builders.ts";

const barMs = 300_000;
const dayMs = 86_400_000;
let server: TestRedis;
let redis: RedisClient;
let liquidations: Liquidations;

beforeAll(async () => {
  server = await startTestRedis();
  redis = await server.connect();
  liquidations = createLiquidations(redis);
});
beforeEach(async () => redis.flushall());
afterAll(async () => server.stop());

const total = (openTime: number, over: Partial<LiquidationTotal> = {}): LiquidationTotal => ({
  openTime,
  until: openTime + barMs,
  long: 1.5,
  short: 0,
  prints: 3,
  reportingShare: 0.8,
  ...over,
});
const print = (at: number): Liquidation => ({
  venue: "bybit",
  series: "bybit",
  symbol: "BTC",
  liquidatedSide: "long",
  quantity: 0.5,
  price: 83_000,
  notionalUsd: 41_500,
  at,
});

describe("liquidations in Redis", () => {
  it("give back a bar's newest sum, and nothing for bars that were not heard", async () => {
    await liquidations.putTotals("BTC", "bybit", [
      total(noon),
      total(noon + barMs, { until: noon + barMs + 1 }),
    ]);
    await liquidations.putTotals("BTC", "bybit", [total(noon + barMs, { long: 2 })]);
    const found = await liquidations.totals("BTC", "bybit", [noon - barMs, noon, noon + barMs]);
    expect([...found]).toEqual([
      [noon, total(noon)],
      [noon + barMs, total(noon + barMs, { long: 2 })],
    ]);
    expect(await liquidations.totals("BTC", "okx", [noon])).toEqual(new Map());
    expect(await liquidations.totals("BTC", "bybit", [])).toEqual(new Map());
  });

  it("keep a day of sums and no more", async () => {
    for (let at = noon; at <= noon + dayMs + 2 * 3_600_000; at += barMs)
      await liquidations.putTotals("BTC", "okx:inverse", [total(at)]);
    const day = await liquidations.day("BTC");
    expect([...day.keys()]).toEqual(["okx:inverse"]);
    expect(day.get("okx:inverse")?.length).toBeGreaterThanOrEqual(288);
    expect(day.get("okx:inverse")?.length).toBeLessThanOrEqual(300);
  });

  it("keep single ones in their order, of a day, and a bounded number", async () => {
    await liquidations.addPrints("BTC", []);
    await liquidations.addPrints("BTC", [print(noon - dayMs - 1), print(noon - 5_000)]);
    await liquidations.addPrints("BTC", [print(noon)]);
    expect((await liquidations.prints("BTC", 0)).map(({ at }) => at)).toEqual([noon - 5_000, noon]);
    expect((await liquidations.prints("BTC", noon)).map(({ at }) => at)).toEqual([noon]);
    await liquidations.addPrints(
      "BTC",
      Array.from({ length: 4_100 }, (_, i) => print(noon + i)),
    );
    expect(await liquidations.prints("BTC", 0)).toHaveLength(4_000);
  });
});
