import * as fc from "fast-check";
import { expect, test } from "vitest";
import { columnOf } from "../../src/model/column.ts";
import type { LiquidationMap, MapLevel } from "../../src/model/types.ts";

const grid = { binWidth: 0.001, bins: 240 };
const mark = 84_230;

function mapOf(long: readonly MapLevel[], short: readonly MapLevel[]): LiquidationMap {
  return { symbol: "BTC", time: 7, markPrice: mark, long, short };
}

const anyLevels = fc.array(
  fc.tuple(fc.double({ min: 0.9, max: 1.1, noNaN: true }), fc.integer({ min: 1, max: 1e8 })),
  { maxLength: 40 },
);

test("a column holds all of the map that lies within its reach", () => {
  fc.assert(
    fc.property(anyLevels, (levels) => {
      const short = levels.map(([share, usd]) => [mark * share, usd] as const);
      const column = columnOf(mapOf([], short), 5, grid);
      const sum = column?.notionalUsd.reduce((total, usd) => total + usd, 0) ?? NaN;
      const all = levels.reduce((total, [, usd]) => total + usd, 0);
      expect(Math.abs(sum - all)).toBeLessThanOrEqual(all * 1e-5);
    }),
  );
});

test("columns of different prices lie on one grid", () => {
  const level: MapLevel = [mark * 1.01, 1e6];
  const columns = [1, 1.004].map((share) => {
    const column = columnOf({ ...mapOf([], [level]), markPrice: mark * share }, 0, grid);
    const peak = column?.notionalUsd.indexOf(Math.max(...column.notionalUsd)) ?? NaN;
    return (column?.firstBin ?? NaN) + peak;
  });
  expect(columns[0]).toBe(columns[1]);
});

test("a map without a price has no column", () => {
  expect(columnOf({ ...mapOf([], []), markPrice: null }, 0, grid)).toBeUndefined();
});
