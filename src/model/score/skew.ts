import { bootstrapDays, type Estimate } from "./bootstrap.ts";
import type { Cells } from "./cells.ts";
import { partialCorrelation, regress } from "./statistics.ts";

/** ln(realised short/long) of many windows beside the modelled. */
export interface SkewScore {
  readonly windows: number;
  /** Of the realised on the modelled: under 1, the map overstates. */
  readonly slope: Estimate;
  /** Share of windows on the modelled side, where |ln realised| > .2. */
  readonly sign: Estimate;
  readonly correlation: Estimate;
  /** What of it is left once the reach's own skew is known. */
  readonly partialCorrelation: Estimate;
}

const hourMs = 3_600_000;
const leastSkew = 0.2;

/** One contract's predictions; `reachMean` are those of the reach alone. */
export interface SkewSource {
  readonly cells: Cells;
  readonly mean: Float64Array;
  readonly reachMean: Float64Array;
}

/** `dayIndex` numbers the scored days, for the bootstrap. */
export function scoreSkew(
  sources: readonly SkewSource[],
  hours: number,
  dayIndex: ReadonlyMap<number, number>,
  random: () => number,
): SkewScore {
  const windows = sources.flatMap((source) => windowsOf(source, hours));
  const column = (of: (window: Window) => number) => Float64Array.from(windows, of);
  const realised = column(({ sums }) => skewOf(sums.realised));
  const modelled = column(({ sums }) => skewOf(sums.mean));
  const reached = column(({ sums }) => skewOf(sums.reachMean));
  const days = windows.map(({ day }) => dayIndex.get(day) ?? -1);
  const weights = new Float64Array(windows.length);
  const estimate = (statistic: () => number): Estimate => {
    const weigh = (drawn: Int32Array): number => {
      days.forEach((day, i) => (weights[i] = drawn[day] ?? 0));
      return statistic();
    };
    return bootstrapDays(dayIndex.size, weigh, random);
  };
  return {
    windows: windows.length,
    slope: estimate(() => regress(realised, modelled, weights).slope),
    sign: estimate(() => signShare(realised, modelled, weights)),
    correlation: estimate(() => regress(realised, modelled, weights).correlation),
    partialCorrelation: estimate(() => partialCorrelation(realised, modelled, reached, weights)),
  };
}

function signShare(realised: Float64Array, modelled: Float64Array, weights: Float64Array): number {
  let [right, all] = [0, 0];
  realised.forEach((skew, i) => {
    if (Math.abs(skew) <= leastSkew) return;
    const weight = weights[i] ?? 0;
    all += weight;
    if (skew * (modelled[i] ?? 0) > 0) right += weight;
  });
  return right / all;
}

type Sums = Readonly<Record<"realised" | "mean" | "reachMean", [long: number, short: number]>>;

interface Window {
  /** Since the epoch. */
  readonly day: number;
  readonly sums: Sums;
}

function skewOf([long, short]: readonly [number, number]): number {
  return Math.log(short / long);
}

/** Whole windows that were predicted and in which both sides were liquidated. */
function windowsOf(source: SkewSource, hours: number): Window[] {
  const { cells } = source;
  const width = 2 * Math.max(1, Math.round((hours * hourMs) / cells.intervalMs));
  const windows: Window[] = [];
  for (let from = 0; from + width <= cells.count; from += width) {
    if (Number.isNaN(source.mean[from])) continue;
    const sums = sumsOf(source, from, from + width);
    if (sums.realised[0] > 0 && sums.realised[1] > 0) {
      windows.push({ day: cells.firstDay + (cells.day[from] ?? 0), sums });
    }
  }
  return windows;
}

function sumsOf({ cells, mean, reachMean }: SkewSource, from: number, to: number): Sums {
  const sums: Sums = { realised: [0, 0], mean: [0, 0], reachMean: [0, 0] };
  for (let cell = from; cell < to; cell += 1) {
    const realised = cells.realised[cell] ?? NaN;
    if (Number.isNaN(realised)) continue;
    const side = cell % 2 === 0 ? 0 : 1;
    sums.realised[side] += realised;
    sums.mean[side] += mean[cell] ?? 0;
    sums.reachMean[side] += reachMean[cell] ?? 0;
  }
  return sums;
}
