import { expect } from "vitest";
import type { Dialect, Untold } from "./dialect.ts";
import { binancecoinm } from "./dialects/binancecoinm.ts";
import { bitfinex } from "./dialects/bitfinex.ts";
import { deribit } from "./dialects/deribit.ts";
import { htx } from "./dialects/htx.ts";
import { kucoinfutures } from "./dialects/kucoinfutures.ts";
import { binance } from "./dialects/binanceusdm.ts";
import { bybit } from "./dialects/bybit.ts";
import { bitget } from "./dialects/bitget.ts";
import { hyperliquid } from "./dialects/hyperliquid.ts";
import { krakenfutures } from "./dialects/krakenfutures.ts";
import { mexc } from "./dialects/mexc.ts";
import { gate } from "./dialects/gate.ts";
import { markOf, truth } from "./world.ts";
import { okx } from "./dialects/okx.ts";

export const dialects: readonly Dialect[] = [
  binance,
  bybit,
  okx,
  gate,
  bitget,
  hyperliquid,
  mexc,
  krakenfutures,
  binancecoinm,
  kucoinfutures,
  htx,
  bitfinex,
  deribit,
];

const telling = (figure: Untold): readonly Dialect[] =>
  dialects.filter(({ lacks }) => !lacks.includes(figure));

/** Those that say when their figures were taken, keep open interest's history, compare accounts, show the mark's candles, answer for all contracts at once. */
export const timed = telling("venue time");
export const remembering = telling("history");
export const comparing = telling("ratio");
export const marking = telling("marks");
export const bulk = telling("bulk");

/** Those whose refusal of a symbol is known. */
export const refusing = dialects.flatMap((dialect) =>
  dialect.unknownSymbol === undefined ? [] : [{ ...dialect, refusal: dialect.unknownSymbol }],
);

/** What a bar shows of the mark: its extremes, where the venue publishes them. */
export function marksOf(dialect: Dialect, openTime: number): { markHigh?: number; markLow?: number } {
  if (!marking.includes(dialect)) return {};
  const { high, low } = markOf(truth.candle(openTime));
  return { markHigh: high, markLow: low };
}

/** What a bar that closed at `close` shows of open interest and accounts, where the venue tells it. */
export function positioningOf(dialect: Dialect, close: number): object {
  return {
    ...openInterestOf(dialect, close),
    ...(comparing.includes(dialect) ? { longShortRatio: expect.closeTo(truth.longShortRatio, 9) } : {}),
  };
}

export const openInterestOf = (dialect: Dialect, close: number): object =>
  remembering.includes(dialect) ? { openInterest: expect.closeTo(truth.openInterest(close), 6) } : {};

export const markPriceOf = (dialect: Dialect, now: number): number =>
  dialect.markPrice?.(truth, now) ?? truth.markPrice;
