import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { candleLength, candlesOf } from "../../../src/charts/heatmap/marks.ts";
import { cellsOf, coloursOf, scaleOf } from "../../../src/charts/heatmap/cells.ts";
import { rampColour } from "../../../src/charts/heatmap/colours.ts";
import { galleryCases } from "../gallery/cases.ts";

const dark = galleryCases.find(({ name }) => name === "heatmap dark")?.drawing;
if (dark?.kind !== "heatmap") throw new Error("no heatmap");
const { request } = dark;

describe("cells", () => {
  const [low, high] = [Math.log(60_000), Math.log(120_000)];

  test("of a column hold all that is in it", () => {
    const cells = cellsOf(request, low, high, 130);
    for (const [at, column] of request.columns.entries()) {
      const drawn = Array.from({ length: cells.rows }, (_, row) => cells.usd[row * cells.columns + at] ?? 0);
      const sum = column.notionalUsd.reduce((total, usd) => total + usd, 0);
      expect(drawn.reduce((total, usd) => total + usd, 0)).toBeCloseTo(sum, -1);
    }
  });

  test("without a column are unknown, not empty: another colour than nothing", () => {
    const holed = { ...request, columns: request.columns.slice(1) };
    const cells = cellsOf(holed, low, high, 40);
    const colours = coloursOf(cells, { least: 1e6, most: 1e8 });
    expect(colours[0]).toBe(0);
    expect(colours[1]).toBeGreaterThan(0);
  });

  test("are coloured by size, and more is never darker", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1e10, noNaN: true }), { minLength: 2 }), (amounts) => {
        const sorted = Float64Array.from(amounts).toSorted();
        const cells = { columns: sorted.length, rows: 1, usd: sorted };
        const scale = scaleOf(cells);
        if (scale === undefined) return;
        const colours = [...coloursOf(cells, scale)];
        expect(colours).toEqual(colours.toSorted((a, b) => a - b));
        expect(scale.most).toBeGreaterThan(scale.least);
      }),
    );
  });

  test.each([
    ["without leverage", 0],
    ["of which rounding left a trace", 1e-9],
    ["of the least there is", Number.MIN_VALUE],
  ])("of a map %s have no scale", (_, usd) => {
    expect(scaleOf({ columns: 3, rows: 1, usd: Float64Array.from([0, usd, Number.NaN]) })).toBeUndefined();
  });
});

/** Relative luminance (WCAG 2). */
function luminance([red, green, blue]: readonly [number, number, number]): number {
  const linear = (value: number): number =>
    value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4;
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

test.each([
  ["dark", 1],
  ["light", -1],
] as const)("the %s ramp grows evenly in lightness, which needs no colour vision", (theme, direction) => {
  const lightness = Array.from(
    { length: 256 },
    (_, i) => direction * Math.cbrt(luminance(rampColour(theme, i))),
  );
  for (let i = 8; i < 256; i += 8) expect(lightness[i]).toBeGreaterThan(lightness[i - 8] ?? 0);
});

describe("candles of a price that was looked at now and then", () => {
  const marks = [0, 1, 4, 5, 11].map((minute, i) => ({
    time: minute * 60_000,
    markPrice: [10, 12, 9, 11, 8][i] ?? 0,
  }));

  test("open where the one before has closed, and after a hole at what was seen first", () => {
    expect(candlesOf(marks, 300_000)).toEqual([
      { time: 0, open: 10, high: 12, low: 9, close: 9 },
      { time: 300_000, open: 9, high: 11, low: 9, close: 11 },
      { time: 600_000, open: 11, high: 11, low: 8, close: 8 },
    ]);
    expect(candlesOf(marks, 60_000).at(-1)).toEqual({ time: 660_000, open: 8, high: 8, low: 8, close: 8 });
  });

  test.each([
    [3_600_000, 60_000],
    [24 * 3_600_000, 1_200_000],
    [30 * 24 * 3_600_000, 480 * 60_000],
  ])("%d ms take candles of %d ms", (span, length) => {
    expect(candleLength(span)).toBe(length);
  });
});
