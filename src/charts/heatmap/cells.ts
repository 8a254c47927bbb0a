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

/** A bin's notional lies evenly over it; a row takes its part of each. */
function fillColumn(
  { columns, rows, usd }: Cells,
  at: number,
  column: MapColumn,
  low: number,
  rowSize: number,
): void {
  const { firstBin, binWidth, notionalUsd } = column;
  const lowest = firstBin * binWidth;
  for (let row = 0; row < rows; row += 1) {
    const from = (low + (rows - 1 - row) * rowSize - lowest) / binWidth;
    const to = from + rowSize / binWidth;
    let sum = 0;
    const last = Math.min(notionalUsd.length - 1, Math.floor(to));
    for (let bin = Math.max(0, Math.floor(from)); bin <= last; bin += 1) {
      sum += (notionalUsd[bin] ?? 0) * Math.max(0, Math.min(to, bin + 1) - Math.max(from, bin));
    }
    usd[row * columns + at] = sum;
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
const darkest = 0.2;
const leastSpan = 10;
const mostSpan = 300;

export function scaleOf({ usd }: Cells): ColourScale | undefined {
  const known = usd.filter((value) => value > 0).toSorted();
  const quantile = (share: number): number | undefined =>
    known[Math.min(known.length - 1, Math.floor(known.length * share))];
  const [low, most] = [quantile(darkest), quantile(brightest)];
  if (low === undefined || most === undefined) return undefined;
  return { least: Math.min(Math.max(low, most / mostSpan), most / leastSpan), most };
}

/** Colours by the logarithm of notional; index 0 stands for "nothing recorded", 1 for the least. */
export function coloursOf({ usd }: Cells, { least, most }: ColourScale): Uint8Array {
  const steps = (colourCount - 2) / Math.log(most / least);
  return Uint8Array.from(usd, (value) => {
    if (Number.isNaN(value)) return 0;
    const share = value > least ? Math.log(value / least) * steps : 0;
    return 1 + Math.min(colourCount - 2, Math.round(share));
  });
}
