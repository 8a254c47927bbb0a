import type { MapColumn } from "../../model/column.ts";
import type { HeatmapRequest } from "../contracts.ts";
import { colourCount } from "./colours.ts";

/** Notional by time and price: `columns` × `rows`, row 0 on top; NaN where nothing was recorded. */
export interface Cells {
  readonly columns: number;
  readonly rows: number;
  readonly usd: Float64Array;
}

/** Lays the columns on a grid of cells between two ln prices. */
export function cellsOf(
  { from, to, columns, columnMs }: HeatmapRequest,
  low: number,
  high: number,
  rows: number,
): Cells {
  const count = Math.max(1, Math.ceil((to - from) / columnMs));
  const usd = new Float64Array(count * rows).fill(Number.NaN);
  const cells = { columns: count, rows, usd };
  for (const column of columns) {
    const at = Math.floor((column.time - from) / columnMs);
    if (at >= 0 && at < count) fillColumn(cells, at, column, low, (high - low) / rows);
  }
  return cells;
}

/** A bin's notional lies evenly over it; a row takes its part of each: the difference of two running totals. */
function fillColumn(
  { columns, rows, usd }: Cells,
  at: number,
  { firstBin, binWidth, notionalUsd }: MapColumn,
  low: number,
  rowSize: number,
): void {
  const totals = new Float64Array(notionalUsd.length + 1);
  for (let bin = 0; bin < notionalUsd.length; bin += 1) {
    totals[bin + 1] = (totals[bin] ?? 0) + (notionalUsd[bin] ?? 0);
  }
  const below = (logPrice: number): number => {
    const position = Math.min(Math.max(logPrice / binWidth - firstBin, 0), notionalUsd.length);
    const bin = Math.floor(position);
    return (totals[bin] ?? 0) + (position - bin) * (notionalUsd[bin] ?? 0);
  };
  let lower = below(low);
  for (let row = rows - 1; row >= 0; row -= 1) {
    const upper = below(low + (rows - row) * rowSize);
    usd[row * columns + at] = upper - lower;
    lower = upper;
  }
}

/** Ends of the colour scale, USD in a cell. */
export interface ColourScale {
  readonly least: number;
  readonly most: number;
}

/** One freak cell must not turn all others dark. */
const brightest = 0.997;
/** Below this many of the cells nothing is told apart, within bounds of the brightest. */
const darkest = 0.3;
const leastSpan = 5;
const mostSpan = 300;

/** USD in a cell: less is what differences of running totals leave of nothing. */
const nothing = 0.01;

/** Sorting all of a month's cells takes longer than drawing them; these tell its quantiles as well. */
const mostSampled = 15_000;

export function scaleOf({ usd }: Cells): ColourScale | undefined {
  const stride = Math.max(1, Math.floor(usd.length / mostSampled));
  const known = usd.filter((value, i) => i % stride === 0 && value > nothing).toSorted();
  const quantile = (share: number): number | undefined =>
    known[Math.min(known.length - 1, Math.floor(known.length * share))];
  const [low, most] = [quantile(darkest), quantile(brightest)];
  if (low === undefined || most === undefined) return undefined;
  return { least: Math.min(Math.max(low, most / mostSpan), most / leastSpan), most };
}

/** Colours by the logarithm of notional; index 0 stands for "nothing recorded", 1 for the least. */
export function coloursOf({ usd }: Cells, { least, most }: ColourScale): Uint8Array {
  const steps = (colourCount - 2) / Math.log(most / least);
  const colours = new Uint8Array(usd.length);
  // plainly: 1 + steps × ln(usd / least), between 1 and 255; a loop, because a month has 144,000 cells
  for (let i = 0; i < usd.length; i += 1) {
    const value = usd[i] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    const share = value > least ? Math.log(value / least) * steps : 0;
    colours[i] = 1 + Math.min(colourCount - 2, Math.round(share));
  }
  return colours;
}
