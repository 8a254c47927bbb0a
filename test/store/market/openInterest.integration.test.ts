import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { OpenInterestLog } from "../../../src/store/contracts/markets.ts";
import { createOpenInterestLog } from "../../../src/store/market/openInterest.ts";
import type { RedisClient } from "../../../src/store/redis/script.ts";
import { startTestRedis, type TestRedis } from "../../support/redis.ts";
import { noon } from "../builders.ts";

const minuteMs = 60_000;
const barMs = 5 * minuteMs;
const dayMs = 86_400_000;
let server: TestRedis;
let redis: RedisClient;
let log: OpenInterestLog;

beforeAll(async () => {
  server = await startTestRedis();
  redis = await server.connect();
  log = createOpenInterestLog(redis);
});
beforeEach(async () => redis.flushall());
afterAll(async () => server.stop());

const put = async (at: number, value: number): Promise<void> => log.put("BTC", "mexc", { at, value });

test("each minute is kept, and of each bar what was heard last", async () => {
  for (let minute = 0; minute < 7; minute += 1) await put(noon + minute * minuteMs + 20_000, 100 + minute);
  const minutes = await log.minutes("BTC", "mexc", noon, noon + barMs);
  expect(minutes).toEqual([0, 1, 2, 3, 4].map((n) => ({ at: noon + (n + 1) * minuteMs, value: 100 + n })));
  expect(await log.bars("BTC", "mexc", noon, noon + 2 * barMs)).toEqual([
    { at: noon + barMs, value: 104 },
    { at: noon + 2 * barMs, value: 106 },
  ]);
});

test("what wasn't heard is missing, and never 0", async () => {
  await put(noon, 5);
  await put(noon + 3 * barMs, 6);
  const bars = await log.bars("BTC", "mexc", noon - dayMs, noon + dayMs);
  expect(bars.map(({ at }) => at)).toEqual([noon + barMs, noon + 4 * barMs]);
});

test("days follow each other, series and symbols are apart", async () => {
  const midnight = Math.floor(noon / dayMs) * dayMs;
  await put(midnight - 1, 7);
  await put(midnight, 8);
  await log.put("BTC", "mexc:inverse", { at: midnight, value: 9 });
  await log.put("ETH", "mexc", { at: midnight, value: 10 });
  expect(await log.bars("BTC", "mexc", midnight - dayMs, midnight + dayMs)).toEqual([
    { at: midnight, value: 7 },
    { at: midnight + barMs, value: 8 },
  ]);
});

test("a series takes 53 kB at most, and what is old goes by itself", async () => {
  const midnight = Math.floor(noon / dayMs) * dayMs;
  for (const day of [0, 1]) await put(midnight + (day + 1) * dayMs - 1, 1e9);
  const keys = await redis.keys("*");
  const sizes = await Promise.all(keys.map(async (key) => [key, await redis.strlen(key)] as const));
  const bytesOf = (grid: string): number => sizes.find(([key]) => key.includes(`:${grid}:`))?.[1] ?? 0;
  expect(3 * bytesOf("m") + 31 * bytesOf("b")).toBeLessThan(53_500);
  const lives = await Promise.all(keys.map(async (key) => redis.pttl(key)));
  expect(Math.min(...lives)).toBeGreaterThan(dayMs);
  expect(Math.max(...lives)).toBeLessThanOrEqual(31 * dayMs);
});
