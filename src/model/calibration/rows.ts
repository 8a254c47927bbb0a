import type { Sample } from "../score/negBin.ts";
import { partCount } from "../stack.ts";
import type { Side } from "../types.ts";

/**
 * What was consumed of each part and what was reported as liquidated, in USD, hour by hour and side by side, of the last
 * four weeks: a ring by hour since the epoch. A byte holds a figure to 4 %, which is nothing beside how liquidations
 * scatter; only the hour under way is kept exactly.
 */
export interface Rows {
  /** The hour under way; −1 before the first. */
  newest: number;
  /** packed[((hour % hours) · 2 + side) · width + figure]; what was liquidated is the last figure of a row. */
  readonly packed: Uint8Array;
  /** The same of the hour under way; NaN where nothing is known. */
  readonly open: Float64Array;
}

const daysKept = 28;
const dayHours = 24;
const hours = daysKept * dayHours;
export const rowWidth = partCount + 1;
const hourWidth = 2 * rowWidth;
const sideIndex: Readonly<Record<Side, number>> = { long: 0, short: 1 };

export function createRows(): Rows {
  return {
    newest: -1,
    packed: new Uint8Array(hours * hourWidth),
    open: new Float64Array(hourWidth).fill(NaN),
  };
}

/** Adds to the hour under way; parts in order, what was liquidated last. */
export function addToOpen({ open }: Rows, side: Side, figures: readonly number[]): void {
  const from = sideIndex[side] * rowWidth;
  figures.forEach((figure, j) => {
    const before = open[from + j] ?? NaN;
    open[from + j] = Number.isNaN(before) ? figure : before + figure;
  });
}

/** The hour under way is over: it is packed away. */
export function closeHour({ newest, packed, open }: Rows): void {
  if (newest < 0) return;
  packed.set(Uint8Array.from(open, packFigure), (newest % hours) * hourWidth);
  open.fill(NaN);
}

/** Another hour begins; those between were never reported. */
export function openHour(rows: Rows, hour: number): void {
  const first = Math.max(rows.newest, hour - hours) + 1;
  for (let missed = first; missed <= hour; missed += 1) {
    const from = (missed % hours) * hourWidth;
    rows.packed.fill(0, from, from + hourWidth);
  }
  rows.newest = hour;
}

/** Code 0 is unknown, 1 next to nothing; the others are steps of 7 % from $500 to 30 billion. */
const unknown = 0;
const nothing = 1;
const leastUsd = 500;
const stepsPerE = 14;

function packFigure(usd: number): number {
  if (Number.isNaN(usd)) return unknown;
  if (usd < leastUsd) return nothing;
  return Math.min(255, nothing + 1 + Math.round(stepsPerE * Math.log(usd / leastUsd)));
}

const figures = Float64Array.from({ length: 256 }, (_, code) =>
  code <= nothing ? 0 : leastUsd * Math.exp((code - nothing - 1) / stepsPerE),
);

export function dayOfHour(hour: number): number {
  return Math.floor(hour / dayHours);
}

/** Closed hours of the days [from, to) that were reported, with each one's day. */
export function sampleOf(rows: Rows, from: number, to: number): Sample & { readonly day: Int32Array } {
  const places: number[] = [];
  const days: number[] = [];
  const first = Math.max(from * dayHours, rows.newest - hours + 1, 0);
  for (let hour = first; hour < to * dayHours && hour <= rows.newest; hour += 1) {
    for (const side of [0, 1]) {
      const at = (hour % hours) * hourWidth + side * rowWidth;
      if (rows.packed[at + partCount] === unknown) continue;
      places.push(at);
      days.push(dayOfHour(hour));
    }
  }
  const sample = { count: places.length, width: rowWidth, day: Int32Array.from(days) };
  const x = new Float64Array(sample.count * rowWidth).fill(1);
  places.forEach((at, i) => {
    for (let j = 0; j < partCount; j += 1) x[i * rowWidth + j] = figures[rows.packed[at + j] ?? unknown] ?? 0;
  });
  const y = Float64Array.from(places, (at) => figures[rows.packed[at + partCount] ?? unknown] ?? 0);
  return { ...sample, x, y };
}
