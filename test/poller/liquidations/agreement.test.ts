import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Bar } from "../../../src/model/types.ts";
import type { LiquidationTotal } from "../../../src/poller/contracts.ts";
import { agreements, isContrary } from "../../../src/poller/liquidations/agreement.ts";
import { fillLiquidations } from "../../../src/poller/liquidations/fill.ts";

const barMs = 300_000;
const hourMs = 3_600_000;
const noon = 1_795_348_800_000;

const total = (openTime: number, long: number, short: number, over: Partial<LiquidationTotal> = {}) => ({
  openTime,
  until: openTime + barMs,
  long,
  short,
  prints: 10,
  reportingShare: 1,
  ...over,
});

/** A day in which longs are liquidated in the even hours and shorts in the odd ones. */
const day = (turned = false): LiquidationTotal[] =>
  Array.from({ length: 24 }, (_, hour) => {
    const longs = hour % 2 === (turned ? 1 : 0);
    return total(noon + hour * hourMs, longs ? 9 : 1, longs ? 1 : 9);
  });

describe("whether venues agree on who is liquidated", () => {
  it("finds the one that calls longs shorts", () => {
    const found = agreements(
      new Map([
        ["bybit", day()],
        ["okx", day()],
        ["turned", day(true)],
      ]),
    );
    expect(found.filter(isContrary).map(({ series }) => series)).toEqual(["turned"]);
  });

  it("accuses nobody of a day without leanings, of few prints, or of being alone", () => {
    const even = Array.from({ length: 24 }, (_, hour) => total(noon + hour * hourMs, 5, 5));
    const few = day(true).map((each) => ({ ...each, prints: 1 }));
    expect(
      agreements(
        new Map([
          ["a", even],
          ["b", day()],
          ["c", few],
        ]),
      ).filter(isContrary),
    ).toEqual([]);
    expect(agreements(new Map([["alone", day(true)]])).filter(isContrary)).toEqual([]);
    expect(agreements(new Map())).toEqual([]);
  });

  it("accuses nobody of a day as quiet as a whole one with nothing in it", () => {
    const nothing = day().map((each) => ({ ...each, long: 0, short: 0 }));
    expect(
      agreements(
        new Map([
          ["a", nothing],
          ["b", day()],
        ]),
      ).filter(isContrary),
    ).toEqual([]);
  });
});

const bar: Bar = { openTime: noon, open: 1, high: 1, low: 1, close: 1, volume: 1 };

describe("filling bars with what streams heard", () => {
  it("counts what the stream doesn't let through", () => {
    const totals = new Map([[noon, total(noon, 4, 1, { reportingShare: 0.5 })]]);
    expect(fillLiquidations([bar], totals)).toEqual([{ ...bar, longLiquidations: 8, shortLiquidations: 2 }]);
  });

  it("takes nought for nought", () => {
    const totals = new Map([[noon, total(noon, 0, 0)]]);
    expect(fillLiquidations([bar], totals)).toMatchObject([{ longLiquidations: 0, shortLiquidations: 0 }]);
  });

  it("leaves bars alone that weren't heard, or not to their end, or of which the venue itself tells", () => {
    const half = new Map([[noon, total(noon, 4, 1, { until: noon + 100_000 })]]);
    expect(fillLiquidations([bar], new Map())).toEqual([bar]);
    expect(fillLiquidations([bar], half)).toEqual([bar]);
    const own = { ...bar, longLiquidations: 7 };
    expect(fillLiquidations([own], new Map([[noon, total(noon, 4, 1)]]))).toEqual([own]);
  });

  it("never makes a bar a number that isn't one", () => {
    const share = fc.double({ min: 0.01, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.nat(1e6), fc.nat(1e6), share, (long, short, reportingShare) => {
        const totals = new Map([[noon, total(noon, long, short, { reportingShare })]]);
        const [filled] = fillLiquidations([bar], totals);
        expect(filled?.longLiquidations).toBeGreaterThanOrEqual(long);
        expect(Number.isFinite(filled?.shortLiquidations)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});
