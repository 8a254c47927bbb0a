import type { Cells } from "./cells.ts";
import { fitMeans, meanOf, type Fit, type Link, type Sample } from "./negBin.ts";

/** Before this day nothing is used: the map still fills. */
export const firstUsedDay = 4;
/** From this day on predictions count. */
export const firstScoredDay = 10;

/** Figures that a mean is made from, for cells [0, `cells.count`). */
export interface Design {
  readonly link: Link;
  readonly width: number;
  /** Writes the figures of cells [0, end) as they are to be on that day, `width` a cell. */
  readonly write: (x: Float64Array, end: number, day: number) => void;
}

export interface Forecast {
  /** Predicted mean by cell, in the cells' money; NaN before the first scored day. */
  readonly mean: Float64Array;
  /** What each day was predicted with, by day. */
  readonly fits: ReadonlyMap<number, Fit>;
}

/** Each UTC day is predicted by a fit to the days before it. */
export function walkForward(cells: Cells, design: Design): Forecast {
  const { link, width } = design;
  const known = usedCells(cells);
  const x = new Float64Array(cells.count * width);
  const mean = new Float64Array(cells.count).fill(NaN);
  const fits = new Map<number, Fit>();
  let fit: Fit | undefined;
  for (const { day, from, to } of daysOf(cells)) {
    if (day < firstScoredDay) continue;
    design.write(x, to, day);
    const sample = pastSample(cells, known, x, width, day);
    if (sample.count < leastCells) continue;
    fit = fitMeans(link, sample, fit ?? firstGuess(link, sample));
    fits.set(day, fit);
    for (let cell = from; cell < to; cell += 1) mean[cell] = meanOf(link, fit.theta, x, cell * width);
  }
  return { mean, fits };
}

/** Fewer say nothing about a level, a background and a size. */
const leastCells = 24;

/** Days with their cells [from, to). */
export function daysOf({ day, count }: Cells): { day: number; from: number; to: number }[] {
  const days: { day: number; from: number; to: number }[] = [];
  for (let cell = 0; cell < count; cell += 1) {
    const last = days.at(-1);
    if (last !== undefined && last.day === day[cell]) last.to = cell + 1;
    else days.push({ day: day[cell] ?? 0, from: cell, to: cell + 1 });
  }
  return days;
}

/** Cells whose liquidations are known, from the first day that may be used. */
export function usedCells({ day, realised, count }: Cells): Int32Array {
  const used: number[] = [];
  for (let cell = 0; cell < count; cell += 1) {
    if ((day[cell] ?? 0) >= firstUsedDay && !Number.isNaN(realised[cell])) used.push(cell);
  }
  return Int32Array.from(used);
}

/** Cells that were predicted and whose liquidations are known. */
export function scoredCells({ realised }: Cells, mean: Float64Array): number[] {
  return Array.from(realised.keys()).filter(
    (cell) => !Number.isNaN(realised[cell]) && !Number.isNaN(mean[cell]),
  );
}

export function pastSample(
  cells: Cells,
  known: Int32Array,
  x: Float64Array,
  width: number,
  before: number,
): Sample {
  let count = 0;
  while (count < known.length && (cells.day[known[count] ?? 0] ?? 0) < before) count += 1;
  const sample = { y: new Float64Array(count), x: new Float64Array(count * width), width, count };
  for (let i = 0; i < count; i += 1) {
    const cell = known[i] ?? 0;
    sample.y[i] = cells.realised[cell] ?? 0;
    for (let j = 0; j < width; j += 1) sample.x[i * width + j] = x[cell * width + j] ?? 0;
  }
  return sample;
}

/** Every figure explains its part of the mean; in logs the first one is the constant and explains all. */
export function firstGuess(link: Link, { y, x, width, count }: Sample): Fit {
  const mean = y.reduce((sum, value) => sum + value, 0) / count;
  const theta = Array.from({ length: width }, (_, j) => {
    if (link === "log-linear") return j === 0 ? Math.log(Math.max(mean, 1e-6)) : 0;
    let sum = 0;
    for (let i = 0; i < count; i += 1) sum += x[i * width + j] ?? 0;
    return sum > 0 ? (mean * count) / sum / width : 1;
  });
  return { theta, size: 0.4, logLikelihood: -Infinity };
}
