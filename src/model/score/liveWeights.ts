import { createCalibration, noteReport, useLearned } from "../calibration/calibration.ts";
import { sides, moneyUnitUsd, type Cells } from "./cells.ts";
import { firstUsedDay } from "./walk.ts";

const dayMs = 86_400_000;

/** The stack's weights of each day as a running process would have had them: what it learns live, and its gate. */
export function learnLive(cells: Cells, parts: readonly Float64Array[]): Map<number, readonly number[]> {
  const calibration = createCalibration();
  const start = startOf(cells);
  const startCell = Math.max(0, cells.day.indexOf(firstUsedDay));
  const weights = new Map<number, readonly number[]>();
  for (let cell = startCell; cell < cells.count; cell += 1) {
    const liquidated = cells.realised[cell] ?? NaN;
    noteReport(calibration, {
      time: start + Math.floor(cell / 2) * cells.intervalMs,
      side: sides[cell % 2] ?? "long",
      liquidatedUsd: liquidated * moneyUnitUsd,
      fuelUsd: parts.map((part) => (part[cell] ?? 0) * moneyUnitUsd),
    });
    useLearned(calibration);
    weights.set(cells.day[cell] ?? 0, calibration.used);
  }
  return weights;
}

/** The first interval's time, from how many of them are before the first midnight. */
function startOf({ day, firstDay, intervalMs }: Cells): number {
  const before = day.indexOf(1);
  return (firstDay + 1) * dayMs - (Math.max(0, before) / 2) * intervalMs;
}
