import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createBackfills } from "../../../src/store/market/backfills.ts";
import type { Backfills, Rounds, VenueHistory } from "../../../src/store/contracts/rounds.ts";
import { symbolKeys } from "../../../src/store/keys.ts";
import { createMarketCache } from "../../../src/store/market/markets.ts";
import { createRounds } from "../../../src/store/market/rounds.ts";
import type { RedisClient } from "../../../src/store/redis/script.ts";
import { silentLog, startTestRedis } from "../../support/redis.ts";
import type { TestRedis } from "../../support/redis.ts";
import { aBar, aSpec } from "../builders.ts";

let server: TestRedis;
let redis: RedisClient;
let backfills: Backfills;
let rounds: Rounds;

beforeAll(async () => {
  server = await startTestRedis();
  redis = await server.connect();
  backfills = createBackfills(redis);
  rounds = createRounds(redis, silentLog);
});
afterAll(async () => server.stop());
beforeEach(async () => {
  await redis.flushall();
});

const take = async (): Promise<readonly VenueHistory[]> => (await rounds.outset("BTC")).histories;

test("a backfill is handed over once, series by series", async () => {
  await backfills.put("BTC", "bybit", aSpec(), [aBar(), aBar({ openTime: 2 })]);
  await backfills.put("BTC", "okx", aSpec({ venue: "okx" }), [aBar({ openInterest: 3 })]);
  const taken = await take();
  expect(taken.toSorted((a, b) => a.venue.localeCompare(b.venue))).toEqual([
    { venue: "bybit", spec: aSpec(), bars: [aBar(), aBar({ openTime: 2 })] },
    { venue: "okx", spec: aSpec({ venue: "okx" }), bars: [aBar({ openInterest: 3 })] },
  ]);
  expect(await take()).toEqual([]);
});

test("a venue's second backfill replaces the one nobody took", async () => {
  await backfills.put("BTC", "bybit", aSpec(), [aBar({ openTime: 1 })]);
  await backfills.put("BTC", "bybit", aSpec(), [aBar({ openTime: 2 })]);
  expect((await take()).map(({ bars }) => bars)).toEqual([[aBar({ openTime: 2 })]]);
});

test("of a history longer than 30 days the newest 30 are kept", async () => {
  const bars = Array.from({ length: 9_000 }, (_, index) => aBar({ openTime: index, openInterest: index }));
  await backfills.put("BTC", "bybit", aSpec(), bars);
  const [series] = await take();
  expect(series?.bars).toHaveLength(8_640);
  expect(series?.bars.at(-1)).toEqual(bars.at(-1));
});

test("a backfill nobody takes goes away by itself", async () => {
  await backfills.put("BTC", "bybit", aSpec(), [aBar()]);
  expect(await redis.pttl(symbolKeys("BTC").backfills)).toBeGreaterThan(0);
});

test("a venue's markets are kept as they were given, smaller", async () => {
  const markets = createMarketCache(redis);
  const json = JSON.stringify(
    Array.from({ length: 500 }, (_, index) => ({ id: `SYMBOL${index}`, taker: 0.0005 })),
  );
  expect(await markets.get("bybit")).toBeUndefined();
  await markets.put("bybit", json);
  expect(await markets.get("bybit")).toBe(json);
  expect(await redis.strlen("lopside:{venue:bybit}:markets")).toBeLessThan(json.length / 4);
});
