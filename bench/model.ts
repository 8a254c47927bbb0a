import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import {
  aggregateVenues,
  toLiquidationMap,
  type Aggregate,
  type VenueInput,
} from "../src/model/aggregate.ts";
import { readCascade } from "../src/model/cascade.ts";
import { freshNotionalMemory, measureImbalance } from "../src/model/imbalance.ts";
import { createNullMap } from "../src/model/nullMap.ts";
import { drawDistances, drawWithin } from "../src/model/posterior.ts";
import { mixOf, partsWithin } from "../src/model/stack.ts";
import {
  applyStacked,
  createStacked,
  decodeStacked,
  encodeStacked,
  stackedLevels,
  warmStartStacked,
  type StackedSeries,
} from "../src/model/stackedSeries.ts";
import type { Bar, SeriesSpec } from "../src/model/types.ts";
import { packMap } from "../src/store/market/map.ts";
import { measureLearning } from "./support/learning.ts";
import { median, printTable } from "./support/print.ts";

const monthOfBars = 8640;
const rounds = 11;

/** The model's costs, beside a plain pass over every cell in the same process. */
export async function run(): Promise<void> {
  const bars = walk(monthOfBars + 500);
  const month = bars.slice(0, monthOfBars);
  const later = bars.slice(monthOfBars);
  // first, while there is no garbage of the others
  const memory = memoryRows(month);
  const series = warmStartStacked(spec("a"), month);
  printTable([
    ["one venue's contract, 30 days of 5 min bars", ""],
    ...barRows(month, later),
    ...snapshotRows(series),
    ...memory,
  ]);
  printTable([
    ["one symbol", ""],
    ...drawRows(month),
    ...recomputeRows(month),
    ...nullRows(series, month),
    ...learningRows(month),
  ]);
}

/** Interleaved with the plain pass, so that both meet the same noise. */
function barRows(month: readonly Bar[], later: readonly Bar[]): string[][] {
  const plain = plainPass();
  const figures = { plain: [] as number[], bar: [] as number[], rebuild: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    figures.plain.push(timed(() => later.forEach(plain)) / later.length);
    let series = createStacked(spec("a"));
    figures.rebuild.push(timed(() => (series = warmStartStacked(spec("a"), month))));
    const next = (bar: Bar): void => {
      applyStacked(series, bar);
      askAlert(series);
    };
    figures.bar.push(timed(() => later.forEach(next)) / later.length);
  }
  const [bar, pass] = [median(figures.bar), median(figures.plain)];
  return [
    ["a closed bar, then what lies within 2 and 10 % on both sides", us(bar)],
    ["a plain pass over 2 × 8 × 2,400 cells", `${us(pass)}, ${(pass / bar).toFixed(1)} times that`],
    ["all rebuilt from bars", `${median(figures.rebuild).toFixed(0)} ms`],
  ];
}

let asked = 0;

/** The parts of one side are those of the other, the first two exchanged. */
function askAlert({ series, stack }: StackedSeries): void {
  const [first = 0, second = 0, far = 0, near = 0] = mixOf(stack);
  for (const distance of [0.02, 0.1]) {
    const [long = 0, short = 0, wide = 0, close = 0] = partsWithin(stack, series.state, "long", distance);
    const both = far * wide + near * close;
    asked += first * long + second * short + both;
    asked += first * short + second * long + both;
  }
}

function snapshotRows(series: StackedSeries): string[][] {
  const bytes = encodeStacked(series);
  const encode = medianTime(500, () => encodeStacked(series));
  const decode = medianTime(500, () => decodeStacked(bytes, series.spec));
  return [["snapshot", `${(bytes.length / 1000).toFixed(1)} kB, encode ${us(encode)}, decode ${us(decode)}`]];
}

const seriesMeasured = 100;

/** What a series adds to the process, over what its typed arrays hold. */
function memoryRows(month: readonly Bar[]): string[][] {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect !== "function") return [];
  const used = (): number => {
    for (let turn = 0; turn < 4; turn += 1) collect();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const few = month.slice(0, 300);
  warmStartStacked(spec("a"), few);
  const before = used();
  const held = Array.from({ length: seriesMeasured }, (_, i) => warmStartStacked(spec(`${i}`), few));
  const each = (used() - before) / held.length;
  const typed = arrayBytes(held[0]);
  return [
    [
      "memory of a live series",
      `${(each / 1000).toFixed(0)} kB, ${(each / typed).toFixed(2)} times its typed arrays`,
    ],
  ];
}

function arrayBytes(value: unknown): number {
  if (ArrayBuffer.isView(value)) return value.byteLength;
  if (typeof value !== "object" || value === null) return 0;
  return Object.values(value).reduce<number>((sum, part) => sum + arrayBytes(part), 0);
}

function aggregateOf(venues: readonly StackedSeries[], forming: Bar): Aggregate {
  return aggregateVenues(
    "BTC",
    0,
    venues.map((series) => inputOf(series, forming)),
  );
}

