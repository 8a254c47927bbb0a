import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aggregateVenues, toLiquidationMap } from "../../src/model/aggregate.ts";
import { freshNotionalMemory, measureImbalance } from "../../src/model/imbalance.ts";
import type { SideLevels, VenueLevels } from "../../src/model/levels.ts";
import { mixOf, partsWithin } from "../../src/model/stack.ts";
import {
  applyStacked,
  certainLevels,
  createStacked,
  decodeStacked,
  encodeStacked,
  stackedLevels,
  warmStartStacked,
  type StackedSeries,
} from "../../src/model/stackedSeries.ts";
import type { Bar, Side } from "../../src/model/types.ts";
import { anyStep, anyWalk, aSpec, fiveMinutes, sameBits, steadyBars, walkBars } from "../support/market.ts";

const sides: readonly Side[] = ["long", "short"];

describe("what is published", () => {
  it("is the parts, each times its mix", () => {
    const stacked = warmStartStacked(aSpec(), steadyBars(600));
    const { series, stack } = stacked;
    const levels = stackedLevels(stacked, series.state.lastPrice ?? NaN);
    const mix = mixOf(stack);
    for (const side of sides) {
      // whole bins, and no farther than the mirrored side's map reaches
      for (const bins of [2, 20, 100, 400]) {
        const parts = partsWithin(stack, series.state, side, bins * 0.0005);
        const expected = parts.reduce((sum, mass, part) => sum + mass * (mix[part] ?? NaN), 0);
        expect(massOf(levels[side], bins) / expected).toBeCloseTo(1, 6);
      }
    }
  });

  it("is so wherever in its bin the price stands", () => {
    fc.assert(
      fc.property(anyWalk(4, 8), (bars) => {
        const stacked = run(bars);
        const { series, stack } = stacked;
        const levels = stackedLevels(stacked, series.state.lastPrice ?? NaN);
        const mix = mixOf(stack);
        for (const side of sides) {
          const parts = partsWithin(stack, series.state, side, 40 * 0.0005);
          const expected = parts.reduce((sum, mass, part) => sum + mass * (mix[part] ?? NaN), 0);
          expect(Math.abs(massOf(levels[side], 40) - expected)).toBeLessThanOrEqual(1e-6 * expected + 1e-9);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("is the sum of what the draws weigh, bit for bit, and the same where nobody asks for that", () => {
    fc.assert(
      fc.property(anyWalk(4, 8), (bars) => {
        const stacked = run(bars.slice(0, -1));
        const forming = bars.at(-1);
        const levels = stackedLevels(stacked, forming?.close ?? NaN, forming);
        // another series' map, made in between, must not show through
        const others = stackedLevels(run(bars.slice(0, 2)), bars[1]?.close ?? NaN);
        const again = certainLevels(stacked, forming?.close ?? NaN, forming);
        for (const side of sides) {
          const { quantities, parts = [] } = levels[side];
          const sums = quantities.map((_, bin) => parts.reduce((sum, part) => sum + (part[bin] ?? 0), 0));
          expect(sameBits(sums, quantities)).toBe(true);
          expect(sameBits(again[side].quantities, quantities)).toBe(true);
          expect(again[side].parts).toBeUndefined();
          expect(others[side].quantities).not.toBe(quantities);
        }
      }),
    );
  });

  it("never is negative or not a number, whatever the walk", () => {
    fc.assert(
      fc.property(anyWalk(), (bars) => {
        const stacked = run(bars);
        const levels = stackedLevels(stacked, bars.at(-1)?.close ?? NaN);
        for (const side of sides) {
          expect(levels[side].quantities.every((quantity) => quantity >= 0)).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("is the filter alone before anything was consumed", () => {
    const bars = walkBars([{ move: 0, wickUp: 0, wickDown: 0, volume: 0.01, change: 0.5 }]);
    const { stack } = run(bars);
    expect(mixOf(stack)).toEqual([1, 0, 0, 0]);
  });
});

describe("a stacked series", () => {
  it("says what its series says", () => {
    const bars = steadyBars(50);
    const stacked = run(bars);
    expect(stacked.spec).toEqual(aSpec());
    expect(stacked.lastClosed).toBe(bars.at(-1)?.openTime);
    expect(stacked.openInterest).toBe(bars.at(-1)?.openInterest);
  });
});

describe("a forming bar", () => {
  it("shows what its close leaves behind, bit for bit, and changes nothing", () => {
    fc.assert(
      fc.property(fc.array(anyStep, { minLength: 3, maxLength: 12 }), (steps) => {
        const bars = walkBars(steps);
        const [last] = bars.slice(-1);
        const open = run(bars.slice(0, -1));
        const before = encodeStacked(open);
        const shown = stackedLevels(open, last?.close ?? NaN, last);
        expect(sameBits(encodeStacked(open), before)).toBe(true);
        const closed = stackedLevels(run(bars), last?.close ?? NaN);
        expectSame(shown, closed);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("a bar that is not believed, late or seen before", () => {
  it("leaves the stack as it was", () => {
    const bars = steadyBars(300);
    const stacked = run(bars);
    const before = encodeStacked(stacked);
    const last = bars.at(-1);
    for (const hostile of [
      bar(last, 299),
      bar(last, 12),
      { ...bar(last, 300), high: NaN },
      { ...bar(last, 300), close: (last?.close ?? NaN) * 3, high: (last?.close ?? NaN) * 3 },
      { ...bar(last, 300), openInterest: -1 },
    ]) {
      expect(applyStacked(stacked, hostile).kind).not.toBe("applied");
      expect(sameBits(encodeStacked(stacked), before)).toBe(true);
    }
  });
});

describe("a hostile series", () => {
  it("never lets a NaN or a negative into a map, its bands or an imbalance", () => {
    const hostile = fc.oneof(
      { weight: 3, arbitrary: fc.double({ min: 1e-5, max: 1e6, noNaN: true }) },
      fc.constantFrom(NaN, Infinity, -Infinity, 0, -1, 1e300, 5e-324),
    );
    const anyBar = fc.record(
      {
        openTime: fc.integer({ min: 0, max: 30 }).map((slot) => slot * fiveMinutes),
        open: hostile,
        high: hostile,
        low: hostile,
        close: hostile,
        volume: hostile,
        openInterest: hostile,
        longLiquidations: hostile,
        shortLiquidations: hostile,
      },
      { requiredKeys: ["openTime", "open", "high", "low", "close", "volume"] },
    );
    const price = fc.double({ min: Math.log(1e-5), max: Math.log(1e6), noNaN: true }).map(Math.exp);
    const walk = fc
      .tuple(fc.array(anyStep, { minLength: 1, maxLength: 12 }), price)
      .map(([steps, start]) => walkBars(steps, start, 1e9 / start));
    fc.assert(
      fc.property(walk, fc.array(anyBar, { maxLength: 12 }), hostile, (bars, bad, mark) => {
        const stacked = createStacked(aSpec());
        bars.forEach((good, i) => {
          applyStacked(stacked, good);
          const broken = bad[i];
          if (broken !== undefined) applyStacked(stacked, broken);
        });
        for (const markPrice of [mark, bars.at(-1)?.close ?? 1]) {
          const levels = stackedLevels(stacked, markPrice, bad[0]);
          const aggregate = aggregateVenues("BTC", 0, [
            {
              id: "a",
              status: "fresh",
              ageMs: 0,
              method: "estimated",
              markPrice,
              openInterestUsd: 1e9,
              levels,
            },
          ]);
          const { imbalance } = measureImbalance(aggregate, freshNotionalMemory, { episodeOpen: false });
          const masses = [levels.long, levels.short].flatMap(({ quantities, parts }) => [
            quantities,
            ...(parts ?? []),
          ]);
          for (const mass of masses) expect(mass.every((own) => own >= 0 && own < Infinity)).toBe(true);
          expect(isSound({ imbalance, map: toLiquidationMap(aggregate) })).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe("a snapshot", () => {
  it("goes on bit for bit like the original", () => {
    fc.assert(
      fc.property(anyWalk(4, 12), (bars) => {
        const half = Math.floor(bars.length / 2);
        const original = run(bars.slice(0, half));
        const restored = decodeStacked(encodeStacked(original), aSpec());
        if (restored === undefined) throw new Error("not decoded");
        for (const later of bars.slice(half)) {
          applyStacked(original, later);
          applyStacked(restored, later);
        }
        expect(sameBits(encodeStacked(restored), encodeStacked(original))).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it("is refused when a byte is wrong, or some are missing", () => {
    const bytes = encodeStacked(run(steadyBars(50)));
    for (const at of [0, 5, 20, 60, 103, 200]) {
      const damaged = bytes.slice();
      damaged[at] = (damaged[at] ?? 0) ^ 1;
      expect(decodeStacked(damaged, aSpec())).toBeUndefined();
    }
    expect(decodeStacked(bytes.subarray(0, 100), aSpec())).toBeUndefined();
    expect(decodeStacked(new Uint8Array(0), aSpec())).toBeUndefined();
  });
});

/** Whether every number of plain data is one, and not negative, at any depth. */
function isSound(value: unknown): boolean {
  if (typeof value === "number") return value >= 0 && value < Infinity;
  return typeof value !== "object" || value === null || Object.values(value).every(isSound);
}

function run(bars: readonly Bar[]): StackedSeries {
  const stacked = createStacked(aSpec());
  for (const next of bars) applyStacked(stacked, next);
  return stacked;
}

function bar(like: Bar | undefined, index: number): Bar {
  const price = like?.close ?? NaN;
  const openInterest = like?.openInterest ?? NaN;
  return {
    openTime: index * fiveMinutes,
    open: price,
    high: price,
    low: price,
    close: price,
    volume: 800,
    openInterest,
  };
}

function massOf({ quantities }: SideLevels, bins: number): number {
  return quantities.subarray(0, bins).reduce((sum, quantity) => sum + quantity, 0);
}

function expectSame(one: VenueLevels, other: VenueLevels): void {
  for (const side of sides) {
    expect(one[side].nearest).toBe(other[side].nearest);
    expect(sameBits(one[side].quantities, other[side].quantities)).toBe(true);
  }
}
