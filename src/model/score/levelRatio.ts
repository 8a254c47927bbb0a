import type { Predictions } from "./contract.ts";

/** Realised over predicted money in cells of a like reach; null where nothing reached so far. */
export interface DistanceLevel {
  /** Reach from here (a share of the price) … */
  readonly from: number;
  /** … to here; null for "and more". */
  readonly to: number | null;
  readonly cells: number;
  readonly ratio: number | null;
}

const edges = [0, 1e-9, 0.001, 0.0025, 0.005, 0.01, 0.02, 0.05] as const;

/** Is the stack's level the same near and far? 1 everywhere would be perfect. */
export function levelsByDistance(predictions: readonly Predictions[]): DistanceLevel[] {
  return edges.map((from, index) => {
    const to = edges[index + 1];
    const sums = predictions.map((contract) => sumBetween(contract, from, to ?? Infinity));
    const total = (key: "cells" | "realised" | "mean") => sums.reduce((sum, part) => sum + part[key], 0);
    const ratio = total("mean") > 0 ? total("realised") / total("mean") : null;
    return { from, to: to ?? null, cells: total("cells"), ratio };
  });
}

function sumBetween({ cells, means }: Predictions, from: number, to: number) {
  const sums = { cells: 0, realised: 0, mean: 0 };
  cells.reach.forEach((reach, cell) => {
    const [realised = NaN, mean = NaN] = [cells.realised[cell], means.stack[cell]];
    if (reach < from || reach >= to || Number.isNaN(realised) || Number.isNaN(mean)) return;
    sums.cells += 1;
    sums.realised += realised;
    sums.mean += mean;
  });
  return sums;
}
