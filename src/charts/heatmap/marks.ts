import type { Candle } from "../contracts.ts";

const minuteMs = 60_000;

/** Lengths of candles people know. */
const lengthsMs = [1, 5, 20, 60, 120, 240, 480].map((minutes) => minutes * minuteMs);
/** More than these would be too narrow to see. */
const mostCandles = 90;

export function candleLength(spanMs: number): number {
  return lengthsMs.find((length) => spanMs / length <= mostCandles) ?? 480 * minuteMs;
}

/** Candles of a price that was looked at now and then; each opens where the one before has closed. */
export function candlesOf(
  marks: readonly { readonly time: number; readonly markPrice: number | null }[],
  candleMs: number,
): Candle[] {
  const candles: Candle[] = [];
  for (const { time, markPrice } of marks) {
    if (markPrice === null) continue;
    const begins = Math.floor(time / candleMs) * candleMs;
    const last = candles.at(-1);
    if (last?.time === begins) candles[candles.length - 1] = extended(last, markPrice);
    else candles.push(extended(opened(begins, last, candleMs, markPrice), markPrice));
  }
  return candles;
}

function opened(time: number, last: Candle | undefined, candleMs: number, price: number): Candle {
  // after a hole nobody knows where it opened
  const open = last !== undefined && last.time + candleMs === time ? last.close : price;
  return { time, open, high: open, low: open, close: open };
}

function extended({ high, low, ...candle }: Candle, price: number): Candle {
  return { ...candle, high: Math.max(high, price), low: Math.min(low, price), close: price };
}
