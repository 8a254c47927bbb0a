import type { Clock } from "../../src/ops/clock.ts";
import type { Log } from "../../src/ops/log.ts";
import type { MarketCache } from "../../src/store/contracts/memory.ts";

export const minuteMs = 60_000;
export const barMs = 300_000;
export const hourMs = 3_600_000;
/** 2026-11-20 12:00 UTC, the start of a bar. */
export const noon = Date.UTC(2026, 10, 20, 12);

export interface HandClock extends Clock {
  readonly set: (time: number) => void;
  readonly advance: (ms: number) => void;
}

export function handClock(startAt: number): HandClock {
  let time = startAt;
  return {
    now: () => time,
    realMs: (ms) => ms,
    sleep: async () => undefined,
    set: (to) => {
      time = to;
    },
    advance: (ms) => {
      time += ms;
    },
  };
}

export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLog,
};

export interface MapCache extends MarketCache {
  readonly entries: Map<string, string>;
}

export function mapCache(): MapCache {
  const entries = new Map<string, string>();
  return {
    entries,
    get: async (key) => entries.get(key),
    put: async (key, json) => {
      entries.set(key, json);
    },
  };
}

/** What is true of a symbol, whatever the venue and its units; base units, one side, prices in quote. */
export interface Truth {
  readonly candle: (openTime: number) => {
    open: number;
    high: number;
    low: number;
    close: number;
    volume: number;
  };
  readonly openInterest: (time: number) => number;
  readonly markPrice: number;
  readonly longShortRatio: number;
  readonly fundingRate: number;
}

/** Every bar and every open interest differs, so that a mix-up shows. */
export const truth: Truth = {
  candle: (openTime) => {
    const step = (openTime / barMs) % 1000;
    return {
      open: 90_000 + step,
      high: 90_060 + step,
      low: 89_940 + step,
      close: 90_010 + step,
      volume: 100 + step,
    };
  },
  openInterest: (time) => 80_000 + ((time / barMs) % 1000),
  markPrice: 90_020,
  longShortRatio: 1.25,
  fundingRate: 0.0001,
};

/** Marks run a little inside the candle's wicks. */
export const markOf = (candle: { high: number; low: number }): { high: number; low: number } => ({
  high: candle.high - 5,
  low: candle.low + 5,
});

/** Open times of the bars a venue shows at `now`, oldest first, the forming one last. */
export function openTimes(now: number, count: number): number[] {
  const forming = Math.floor(now / barMs) * barMs;
  return Array.from({ length: count }, (_, index) => forming - (count - 1 - index) * barMs);
}

/** Multiples of `step` with from ≤ time ≤ to. */
export function grid(from: number, to: number, step: number): number[] {
  const first = Math.ceil(from / step) * step;
  return Array.from(
    { length: Math.max(0, Math.floor((to - first) / step) + 1) },
    (_, index) => first + index * step,
  );
}

/** How many bars a window asks for, both its ends counted. */
export const rowsBetween = (from: number, to: number): number => grid(from, to, barMs).length;
