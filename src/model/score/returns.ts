import { bootstrapDays, type Estimate } from "./bootstrap.ts";
import type { Predictions } from "./contract.ts";
import { regress } from "./statistics.ts";

const horizonMs = 24 * 3_600_000;

/** Does the map's lean say where the price goes? Correlation with the return of the next 24 h. */
export function scoreReturns(
  predictions: readonly Predictions[],
  dayIndex: ReadonlyMap<number, number>,
  random: () => number,
): Estimate {
  const rows = predictions.flatMap(rowsOf);
  const lean = Float64Array.from(rows, (row) => row.lean);
  const later = Float64Array.from(rows, (row) => row.later);
  const weights = new Float64Array(rows.length);
  const weigh = (drawn: Int32Array): number => {
    rows.forEach(({ day }, i) => (weights[i] = drawn[dayIndex.get(day) ?? -1] ?? 0));
    return regress(later, lean, weights).correlation;
  };
  return bootstrapDays(dayIndex.size, weigh, random);
}

function rowsOf({ cells, means, lean }: Predictions) {
  const ahead = 2 * Math.round(horizonMs / cells.intervalMs);
  const rows: { day: number; lean: number; later: number }[] = [];
  for (let cell = 0; cell + ahead < cells.count; cell += 2) {
    const later = Math.log((cells.price[cell + ahead] ?? NaN) / (cells.price[cell] ?? NaN));
    const now = lean[cell] ?? NaN;
    if (Number.isNaN(means.stack[cell]) || !Number.isFinite(now) || !Number.isFinite(later)) continue;
    rows.push({ day: cells.firstDay + (cells.day[cell] ?? 0), lean: now, later });
  }
  return rows;
}
