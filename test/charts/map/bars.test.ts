import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { barsOf, cumulativeAt } from "../../../src/charts/map/bars.ts";
import { fillLayers } from "../../../src/charts/map/layers.ts";
import { windowOf } from "../../../src/charts/map/window.ts";
import type { LiquidationMap, Side } from "../../../src/model/types.ts";
import { mapCase } from "../gallery/cases.ts";
import { lopsidedUp, sampleMarket } from "../samples.ts";

const mark = 84_230;
const whole = { mark, low: mark * 0.75, high: mark * 1.25 };

const anyMap: fc.Arbitrary<LiquidationMap> = fc
  .record({
    long: fc.array(
      fc.tuple(fc.double({ min: 0.01, max: 0.24, noNaN: true }), fc.integer({ min: 1, max: 1e9 })),
    ),
    short: fc.array(
      fc.tuple(fc.double({ min: 0.01, max: 0.24, noNaN: true }), fc.integer({ min: 1, max: 1e9 })),
    ),
  })
  .map(({ long, short }) => ({
    symbol: "BTC",
    time: 0,
    markPrice: mark,
    long: long.map(([distance, usd]) => [mark * (1 - distance), usd] as const),
    short: short.map(([distance, usd]) => [mark * (1 + distance), usd] as const),
  }));

const sumOf = (values: Iterable<number>): number => [...values].reduce((sum, value) => sum + value, 0);
const levelsSum = (map: LiquidationMap, side: Side): number => sumOf(map[side].map(([, usd]) => usd));

describe("bars", () => {
  test("add up to the map, whatever is in it", () => {
    fc.assert(
      fc.property(anyMap, fc.integer({ min: 10, max: 200 }), (map, count) => {
        for (const side of ["long", "short"] as const) {
          const bars = barsOf(map, side, whole, count);
          expect(sumOf(bars.notionalUsd)).toBeCloseTo(levelsSum(map, side), 0);
          expect(bars.cumulativeUsd.at(-1)).toBeCloseTo(levelsSum(map, side), 0);
        }
      }),
    );
  });

  test("leave out what is beyond the window", () => {
    const { map } = sampleMarket({ clusters: lopsidedUp });
    const narrow = { mark, low: mark * 0.98, high: mark * 1.02 };
    const inside = sumOf(map.short.filter(([price]) => price < mark * 1.02).map(([, usd]) => usd));
    const bars = barsOf(map, "short", narrow, 40);
    expect(sumOf(bars.notionalUsd)).toBeGreaterThan(inside * 0.97);
    expect(sumOf(bars.notionalUsd)).toBeLessThan(inside * 1.03);
  });

  test("draw no comb where the map is even: bars and levels are of different widths", () => {
    const even = Array.from({ length: 400 }, (_, i) => [mark * Math.exp((i + 0.5) * 0.0005), 1e6] as const);
    const map = { symbol: "BTC", time: 0, markPrice: mark, long: [], short: even };
    const { notionalUsd } = barsOf(map, "short", { mark, low: mark * 0.9, high: mark * 1.1 }, 77);
    const [low, high] = [Math.min(...notionalUsd.subarray(1)), Math.max(...notionalUsd)];
    expect(high / low).toBeLessThan(1.12);
  });

  test("the curve never falls on its way outwards", () => {
    fc.assert(
      fc.property(anyMap, (map) => {
        const bars = barsOf(map, "long", whole, 50);
        const totals = Array.from({ length: 120 }, (_, i) => cumulativeAt(bars, (i * mark) / 480));
        expect(totals).toEqual(totals.toSorted((a, b) => a - b));
      }),
    );
  });
});

describe("layers", () => {
  const scales = { x: (price: number) => price, y: (usd: number) => -usd };
  const cases = {
    "by leverage": mapCase({ clusters: lopsidedUp, measured: 0.2 }),
    "by venue": { ...mapCase({ clusters: lopsidedUp }), stackedBy: "venue" as const },
  };

  test.each(Object.entries(cases))("%s fill each bar exactly", (_how, request) => {
    const bars = (["long", "short"] as const).map((side) => barsOf(request.map, side, whole, 60));
    const filled = fillLayers(request, bars, mark, scales);
    expect(filled.length).toBeGreaterThan(2);
    const drawn = sumOf(filled.flatMap(({ boxes }) => boxes.map(({ height }) => height)));
    expect(drawn / sumOf(bars.map(({ notionalUsd }) => sumOf(notionalUsd)))).toBeCloseTo(1, 6);
  });

  test("measured mass lies apart, lowest", () => {
    const request = cases["by leverage"];
    const [first] = fillLayers(request, [barsOf(request.map, "short", whole, 60)], mark, scales);
    expect(first?.layer).toMatchObject({ kind: "measured", measured: true });
    expect(Math.max(...(first?.boxes.map(({ y, height }) => y + height) ?? [1]))).toBeCloseTo(0);
  });
});

describe("the window", () => {
  const { imbalance } = sampleMarket({ clusters: lopsidedUp, notionalUsd: 1.1e9 });

  test("reaches as far to both sides, so that the price is in the middle", () => {
    const { low, high } = windowOf(mark, imbalance);
    expect((low + high) / 2).toBeCloseTo(mark, 6);
  });

  test.each([
    { says: "both distances with room beyond", down: 0.04, up: 0.01, reach: 0.064 },
    { says: "no less than what close distances need", down: 0.001, up: 0.002, reach: 0.015 },
    { says: "no more than the map", down: 0.22, up: 0.01, reach: 0.25 },
    { says: "the whole map where a side can't reach", down: null, up: 0.01, reach: 0.25 },
  ])("shows $says", ({ down, up, reach }) => {
    const window = windowOf(mark, { ...imbalance, downDistanceRatio: down, upDistanceRatio: up });
    expect(window.high / mark - 1).toBeCloseTo(reach, 9);
  });
});
