import { fitWeights, keptAfter } from "../calibration/fit.ts";
import { partCount, priorWeights } from "../stack.ts";
import type { Cells } from "./cells.ts";
import { daysOf, firstUsedDay, pastSample, usedCells } from "./walk.ts";

/** The stack's weights of each day, learned from the days before it: those of the prior where it has none. */
export function learnWeights(cells: Cells, parts: readonly Float64Array[]): Map<number, readonly number[]> {
  const known = usedCells(cells);
  const width = partCount + 1;
  const x = new Float64Array(cells.count * width).fill(1);
  parts.forEach((part, j) => part.forEach((mass, cell) => (x[cell * width + j] = mass)));
  const weights = new Map<number, readonly number[]>();
  for (const { day } of daysOf(cells)) {
    const sample = pastSample(cells, known, x, width, day);
    const enough = day > firstUsedDay + 1 && sample.count > 0;
    const forgotten = forgetting(cells, known, sample.count, day);
    const fitted = enough ? fitWeights({ ...sample, weights: forgotten }) : undefined;
    weights.set(day, fitted ?? priorWeights);
  }
  return weights;
}

function forgetting({ day }: Cells, known: Int32Array, count: number, today: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => keptAfter(today - (day[known[i] ?? 0] ?? 0)));
}

/** Σ w_j X_j by cell, with the weights of its day. */
export function stackFuel(
  cells: Cells,
  parts: readonly Float64Array[],
  weights: ReadonlyMap<number, readonly number[]>,
): Float64Array {
  return Float64Array.from(cells.realised, (_, cell) => {
    const shares = weights.get(cells.day[cell] ?? 0) ?? priorWeights;
    return parts.reduce((sum, part, j) => sum + (shares[j] ?? 0) * (part[cell] ?? 0), 0);
  });
}
