import type { OpenInterestLog } from "../contracts/markets.ts";
import { symbolKeys } from "../keys.ts";
import type { RedisClient } from "../redis/script.ts";

const dayMs = 86_400_000;
const minuteMs = 60_000;
const barMs = 5 * minuteMs;
/** A float32 each; 0 where nothing was heard: what is open is never 0. */
const placeBytes = 4;

/** A day in one string, a place for each step: 5,760 bytes by the minute, 1,152 by the bar. */
const grids = [
  { name: "m", stepMs: minuteMs, keptMs: 2 * dayMs },
  { name: "b", stepMs: barMs, keptMs: 31 * dayMs },
] as const;
type Grid = (typeof grids)[number];

/**
 * Open interest as we heard it, for venues that keep no history of their own: each minute for a day or two, each bar's
 * last figure for a month. Both are written at once, so that nothing has to be rolled up later, and days go by
 * themselves. At most 53 kB a series.
 */
export function createOpenInterestLog(redis: RedisClient): OpenInterestLog {
  return {
    put: async (symbol, series, { at, value }) => {
      const place = Buffer.alloc(placeBytes);
      place.writeFloatLE(value);
      const pipeline = redis.pipeline();
      for (const grid of grids) {
        const key = keyOf(symbol, series, grid, at);
        pipeline.setrange(key, placeBytes * Math.floor((at % dayMs) / grid.stepMs), place);
        pipeline.pexpire(key, grid.keptMs);
      }
      await pipeline.exec();
    },
    bars: async (symbol, series, from, to) => readGrid(redis, { symbol, series, grid: grids[1] }, from, to),
    minutes: async (symbol, series, from, to) =>
      readGrid(redis, { symbol, series, grid: grids[0] }, from, to),
  };
}

const keyOf = (symbol: string, series: string, { name }: Grid, at: number): string =>
  `${symbolKeys(symbol).openInterest}${series}:${name}:${Math.floor(at / dayMs)}`;

interface Place {
  readonly symbol: string;
  readonly series: string;
  readonly grid: Grid;
}

/** The last figure of each step, at the step's end; ends in (from, to]. */
async function readGrid(redis: RedisClient, { symbol, series, grid }: Place, from: number, to: number) {
  const first = Math.floor(from / dayMs);
  const days = Array.from({ length: Math.floor(to / dayMs) - first + 1 }, (_, index) => first + index);
  const found = await Promise.all(
    days.map(async (day) => redis.getBuffer(keyOf(symbol, series, grid, day * dayMs))),
  );
  return found.flatMap((bytes, index) => {
    const start = (first + index) * dayMs;
    const count = Math.floor((bytes?.length ?? 0) / placeBytes);
    return Array.from({ length: count }, (_, place) => ({
      at: start + (place + 1) * grid.stepMs,
      value: bytes?.readFloatLE(place * placeBytes) ?? 0,
    })).filter(({ at, value }) => value > 0 && Number.isFinite(value) && at > from && at <= to);
  });
}
