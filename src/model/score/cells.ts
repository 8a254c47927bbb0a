import { reachOf } from "../stack.ts";
import type { Bar, Side } from "../types.ts";
import type { MapModel } from "./mapModel.ts";

/** Liquidations of one interval, base units; NaN or absent is unknown. */
export interface RealisedTotal {
  readonly openTime: number;
  readonly longLiquidations: number | undefined;
  readonly shortLiquidations: number | undefined;
}

export interface CellOptions {
  /** In order of time. */
  readonly bars: readonly Bar[];
  readonly totals: readonly RealisedTotal[];
  /** Of the totals; a multiple of the bars'. */
  readonly intervalMs: number;
  readonly models: Models;
}

/** By name; `leading` is the one whose lean is compared with later returns. */
type Models = Readonly<Record<string, MapModel>> & { readonly leading: MapModel };

/**
 * What is scored: one cell a scored interval and side, long then short, in order of time. Money is in thousands of
 * USD at the last price: to a count model, $100 are hardly more than nothing, and should be.
 */
export interface Cells {
  readonly count: number;
  readonly intervalMs: number;
  /** Days since the epoch of the first bar. */
  readonly firstDay: number;
  /** UTC days since then. */
  readonly day: Int32Array;
  /** Liquidated; NaN where unknown. */
  readonly realised: Float64Array;
  /** How far the mark went beyond the last close of the interval before, ln price. */
  readonly reach: Float64Array;
  /** ln²(high/low) summed over the interval's bars; the same on both sides. */
  readonly range: Float64Array;
  /** Last price of the interval. */
  readonly price: Float64Array;
  /** Mass of the leading model near the price at the interval's end, part by part. */
  readonly ahead: readonly Float64Array[];
  /** Mass between price and reach by model, part by part, summed over the interval's bars. */
  readonly fuel: Readonly<Record<string, readonly Float64Array[]>>;
}

export const sides = ["long", "short"] as const;

const dayMs = 86_400_000;
/** What a unit of the cells' money is worth. */
export const moneyUnitUsd = 1000;
/** Distance within which the map's lean is read. */
const leanDistance = 0.02;

/** Asks every model about each bar before it is told of it. */
export function collectCells({ bars, totals, intervalMs, models }: CellOptions): Cells {
  const startTime = Math.floor((bars[0]?.openTime ?? 0) / intervalMs) * intervalMs;
  const intervals = Math.floor(((bars.at(-1)?.openTime ?? startTime) - startTime) / intervalMs) + 1;
  const cells = emptyCells(2 * intervals, startTime, intervalMs, models);
  const walk: Walk = { interval: -1, lastPrice: undefined, intervalPrice: undefined };
  for (const bar of bars) {
    addBar(cells, walk, bar, Math.floor((bar.openTime - startTime) / intervalMs), models);
  }
  for (const total of totals) addTotal(cells, total, (total.openTime - startTime) / intervalMs);
  return cells;
}

function emptyCells(count: number, startTime: number, intervalMs: number, models: Models): Cells {
  const firstDay = Math.floor(startTime / dayMs);
  const dayOf = (cell: number) =>
    Math.floor((startTime + Math.floor(cell / 2) * intervalMs) / dayMs) - firstDay;
  const column = (): Float64Array => new Float64Array(count);
  const parts = (model: MapModel): Float64Array[] => model.within("long", 0).map(column);
  return {
    count,
    intervalMs,
    firstDay,
    day: Int32Array.from({ length: count }, (_, cell) => dayOf(cell)),
    realised: column().fill(NaN),
    reach: column(),
    range: column(),
    price: column().fill(NaN),
    ahead: parts(models.leading),
    fuel: Object.fromEntries(Object.entries(models).map(([name, model]) => [name, parts(model)])),
  };
}

/** Where the walk over the bars stands. */
interface Walk {
  interval: number;
  lastPrice: number | undefined;
  /** Last price of the interval before this one. */
  intervalPrice: number | undefined;
}

function addBar(cells: Cells, walk: Walk, bar: Bar, interval: number, models: Models): void {
  if (interval !== walk.interval) walk.intervalPrice = walk.lastPrice;
  walk.interval = interval;
  sides.forEach((side, index) => {
    const cell = 2 * interval + index;
    noteBar(cells, bar, cell, reachOf(side, bar, walk.intervalPrice));
    if (walk.lastPrice === undefined) return;
    const ask = { side, distance: reachOf(side, bar, walk.lastPrice), unit: walk.lastPrice / moneyUnitUsd };
    askModels(cells, cell, ask, models);
  });
  for (const model of Object.values(models)) model.absorb(bar);
  sides.forEach((side, index) => {
    const near = models.leading.within(side, leanDistance);
    near.forEach((mass, part) => put(cells.ahead[part], 2 * interval + index, mass));
  });
  walk.lastPrice = bar.close;
}

function noteBar(cells: Cells, bar: Bar, cell: number, reach: number): void {
  put(cells.reach, cell, Math.max(cells.reach[cell] ?? 0, reach));
  put(cells.price, cell, bar.close);
  put(cells.range, cell, (cells.range[cell] ?? 0) + Math.log(bar.high / bar.low) ** 2);
}

interface Ask {
  readonly side: Side;
  readonly distance: number;
  /** Money a contract is worth. */
  readonly unit: number;
}

function askModels(cells: Cells, cell: number, { side, distance, unit }: Ask, models: Models): void {
  for (const [name, model] of Object.entries(models)) {
    model.within(side, distance).forEach((mass, part) => {
      const column = cells.fuel[name]?.[part];
      put(column, cell, (column?.[cell] ?? 0) + mass * unit);
    });
  }
}

function put(column: Float64Array | undefined, cell: number, value: number): void {
  if (column !== undefined) column[cell] = value;
}

/** Totals outside of the bars, or off their grid, are nobody's. */
function addTotal(cells: Cells, total: RealisedTotal, interval: number): void {
  if (!Number.isInteger(interval) || interval < 0 || 2 * interval >= cells.count) return;
  const unit = (cells.price[2 * interval] ?? NaN) / moneyUnitUsd;
  cells.realised[2 * interval] = (total.longLiquidations ?? NaN) * unit;
  cells.realised[2 * interval + 1] = (total.shortLiquidations ?? NaN) * unit;
}
