import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aggregateVenues, toLiquidationMap, type VenueInput } from "../../src/model/aggregate.ts";
import { freshNotionalMemory, measureImbalance } from "../../src/model/imbalance.ts";
import { notionalWithin } from "../../src/model/profile.ts";
import { seriesLevels, warmStart } from "../../src/model/series.ts";
import type { ContractType } from "../../src/model/types.ts";
import { aLevels, anInput } from "./inputs.ts";
import { aSpec, sameBits, steadyBars } from "../support/market.ts";

describe("the symbol's mark", () => {
  it.each<[string, readonly (readonly [mark: number, openInterestUsd: number])[], number]>([
    ["is the only venue's", [[100, 1]], 100],
    [
      "is the largest venue's when that holds more than half",
      [
        [100, 6],
        [101, 2],
        [102, 3],
      ],
      100,
    ],
    [
      "is the middle one's among equals",
      [
        [102, 1],
        [100, 1],
        [101, 1],
      ],
      101,
    ],
    [
      "lies between two that hold half each",
      [
        [100, 1],
        [101, 1],
      ],
      100.5,
    ],
  ])("%s", (_name, venues, expected) => {
    const inputs = venues.map(([markPrice, openInterestUsd], i) =>
      anInput({ id: `v${i}`, markPrice, openInterestUsd }),
    );
    expect(aggregateVenues("BTC", 0, inputs).markPrice).toBe(expected);
  });
});

