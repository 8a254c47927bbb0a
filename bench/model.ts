import { aggregateVenues, type VenueInput } from "../src/model/aggregate.ts";
import { binCount } from "../src/model/grid.ts";
import { freshNotionalMemory, measureImbalance } from "../src/model/imbalance.ts";
import { tierCount } from "../src/model/priors.ts";
import { decodeSeries, encodeSeries, seriesLevels, warmStart, type Series } from "../src/model/series.ts";
import type { Bar, SeriesSpec } from "../src/model/types.ts";

const monthOfBars = 8640;
const rounds = 11;

/** The model's costs, beside a plain pass over every bin in the same process. Prints one line a figure. */
export async function run(): Promise<void> {
  const bars = walk(monthOfBars);
  const plain = plainPass();
  const figures = { plain: [] as number[], lazy: [] as number[] };
  // interleaved, so that both meet the same noise
  for (let round = 0; round < rounds; round += 1) {
    figures.plain.push(timed(() => bars.slice(0, 500).forEach(plain)) / 500);
    figures.lazy.push(timed(() => warmStart(spec("a"), bars)) / monthOfBars);
  }
  const bar = median(figures.lazy);
  print("a closed bar", `${us(bar)}, 1/${(median(figures.plain) / bar).toFixed(0)} of a pass over all bins`);
  print("30 days of 5 m bars rebuilt", `${(bar * monthOfBars).toFixed(1)} ms`);
  reportSnapshot(warmStart(spec("a"), bars));
  reportRecompute(bars);
}

function reportSnapshot(series: Series): void {
  const bytes = encodeSeries(series);
  const encode = medianTime(200, () => encodeSeries(series));
  const decode = medianTime(200, () => decodeSeries(bytes, series.spec));
  print("snapshot", `${bytes.length} bytes, encode ${us(encode)}, decode ${us(decode)}`);
}

function reportRecompute(bars: readonly Bar[]): void {
  const venues = ["a", "b", "c"].map((venue) => warmStart(spec(venue), bars.slice(0, -1)));
  const forming = bars.at(-1);
  if (forming === undefined) return;
  const levels = medianTime(500, () => seriesLevels(venues[0] ?? fail(), forming.close, forming));
  const whole = medianTime(500, () => {
    const inputs = venues.map((series) => inputOf(series, forming));
    measureImbalance(aggregateVenues("BTC", 0, inputs), freshNotionalMemory, { episodeOpen: false });
  });
  print("one venue's levels with the forming bar", us(levels));
  print("one recompute of a symbol on three venues", us(whole));
}

function inputOf(series: Series, forming: Bar): VenueInput {
  return {
    id: series.spec.venue,
    status: "fresh",
    ageMs: 0,
    method: "estimated",
    markPrice: forming.close,
    openInterestUsd: (forming.openInterest ?? 0) * forming.close,
    levels: seriesLevels(series, forming.close, forming),
  };
}

/** What the filter would cost without lazy factors and frontiers: every bar decays every bin of every row. */
function plainPass(): (bar: Bar) => void {
  const bins = new Float64Array(2 * tierCount * binCount).fill(1);
  const survival = Float64Array.from({ length: 2 * tierCount }, (_, row) => 1 - 1e-4 * (row + 1));
  return (bar) => {
    for (let row = 0; row < 2 * tierCount; row += 1) {
      const kept = survival[row] ?? 1;
      for (let bin = 0; bin < binCount; bin += 1) {
        const i = row * binCount + bin;
        bins[i] = (bins[i] ?? 0) * kept + (bar.volume > 0 ? 1e-6 : 0);
      }
    }
  };
}

function spec(venue: string): SeriesSpec {
  const steps = [50e3, 250e3, 1e6, 1e7, 2e7, Infinity];
  const rates = [0.004, 0.005, 0.01, 0.025, 0.05, 0.1];
  const riskTiers = steps.map((capNotional, i) => ({
    floorNotional: steps[i - 1] ?? 0,
    capNotional,
    maintenanceMarginRate: rates[i] ?? 0.1,
    maxLeverage: 125 / 2 ** i,
  }));
  return {
    venue,
    symbol: "BTC",
    market: "BTC/USDT:USDT",
    contractType: "linear",
    intervalMs: 300_000,
    riskTiers,
    liquidationFeeRate: 0,
  };
}

/** Bars of a fixed pseudo-random walk with BTC's usual range, volume and turnover. */
function walk(count: number): Bar[] {
  let seed = 20_260_113;
  const draw = (): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed / 2 ** 32 - 0.5;
  };
  let price = 9e4;
  let openInterest = 9e4;
  return Array.from({ length: count }, (_, i) => {
    const open = price;
    price *= Math.exp(0.004 * draw());
    const volume = 400 * Math.exp(2 * draw());
    openInterest += 0.2 * volume * draw();
    const high = Math.max(open, price) * (1 + 0.0006 * (draw() + 0.5));
    const low = Math.min(open, price) * (1 - 0.0006 * (draw() + 0.5));
    return { openTime: i * 300_000, open, high, low, close: price, volume, openInterest };
  });
}

function timed(work: () => unknown): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

function medianTime(times: number, work: () => unknown): number {
  return median(Array.from({ length: times }, () => timed(work)));
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}

function us(milliseconds: number): string {
  return `${(milliseconds * 1000).toFixed(milliseconds < 0.01 ? 2 : 0)} µs`;
}

function print(what: string, figure: string): void {
  console.log(`model: ${what}: ${figure}`);
}

function fail(): never {
  throw new Error("no series");
}
