import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { aggregateVenues, type VenueInput } from "../../src/model/aggregate.ts";
import { detailBin, detailOf, type MapDetail } from "../../src/model/detail.ts";
import { stackedLevels, warmStartStacked } from "../../src/model/stackedSeries.ts";
import { anyWalk, aSpec, steadyBars } from "../support/market.ts";

const mark = 1e5;

function inputOf(bars: ReturnType<typeof steadyBars>, over: Partial<VenueInput> = {}): VenueInput {
  const markPrice = bars.at(-1)?.close ?? mark;
  const levels = stackedLevels(warmStartStacked(aSpec(), bars), markPrice);
  return {
    id: "bybit",
    status: "fresh",
    ageMs: 1,
    method: "estimated",
    markPrice,
    openInterestUsd: 8e9,
    levels,
    ...over,
  };
}

function detailFrom(inputs: readonly VenueInput[]): MapDetail {
  const detail = detailOf(aggregateVenues("BTC", 1, inputs), inputs);
  if (detail === undefined) throw new Error("no detail");
  return detail;
}

const sumsOf = (shares: Float32Array, width: number): number[] =>
  Array.from({ length: shares.length / width }, (_, bin) =>
    shares.subarray(bin * width, (bin + 1) * width).reduce((sum, share) => sum + share, 0),
  );

const isShare = (sum: number): boolean => sum === 0 || Math.abs(sum - 1) < 1e-5;

describe("a map's detail", () => {
  test("says of every bin whose it is, all of it or nothing, whatever the market did", () => {
    fc.assert(
      fc.property(anyWalk(2, 30), anyWalk(2, 30), (one, other) => {
        const inputs = [inputOf(one), inputOf(other, { id: "okx", markPrice: one.at(-1)?.close ?? mark })];
        const detail = detailOf(aggregateVenues("BTC", 1, inputs), inputs);
        if (detail === undefined) return;
        for (const side of [detail.long, detail.short]) {
          expect(sumsOf(side.byLeverage, detail.leverages.length).every(isShare)).toBe(true);
          expect(sumsOf(side.byVenue, detail.venues.length).every(isShare)).toBe(true);
          for (const [, low, high] of side.band) expect(low <= high && low >= 0).toBe(true);
        }
      }),
      { numRuns: 25 },
    );
  });

  test("finds high leverage near the mark and low leverage far from it", () => {
    const detail = detailFrom([inputOf(steadyBars(600, mark))]);
    const leverageAt = (distance: number): number => {
      const bin = detailBin(detail, "long", detail.markPrice * (1 - distance));
      const width = detail.leverages.length;
      const shares = detail.long.byLeverage.subarray(bin * width, (bin + 1) * width);
      return shares.reduce((sum, share, i) => sum + share * (detail.leverages[i] ?? 0), 0);
    };
    expect(leverageAt(0.01)).toBeGreaterThan(leverageAt(0.05));
    expect(leverageAt(0.05)).toBeGreaterThan(leverageAt(0.2));
  });

  test("keeps what was measured apart from what was modelled", () => {
    const bars = steadyBars(300, mark);
    const modelled = inputOf(bars);
    const quantities = new Float64Array(600).fill(3);
    const side = { nearest: 0.00025, quantities };
    const levels = { contractType: "linear", markPrice: mark, long: side, short: side } as const;
    const measured = inputOf(bars, { id: "hyperliquid", method: "measured", levels });
    const share = (detail: MapDetail): number => detail.long.measured[10] ?? NaN;
    expect(share(detailFrom([modelled]))).toBe(0);
    expect(share(detailFrom([measured]))).toBe(1);
    const both = share(detailFrom([modelled, measured]));
    expect(both > 0 && both < 1).toBe(true);
  });

  test("has a band around the curve", () => {
    const { band } = detailFrom([inputOf(steadyBars(600, mark))]).long;
    expect(band.length).toBeGreaterThan(8);
    for (const [, low, high] of band) expect(low < 1 && high > 1).toBe(true);
  });

  test("is none where nobody is fresh", () => {
    const inputs = [inputOf(steadyBars(60), { status: "stale" })];
    expect(detailOf(aggregateVenues("BTC", 1, inputs), inputs)).toBeUndefined();
  });

  test("gives prices beyond its ends the share of its ends", () => {
    const detail = detailFrom([inputOf(steadyBars(300, mark))]);
    expect(detailBin(detail, "long", detail.markPrice * 1.05)).toBe(0);
    expect(detailBin(detail, "long", 1)).toBe(detail.long.measured.length - 1);
  });
});
