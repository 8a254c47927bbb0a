import { describe, expect, test } from "vitest";
import { freshNotionalMemory, measureImbalance } from "../../src/model/imbalance.ts";
import { openMarket } from "../../src/replay/market.ts";
import { reconstruct } from "../../src/worker/reconstruct.ts";
import { aSpec, fiveMinutes, walkBars } from "../support/market.ts";

const bars = walkBars(
  Array.from({ length: 700 }, (_, i) => ({
    move: 0.004 * Math.sin(i / 7) + 0.002 * Math.cos(i / 3),
    wickUp: 0.001,
    wickDown: 0.001,
    volume: 0.03,
    change: 0.5 * Math.sin(i / 5),
  })),
);
const spec = aSpec({ venue: "binanceusdm" });

describe("a reconstructed past", () => {
  test("is what the same bars say when they are replayed, from the third day on", async () => {
    const points = await reconstruct("BTC", { spec, bars });
    const market = openMarket({ symbol: "BTC", intervalMs: fiveMinutes, riskTiers: spec.riskTiers });
    let memory = freshNotionalMemory;
    const expected = bars.flatMap((bar, index) => {
      market.take(bar);
      if (index < 2 * 288 - 1) return [];
      const measured = measureImbalance(market.aggregate(), memory, { episodeOpen: false });
      memory = measured.memory;
      const { time, markPrice, ratio, notionalUsd } = measured.imbalance;
      return [{ time, markPrice, ratio, notionalUsd }];
    });
    expect(points).toHaveLength(expected.length);
    expect(points.some(({ ratio }) => ratio !== null)).toBe(true);
    points.forEach((point, index) => {
      expect(point).toMatchObject({ reconstructed: true, ratioLow: null, ratioHigh: null });
      expect(point.time).toBe(expected[index]?.time);
      expect(point.notionalUsd).toBe(expected[index]?.notionalUsd);
      expect(point.ratio ?? 0).toBeCloseTo(expected[index]?.ratio ?? 0, 6);
    });
  });

  test("of a short history is none", async () => {
    expect(await reconstruct("BTC", { spec, bars: bars.slice(0, 500) })).toEqual([]);
    expect(await reconstruct("BTC", { spec, bars: [] })).toEqual([]);
  });

  test("stops when it is told to", async () => {
    await expect(reconstruct("BTC", { spec, bars }, AbortSignal.abort())).rejects.toThrow("abort");
  });
});