function weigh({ longParts, shortParts }: Aggregate): void {
  drawDistances(longParts, shortParts, 1e9);
  for (const distance of [0.01, 0.02, 0.05]) {
    drawWithin(longParts, distance);
    drawWithin(shortParts, distance);
  }
}

/** Between closes, draws only weigh the parts anew; at a close, the parts are made anew before. */
function drawRows(month: readonly Bar[]): string[][] {
  const venues = venuesOf(month.slice(0, -1));
  const forming = month.at(-1) ?? fail();
  const aggregate = aggregateOf(venues, forming);
  const closes = venuesOf(month.slice(0, -100));
  const closed = month.slice(-100).map((bar) =>
    timed(() => {
      for (const series of closes) applyStacked(series, bar);
      weigh(aggregateOf(closes, bar));
    }),
  );
  return [
    ["200 draws weighed anew: distances, ratio, three bands", us(medianTime(300, () => weigh(aggregate)))],
    ["the same with a bar's close on three venues before", us(median(closed))],
  ];
}

function recomputeRows(month: readonly Bar[]): string[][] {
  const venues = venuesOf(month.slice(0, -1));
  const forming = month.at(-1) ?? fail();
  const first = venues[0] ?? fail();
  const levels = medianTime(300, () => stackedLevels(first, forming.close, forming));
  const whole = medianTime(300, () =>
    measureImbalance(aggregateOf(venues, forming), freshNotionalMemory, { episodeOpen: false }),
  );
  const aggregate = aggregateOf(venues, forming);
  const packed = medianTime(300, () => packMap(toLiquidationMap(aggregate)));
  return [
    ["levels of one venue with the forming bar", us(levels)],
    ["imbalance of three venues with their forming bars, draws included", us(whole)],
    ...cascadeRows(aggregate),
    ["the map to publish, rounded and packed", us(packed)],
  ];
}

function cascadeRows({ longParts: long, shortParts: short }: Aggregate): string[][] {
  const figures = [1e5, 1e7, 1e9].map((notionalUsd) => {
    const side = Array.from({ length: 50 }, (_, i) => [i / 1000, notionalUsd] as const);
    const books = [{ venue: "a", observedAt: 0, bids: side, asks: side }];
    const input = { long, short, books, bookCoverage: 1, realisedShare: null };
    return us(medianTime(300, () => readCascade(input)));
  });
  return [["cascades in thin, middling and deep books", figures.join(", ")]];
}

function nullRows(series: StackedSeries, month: readonly Bar[]): string[][] {
  const { close } = month.at(-1) ?? fail();
  const anew = medianTime(30, () => createNullMap(series.spec).levels(series.path, close));
  const kept = createNullMap(series.spec);
  const again = medianTime(300, () => kept.levels(series.path, close));
  return [["null map", `${us(again)}, made anew once a day ${us(anew)}`]];
}

function learningRows(month: readonly Bar[]): string[][] {
  const { bar, day, slowestDay, bytes, encode, decode } = measureLearning(spec("a"), month);
  return [
    ["a closed bar whose liquidations are told", us(bar)],
    ["a day's end: what was learned is judged", `${us(day)}, at most ${us(slowestDay)}`],
    ["what is learned", `${(bytes / 1000).toFixed(1)} kB, encode ${us(encode)}, decode ${us(decode)}`],
  ];
}

function venuesOf(bars: readonly Bar[]): StackedSeries[] {
  return ["a", "b", "c"].map((venue) => warmStartStacked(spec(venue), bars));
}

function inputOf(series: StackedSeries, forming: Bar): VenueInput {
  return {
    id: series.spec.venue,
    status: "fresh",
    ageMs: 0,
    method: "estimated",
    markPrice: forming.close,
    openInterestUsd: (forming.openInterest ?? 0) * forming.close,
    levels: stackedLevels(series, forming.close, forming),
  };
}

const plainTiers = 8;
const plainBins = 2400;

/**
 * The same done plainly, on two sides, eight tiers and 2,400 bins: every cell decays, is emptied where the bar passed,
 * takes in its share of what opened, and counts if it is near.
 */
function plainPass(): (bar: Bar) => void {
  const cells = new Float64Array(2 * plainTiers * plainBins).fill(1);
  const entries = new Float64Array(2 * plainTiers * plainBins).fill(1 / plainBins);
  return (bar) => {
    const crossed = Math.floor(Math.log(bar.high / bar.low) / 0.0005);
    for (let from = 0; from < cells.length; from += plainBins) {
      const kept = 1 - 1e-9 * from;
      cells.fill(0, from, from + crossed);
      for (let i = from; i < from + plainBins; i += 1) {
        cells[i] = (cells[i] ?? 0) * kept + bar.volume * (entries[i] ?? 0);
      }
      for (let i = from; i < from + 200; i += 1) asked += cells[i] ?? 0;
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

function us(milliseconds: number): string {
  return milliseconds < 1
    ? `${(milliseconds * 1000).toFixed(milliseconds < 0.1 ? 1 : 0)} µs`
    : `${milliseconds.toFixed(1)} ms`;
}

function fail(): never {
  throw new Error("no series");
}
