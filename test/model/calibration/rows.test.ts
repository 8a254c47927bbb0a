import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  addToOpen,
  closeHour,
  createRows,
  openHour,
  rowWidth,
  sampleOf,
} from "../../../src/model/calibration/rows.ts";

const firstHour = 480_000;
const firstDay = firstHour / 24;
const row = (usd: number): number[] => Array.from({ length: rowWidth }, (_, j) => usd * (j + 1));

function rowsOf(hours: readonly number[], usd = 10_000) {
  const rows = createRows();
  for (const hour of hours) {
    closeHour(rows);
    openHour(rows, firstHour + hour);
    addToOpen(rows, "long", row(usd));
  }
  closeHour(rows);
  return rows;
}

describe("an hour's figures", () => {
  it("are kept to 4 %, next to nothing as nothing", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 5e9, noNaN: true }), (usd) => {
        const { x, y, count } = sampleOf(rowsOf([0], usd), 0, Infinity);
        expect(count).toBe(1);
        const kept = [...x.subarray(0, rowWidth - 1), y[0] ?? NaN];
        row(usd).forEach((figure, j) =>
          expect(Math.abs((kept[j] ?? NaN) - figure)).toBeLessThan(figure < 500 ? 501 : 0.04 * figure),
        );
        expect(x[rowWidth - 1]).toBe(1);
      }),
      { numRuns: 1000 },
    );
  });

  it("are sums of what was told in the hour, each side by itself", () => {
    const rows = createRows();
    openHour(rows, firstHour);
    for (const usd of [1000, 2000]) addToOpen(rows, "short", row(usd));
    closeHour(rows);
    const { count, x } = sampleOf(rows, 0, Infinity);
    expect(count).toBe(1);
    expect((x[0] ?? NaN) / 3000).toBeCloseTo(1, 1);
  });

  it("are known for four weeks, and of no hour that was never told", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(2000), { minLength: 1, maxLength: 60 }), (some) => {
        const hours = some.toSorted((a, b) => a - b);
        const newest = hours.at(-1) ?? 0;
        const left = hours.filter((hour) => hour > newest - 28 * 24);
        const { day } = sampleOf(rowsOf(hours), 0, Infinity);
        expect(Array.from(day)).toEqual(left.map((hour) => Math.floor((firstHour + hour) / 24)));
      }),
      { numRuns: 1000 },
    );
  });

  it("are asked for by days", () => {
    const rows = rowsOf([0, 23, 24, 47, 48]);
    expect(Array.from(sampleOf(rows, firstDay + 1, firstDay + 2).day)).toEqual([firstDay + 1, firstDay + 1]);
    expect(sampleOf(rows, 0, firstDay).count).toBe(0);
  });
});
