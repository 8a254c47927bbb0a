import { z } from "zod";
import type { Liquidation, LiquidationTotal } from "../../poller/contracts.ts";
import type { Liquidations } from "../contracts/markets.ts";
import { parseStored } from "../json.ts";
import { symbolKeys } from "../keys.ts";
import type { RedisClient } from "../redis/script.ts";

const dayMs = 24 * 3_600_000;
/** Longer than a day, so that a day ago is still there. */
const keptMs = dayMs + 3_600_000;
/** Single ones are for pictures; a cascade has thousands. */
const mostPrints = 4_000;

const storedTotal = z.object({
  openTime: z.number(),
  until: z.number(),
  long: z.number(),
  short: z.number(),
  prints: z.number(),
  reportingShare: z.number(),
});
const storedPrint = z.object({
  venue: z.string(),
  series: z.string(),
  symbol: z.string(),
  liquidatedSide: z.enum(["long", "short"]),
  quantity: z.number(),
  price: z.number(),
  notionalUsd: z.number(),
  at: z.number(),
});

const fieldOf = (series: string, openTime: number): string => `${series}|${openTime}`;
const isTotal = (value: unknown): value is LiquidationTotal => storedTotal.safeParse(value).success;
const isPrint = (value: unknown): value is Liquidation => storedPrint.safeParse(value).success;
const readTotal = (json: string): LiquidationTotal => parseStored(json, isTotal, "sum of liquidations");
const readPrint = (json: string): Liquidation => parseStored(json, isPrint, "liquidation");

/** A day of sums (288 a series, some 100 bytes each) and of single liquidations. */
export function createLiquidations(redis: RedisClient): Liquidations {
  return {
    putTotals: async (symbol, series, totals) => {
      if (totals.length === 0) return;
      const { liquidated } = symbolKeys(symbol);
      const fields = totals.flatMap((total) => [fieldOf(series, total.openTime), JSON.stringify(total)]);
      const old = totals.map(({ openTime }) => fieldOf(series, openTime - keptMs));
      await redis
        .pipeline()
        .hset(liquidated, ...fields)
        .hdel(liquidated, ...old)
        .pexpire(liquidated, keptMs)
        .exec();
    },
    totals: async (symbol, series, openTimes) => {
      if (openTimes.length === 0) return new Map();
      const fields = openTimes.map((openTime) => fieldOf(series, openTime));
      const found = await redis.hmget(symbolKeys(symbol).liquidated, ...fields);
      const totals = found.flatMap((json) => (json === null ? [] : [readTotal(json)]));
      return new Map(totals.map((total) => [total.openTime, total]));
    },
    day: async (symbol) => {
      const bySeries = new Map<string, LiquidationTotal[]>();
      for (const [field, json] of Object.entries(await redis.hgetall(symbolKeys(symbol).liquidated))) {
        const series = field.slice(0, field.lastIndexOf("|"));
        bySeries.set(series, [...(bySeries.get(series) ?? []), readTotal(json)]);
      }
      return bySeries;
    },
    addPrints: async (symbol, prints) => {
      const newest = Math.max(...prints.map(({ at }) => at));
      if (prints.length === 0) return;
      const key = symbolKeys(symbol).prints;
      const members = prints.flatMap((print) => [print.at, JSON.stringify(print)]);
      await redis
        .pipeline()
        .zadd(key, ...members)
        .zremrangebyscore(key, "-inf", newest - dayMs)
        .zremrangebyrank(key, 0, -mostPrints - 1)
        .pexpire(key, keptMs)
        .exec();
    },
    prints: async (symbol, from) =>
      (await redis.zrangebyscore(symbolKeys(symbol).prints, from, "+inf")).map(readPrint),
  };
}