describe("merging", () => {
  it("keeps each level's distance from its own venue's mark", () => {
    const inputs = [anInput({ id: "a", markPrice: 100 }), anInput({ id: "b", markPrice: 101 })];
    const { long } = aggregateVenues("BTC", 0, inputs);
    const [alone, both] = [aggregateVenues("BTC", 0, inputs.slice(0, 1)).long, long];
    // both have one unit 2 % down in logs
    expect(notionalWithin(alone, 0.019)).toBe(0);
    expect(notionalWithin(both, 0.019)).toBe(0);
    expect(notionalWithin(both, 0.0205)).toBeCloseTo(2 * 100.5 * Math.exp(-0.02), 1);
  });

  it("counts linear contracts at their liquidation price and inverse ones as they are", () => {
    expect(longNotional("linear")).toBeCloseTo(100 * Math.exp(-0.02), 1);
    expect(longNotional("inverse")).toBeCloseTo(1, 9);
  });

  it("does not depend on the order of the venues", () => {
    const bars = steadyBars(200);
    const venues = ["a", "b", "c", "d"].map((id, i) => {
      const series = warmStart(aSpec({ venue: id }), bars.slice(i * 10));
      const markPrice = 1e5 * (1 + i / 3000);
      return anInput({
        id,
        markPrice,
        openInterestUsd: 8e9 / (i + 1),
        levels: seriesLevels(series, markPrice),
      });
    });
    const sorted = aggregateVenues("BTC", 0, venues);
    const { long: _long, short: _short, longParts: _parts, shortParts: _others, ...expected } = sorted;
    fc.assert(
      fc.property(fc.shuffledSubarray(venues, { minLength: 4, maxLength: 4 }), (shuffled) => {
        const { long, short, longParts, shortParts, ...rest } = aggregateVenues("BTC", 0, shuffled);
        expect(sameBits(long.notionalUsd, sorted.long.notionalUsd)).toBe(true);
        expect(sameBits(short.notionalUsd, sorted.short.notionalUsd)).toBe(true);
        expect(sameBits(longParts.cumulativeUsd, sorted.longParts.cumulativeUsd)).toBe(true);
        expect(sameBits(shortParts.cumulativeUsd, sorted.shortParts.cumulativeUsd)).toBe(true);
        expect(rest).toEqual(expected);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("a venue that cannot be used", () => {
  it.each<[string, Partial<VenueInput>, string]>([
    ["is stale", { status: "stale" }, "stale"],
    ["failed", { status: "failed", reason: "no answer" }, "failed"],
    ["has no levels yet", { levels: undefined } as object, "quarantined"],
    ["has no sound mark", { markPrice: NaN }, "quarantined"],
    ["has a mark more than a percent from the others'", { markPrice: 101.1, ageMs: 0 }, "quarantined"],
    [
      "has a mark far from the others', however old it is",
      { markPrice: 105.1, ageMs: 90_000 },
      "quarantined",
    ],
  ])("contributes nothing and is named when it %s", (_name, change, status) => {
    const good = anInput({ id: "good", openInterestUsd: 30 });
    const alone = aggregateVenues("BTC", 0, [good]);
    const both = aggregateVenues("BTC", 0, [
      good,
      anInput({ id: "odd", openInterestUsd: 10, ageMs: 9e9, ...change }),
    ]);
    expect(both.long).toEqual(alone.long);
    expect(both.markPrice).toBe(100);
    expect(both.ageMs).toBe(0);
    expect(both.coverage).toBeCloseTo(0.75);
    expect(both.shares.find(({ id }) => id === "odd")).toMatchObject({ status, openInterestUsd: 10 });
  });

  it.each([
    ["within a percent", { markPrice: 100.9, ageMs: 0 }],
    ["further off the older it is: prices ran on", { markPrice: 103.9, ageMs: 30_000 }],
  ])("is used with a mark %s", (_name, change) => {
    const good = anInput({ id: "good", openInterestUsd: 30 });
    const both = aggregateVenues("BTC", 0, [good, anInput({ id: "odd", openInterestUsd: 10, ...change })]);
    expect(both.shares.map(({ status }) => status)).toEqual(["fresh", "fresh"]);
  });

  it("leaves an empty map, without a mark, when there is no other", () => {
    const aggregate = aggregateVenues("BTC", 7, [anInput({ status: "failed", reason: "no answer" })]);
    expect(aggregate).toMatchObject({ markPrice: undefined, lastMarkPrice: 100, coverage: 0, ageMs: null });
    expect(toLiquidationMap(aggregate)).toEqual({
      symbol: "BTC",
      time: 7,
      markPrice: 100,
      long: [],
      short: [],
    });
  });

  it("hostile inputs reach neither the map nor the imbalance", () => {
    const hostile = fc.constantFrom(NaN, Infinity, -1, 0, 1e-5, 1, 100, 1e6, 1e300);
    const anyStatus = fc.constantFrom("fresh" as const, "stale" as const, "failed" as const);
    const anyInput = fc
      .record({ status: anyStatus, markPrice: hostile, openInterestUsd: hostile })
      .map((change) => anInput(change));
    fc.assert(
      fc.property(fc.array(anyInput, { maxLength: 5 }), (inputs) => {
        const named = inputs.map((input, i) => Object.assign({}, input, { id: `v${i}` }));
        const aggregate = aggregateVenues("BTC", 0, named);
        const { imbalance } = measureImbalance(aggregate, freshNotionalMemory, { episodeOpen: false });
        expect(JSON.parse(JSON.stringify(imbalance))).toEqual(imbalance);
        const map = toLiquidationMap(aggregate);
        expect(JSON.parse(JSON.stringify(map))).toEqual(map);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("the published map", () => {
  const series = warmStart(aSpec(), steadyBars(2000));
  const markPrice = 100_123.4;
  const levels = seriesLevels(series, markPrice);
  const map = toLiquidationMap(
    aggregateVenues("BTC", 0, [anInput({ markPrice, openInterestUsd: 8e9, levels })]),
  );

  it("goes strictly outwards, longs below the mark and shorts above, within a quarter of it", () => {
    expect(map.long.length).toBeGreaterThan(100);
    expect(map.short.length).toBeGreaterThan(100);
    for (const [side, sign] of [
      [map.long, -1],
      [map.short, 1],
    ] as const) {
      let last = markPrice;
      for (const [price] of side) {
        expect(sign * (price - last)).toBeGreaterThan(0);
        last = price;
      }
      expect(Math.abs(last / markPrice - 1)).toBeLessThanOrEqual(0.25);
    }
  });

  it("has six significant digits and no empty bins", () => {
    for (const value of [...map.long, ...map.short].flat()) {
      expect(value).toBe(Number(value.toPrecision(6)));
      expect(value).toBeGreaterThan(0);
    }
  });
});

function longNotional(contractType: ContractType): number {
  const input = anInput({ levels: aLevels(100, contractType) });
  return notionalWithin(aggregateVenues("BTC", 0, [input]).long, 0.25);
}
