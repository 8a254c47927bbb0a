import type { Candle, RealisedLiquidation } from "../../../src/charts/contracts.ts";
import type { MapColumn } from "../../../src/model/column.ts";
import { sampleTime } from "../samples.ts";

export interface HeatOptions {
  readonly mark: number;
  readonly columnMs: number;
  readonly columns: number;
  readonly candleMs: number;
  readonly binWidth: number;
}

export interface SampleHeat {
  readonly from: number;
  readonly to: number;
  readonly columns: readonly MapColumn[];
  readonly candles: readonly Candle[];
  readonly liquidations: readonly RealisedLiquidation[];
}

const reach = 0.12;

/** Leverage that opens where price is, stands until price comes by, and is liquidated then: made by arithmetic. */
export function sampleHeat({ mark, columnMs, columns, candleMs, binWidth }: HeatOptions): SampleHeat {
  const to = sampleTime;
  const from = to - columns * columnMs;
  const path = pricePath(columns, mark);
  const standing = new Map<number, number>();
  const made: MapColumn[] = [];
  const liquidations: RealisedLiquidation[] = [];
  path.forEach((price, step) => {
    const before = path[step - 1] ?? price;
    const time = from + step * columnMs;
    open(standing, price, binWidth, step);
    const taken = consume(standing, before, price, binWidth);
    const liquidatedSide = price < before ? "long" : "short";
    if (taken > 2e6) liquidations.push({ time, price, notionalUsd: taken, liquidatedSide });
    made.push(columnOf(standing, time, price, binWidth));
  });
  return { from, to, columns: made, candles: candlesOf(path, from, columnMs, candleMs), liquidations };
}

function pricePath(steps: number, mark: number): number[] {
  const wave = (i: number): number => {
    const t = i / steps;
    return (
      0.014 * Math.sin(5.2 * t + 0.6) +
      0.006 * Math.sin(17 * t) +
      0.0022 * Math.sin(i * 1.7) * Math.sin(i / 9)
    );
  };
  return Array.from({ length: steps }, (_, i) => mark * Math.exp(wave(i) - wave(steps - 1)));
}

function open(standing: Map<number, number>, price: number, binWidth: number, step: number): void {
  for (const leverage of [100, 50, 25, 10]) {
    for (const outward of [-1, 1]) {
      const distance = (0.9 / leverage) * (1 + 0.35 * Math.sin(step * 2.3 + leverage));
      const bin = Math.floor((Math.log(price) + outward * distance) / binWidth);
      const usd = 1e6 * (0.2 + Math.abs(Math.sin(step / 11 + leverage)) ** 3 * 6);
      standing.set(bin, (standing.get(bin) ?? 0) + usd);
    }
  }
}

function consume(standing: Map<number, number>, before: number, price: number, binWidth: number): number {
  const [low, high] = [Math.min(before, price), Math.max(before, price)].map((p) =>
    Math.floor(Math.log(p) / binWidth),
  );
  let taken = 0;
  for (const [bin, usd] of standing) {
    if (bin >= (low ?? 0) && bin <= (high ?? 0)) {
      taken += usd;
      standing.delete(bin);
    } else standing.set(bin, usd * 0.994);
  }
  return taken;
}

function columnOf(
  standing: Map<number, number>,
  time: number,
  markPrice: number,
  binWidth: number,
): MapColumn {
  const first = Math.floor((Math.log(markPrice) - reach) / binWidth);
  const notionalUsd = Float32Array.from(
    { length: Math.ceil((2 * reach) / binWidth) },
    (_, i) => standing.get(first + i) ?? 0,
  );
  return { time, markPrice, firstBin: first, binWidth, notionalUsd };
}

function candlesOf(path: readonly number[], from: number, columnMs: number, candleMs: number): Candle[] {
  const each = Math.round(candleMs / columnMs);
  return Array.from({ length: Math.ceil(path.length / each) }, (_, i) => {
    const prices = path.slice(i * each, (i + 1) * each + 1);
    const [open, close] = [prices[0] ?? 0, prices.at(-1) ?? 0];
    const wick = open * 0.0006;
    return {
      time: from + i * candleMs,
      open,
      close,
      high: Math.max(...prices) + wick,
      low: Math.min(...prices) - wick,
    };
  });
}
