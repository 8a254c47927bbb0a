import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Liquidation } from "../../../src/poller/contracts.ts";
import { createTotals, reportingShare } from "../../../src/poller/liquidations/totals.ts";

const barMs = 300_000;
const noon = 1_795_348_800_000;

const liquidation = (at: number, over: Partial<Liquidation> = {}): Liquidation => ({
  venue: "bybit",
  series: "bybit",
  symbol: "BTC",
  liquidatedSide: "long",
  quantity: 2,
  price: 83_000,
  notionalUsd: 166_000,
  at,
  ...over,
});

describe("sums of liquidations", () => {
  it("are by bar and side, as far as they go", () => {
    const totals = createTotals("all");
    totals.heardSince(noon - barMs);
    totals.add(liquidation(noon - 1));
    totals.add(liquidation(noon));
    totals.add(liquidation(noon + 1, { liquidatedSide: "short", quantity: 5 }));
    expect(totals.read("bybit", noon + 60_000)).toEqual([
      { openTime: noon - barMs, until: noon, long: 2, short: 0, prints: 1, reportingShare: 1 },
      { openTime: noon, until: noon + 60_000, long: 2, short: 5, prints: 2, reportingShare: 1 },
    ]);
  });

  it("are nought where the stream was heard and nothing came", () => {
    const totals = createTotals("all");
    totals.heardSince(noon - barMs);
    expect(totals.read("okx", noon + 1)).toMatchObject([{ long: 0, short: 0, prints: 0 }, { long: 0 }]);
  });

  it("are missing, not small, where a bar was heard only in part", () => {
    const totals = createTotals("all");
    expect(totals.read("bybit", noon)).toEqual([]);
    totals.heardSince(noon + 1);
    totals.add(liquidation(noon + 2));
    expect(totals.read("bybit", noon + 3)).toEqual([]);
    expect(totals.read("bybit", noon + barMs + 1).map(({ openTime }) => openTime)).toEqual([noon + barMs]);
    totals.heardSince(undefined);
    expect(totals.read("bybit", noon + 2 * barMs)).toEqual([]);
  });

  it("count what is told again once", () => {
    const totals = createTotals("all");
    totals.heardSince(noon);
    expect(totals.add(liquidation(noon))).toBe(true);
    expect(totals.add(liquidation(noon))).toBe(false);
    expect(totals.add(liquidation(noon, { quantity: 3 }))).toBe(true);
    expect(totals.read("bybit", noon + 1).at(-1)).toMatchObject({ long: 5, prints: 2 });
  });

  it("don't depend on the order in which they come", () => {
    const at = fc.integer({ min: noon, max: noon + barMs - 1 });
    fc.assert(
      fc.property(fc.uniqueArray(at, { maxLength: 50 }), fc.integer(), (times, seed) => {
        const sum = (order: readonly number[]) => {
          const totals = createTotals("one-a-second");
          totals.heardSince(noon);
          for (const time of order) totals.add(liquidation(time));
          return totals.read("bybit", noon + barMs - 1);
        };
        expect(sum(times.toSorted((a, b) => ((a * seed) % 997) - ((b * seed) % 997)))).toEqual(sum(times));
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("the reporting share of a stream of one print a second", () => {
  it.each([
    ["nothing printed: nothing is missing", 0, 300, 1],
    ["few: hardly anything is", 3, 300, 0.995],
    ["half of the seconds", 150, 300, 0.721],
    ["nearly all", 290, 300, 0.284],
  ])("%s", (_what, occupied, seconds, share) => {
    expect(reportingShare(occupied, seconds)).toBeCloseTo(share, 3);
  });

  it("falls as the seconds fill, and is a share even when all are full", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 300 }), (occupied) => {
        const share = reportingShare(occupied, 300);
        expect(share).toBeGreaterThan(0);
        expect(share).toBeLessThanOrEqual(1);
        expect(reportingShare(occupied + 1, 300)).toBeLessThanOrEqual(share);
      }),
      { numRuns: 1_000 },
    );
  });

  it("finds how many there were behind the seconds that show one", () => {
    // 600 at random moments of 300 seconds occupy about 300·(1 − e⁻²) of them
    const occupied = Math.round(300 * (1 - Math.exp(-2)));
    expect(occupied / reportingShare(occupied, 300)).toBeGreaterThan(580);
    expect(occupied / reportingShare(occupied, 300)).toBeLessThan(620);
  });
});
