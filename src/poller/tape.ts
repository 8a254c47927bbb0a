import type { CandleRow, MarkRow } from "./adapter.ts";
import { intervalMs } from "./adapter.ts";
import { closeOf } from "./bars.ts";

/** Bars as they were read last, and the mark prices seen since. */
export interface Tape {
  /** Whether they must be read again: after each close, `delayMs` late so that a venue's symbols don't come at once. */
  readonly isDue: (cursor: number | undefined, now: number, delayMs: number) => boolean;
  readonly keep: (reading: Reading) => void;
  readonly seen: (markPrice: number) => void;
  /** The newest bar goes on with the mark prices; undefined before the first reading. */
  readonly reading: () => Reading | undefined;
}

export interface Reading {
  /** Oldest first. */
  readonly candles: readonly CandleRow[];
  readonly marks: readonly MarkRow[];
  /** Our clock. What the bars say of closes is true of this time, whatever has closed since. */
  readonly readAt: number;
}

export function createTape(): Tape {
  let kept: Reading | undefined;
  let prices: readonly number[] = [];
  return {
    isDue: (cursor, now, delayMs) => {
      const [oldest, newest] = [kept?.candles[0], kept?.candles.at(-1)];
      if (oldest === undefined || newest === undefined) return true;
      const misses = cursor !== undefined && oldest.openTime > cursor + intervalMs;
      return misses || now >= closeOf(newest) + delayMs;
    },
    keep: (reading) => {
      kept = reading;
      prices = [];
    },
    seen: (markPrice) => {
      prices = [Math.min(markPrice, ...prices), Math.max(markPrice, ...prices), markPrice];
    },
    reading: () => kept && goOn(kept, prices),
  };
}

/** What the mark did is the best that is known of the last price in between. */
function goOn(reading: Reading, prices: readonly number[]): Reading {
  const { candles, marks } = reading;
  const [newest, close] = [candles.at(-1), prices.at(-1)];
  if (newest === undefined || close === undefined) return reading;
  const candle = { ...newest, close, ...extremes(newest, prices) };
  const mark = marks.find(({ openTime }) => openTime === newest.openTime);
  return {
    ...reading,
    candles: [...candles.slice(0, -1), candle],
    marks: mark === undefined ? marks : [...marks, { ...mark, ...extremes(mark, prices) }],
  };
}

function extremes(row: { readonly high: number; readonly low: number }, prices: readonly number[]) {
  return { high: Math.max(row.high, ...prices), low: Math.min(row.low, ...prices) };
}
