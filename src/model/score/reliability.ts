import { bootstrapDays } from "./bootstrap.ts";
import { moneyUnitUsd } from "./cells.ts";
import type { Predictions } from "./contract.ts";
import { bandsOf, isHeld } from "./coverage.ts";
import { scoredCells } from "./walk.ts";

/** Cells whose predictions are alike: what was predicted of them beside what came, USD a cell. */
export interface ReliabilityTenth {
  readonly cells: number;
  readonly predictedUsd: number;
  readonly realisedUsd: number;
  /** 90 %, by days. */
  readonly lowUsd: number;
  readonly highUsd: number;
}

/** How often bands of this nominal share held what came. */
export interface BandLevel {
  readonly nominal: number;
  /** Null where there is no window to look at. */
  readonly held: number | null;
}

/** Can one contract's numbers be taken at their word? */
export interface Reliability {
  readonly symbol: string;
  /** Epoch ms of the scored days, the end after the last. */
  readonly from: number;
  readonly to: number;
  /** Of a cell. */
  readonly intervalMs: number;
  /** Realised over predicted money, of all cells. */
  readonly level: number;
  /** By prediction, the smallest first. */
  readonly tenths: readonly ReliabilityTenth[];
  /** Of the bands of ln(short/long) over six hours. */
  readonly bandLevels: readonly BandLevel[];
  readonly windows: number;
}

const dayMs = 86_400_000;
const tenthCount = 10;
const nominalLevels = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9] as const;

/** `random` is uniform in [0, 1) and drives the bootstrap only. */
export function reliabilityOf(contract: Predictions, random: () => number): Reliability {
  const { cells, means, symbol } = contract;
  const scored = scoredCells(cells, means.stack);
  const ordered = scored.toSorted((a, b) => (means.stack[a] ?? 0) - (means.stack[b] ?? 0));
  const [first = 0, last = 0] = [scored[0], scored.at(-1)].map((cell) => cells.day[cell ?? 0] ?? 0);
  const tenths = Array.from({ length: tenthCount }, (_, tenth) => {
    const [from, to] = [tenth, tenth + 1].map((edge) => Math.round((edge * ordered.length) / tenthCount));
    return tenthOf(contract, ordered.slice(from, to), { first, count: last - first + 1 }, random);
  });
  const bands = bandsOf(contract);
  return {
    symbol,
    from: (cells.firstDay + first) * dayMs,
    to: (cells.firstDay + last + 1) * dayMs,
    intervalMs: cells.intervalMs,
    level: sumOf(cells.realised, scored) / sumOf(means.stack, scored),
    tenths: tenths.filter(({ cells }) => cells > 0),
    bandLevels: nominalLevels.map((nominal) => ({
      nominal,
      held: bands.length === 0 ? null : bands.filter((band) => isHeld(band, nominal)).length / bands.length,
    })),
    windows: bands.length,
  };
}

function tenthOf(
  { cells, means }: Predictions,
  own: readonly number[],
  days: { readonly first: number; readonly count: number },
  random: () => number,
): ReliabilityTenth {
  const realised = new Float64Array(days.count);
  const counts = new Float64Array(days.count);
  for (const cell of own) {
    const day = (cells.day[cell] ?? 0) - days.first;
    realised[day] = (realised[day] ?? 0) + (cells.realised[cell] ?? 0);
    counts[day] = (counts[day] ?? 0) + 1;
  }
  const mean = (drawn: Int32Array): number => weigh(realised, drawn) / weigh(counts, drawn);
  const { value, low, high } = bootstrapDays(days.count, mean, random);
  return {
    cells: own.length,
    predictedUsd: (moneyUnitUsd * sumOf(means.stack, own)) / own.length,
    realisedUsd: moneyUnitUsd * value,
    lowUsd: moneyUnitUsd * low,
    highUsd: moneyUnitUsd * high,
  };
}

function weigh(sums: Float64Array, drawn: Int32Array): number {
  return sums.reduce((sum, value, day) => sum + value * (drawn[day] ?? 0), 0);
}

function sumOf(column: Float64Array, cells: readonly number[]): number {
  return cells.reduce((sum, cell) => sum + (column[cell] ?? 0), 0);
}
