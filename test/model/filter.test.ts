import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { binWidth } from "../../src/model/grid.ts";
import type { SideLevels } from "../../src/model/levels.ts";
import { priorMix } from "../../src/model/priors.ts";
import { applyBar, createSeries, seriesLevels } from "../../src/model/series.ts";
import type { Bar, ContractType } from "../../src/model/types.ts";
import {
  anyStep,
  anyWalk,
  aSpec,
  fiveMinutes,
  sameBits,
  walkBars,
  type WalkStep,
} from "../support/market.ts";

/** Symmetric: only what differs between the sides by path is left. */
const evenMix = { long: priorMix.long, short: priorMix.long };

describe("symmetries of the filter", () => {
  it("prices shifted by whole bins move the map and change nothing else", () => {
    fc.assert(
      fc.property(anyWalk(), fc.integer({ min: -4000, max: 4000 }), (bars, bins) => {
        const factor = Math.exp(bins * binWidth);
        const here = levelsAfter(bars);
        const there = levelsAfter(bars.map((bar) => scalePrices(bar, factor)));
        expect(profileGap(here.long, there.long)).toBeLessThan(rounding);
        expect(profileGap(here.short, there.short)).toBeLessThan(rounding);
      }),
      { numRuns: 1000 },
    );
  });

  it("open interest and volume times c give quantities times c", () => {
    fc.assert(
      fc.property(anyWalk(), fc.integer({ min: -8, max: 8 }), (bars, power) => {
        const factor = 2 ** power;
        const here = levelsAfter(bars);
        const there = levelsAfter(bars.map((bar) => scaleQuantities(bar, factor)));
        for (const side of ["long", "short"] as const) {
          const expected = here[side].quantities.map((quantity) => quantity * factor);
          expect(sameBits(there[side].quantities, expected)).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("a market seen in the mirror has the mirrored map: p → c²/p, sides and contract types swapped", () => {
    fc.assert(
      fc.property(anyWalk(), (bars) => {
        const here = levelsAfter(bars, "linear");
        const there = levelsAfter(bars.map(mirrorBar), "inverse");
        expect(profileGap(here.long, there.short)).toBeLessThan(rounding);
        expect(profileGap(here.short, there.long)).toBeLessThan(rounding);
      }),
      { numRuns: 1000 },
    );
  });

  it("two half bars are about one bar", () => {
    fc.assert(
      fc.property(fc.array(anyStep, { minLength: 20, maxLength: 30 }), (steps) => {
        const bars = walkBars(steps.map(calmed));
        const whole = levelsAfter(bars);
        const halves = levelsAfter(bars.flatMap(halve), "linear", fiveMinutes / 2);
        expect(profileGap(whole.long, halves.long)).toBeLessThan(0.04);
        expect(profileGap(whole.short, halves.short)).toBeLessThan(0.04);
      }),
      { numRuns: 1000 },
    );
  });
});

/** Share of open interest by which two running totals may part because a lattice point fell on the next bin. */
const rounding = 0.004;

function levelsAfter(bars: readonly Bar[], contractType: ContractType = "linear", intervalMs = fiveMinutes) {
  const series = createSeries(aSpec({ contractType, intervalMs }), evenMix);
  bars.forEach((bar) => applyBar(series, bar));
  const last = bars.at(-1);
  const { long, short } = seriesLevels(series, last?.close ?? NaN);
  return {
    long: { ...long, held: last?.openInterest ?? NaN },
    short: { ...short, held: last?.openInterest ?? NaN },
  };
}

type Held = SideLevels & { readonly held: number };

/** Largest difference between two running totals by log distance, as a share of open interest. */
function profileGap(one: Held, other: Held): number {
  let gap = 0;
  for (let distance = 0; distance < 0.2; distance += 0.005) {
    gap = Math.max(gap, Math.abs(shareWithin(one, distance) - shareWithin(other, distance)));
  }
  return gap;
}

function shareWithin({ nearest, quantities, held }: Held, distance: number): number {
  let sum = 0;
  const bins = (distance - nearest) / binWidth + 0.5;
  for (let i = 0; i < Math.min(bins, quantities.length); i += 1) {
    // a bin counts by the part of it that lies nearer, so that a shift by rounding is no step
    const part = bins - i;
    sum += Math.min(1, Math.max(0, part)) * (quantities[i] ?? 0);
  }
  return sum / held;
}

function scalePrices(bar: Bar, factor: number): Bar {
  const { open, high, low, close } = bar;
  return { ...bar, open: open * factor, high: high * factor, low: low * factor, close: close * factor };
}

function scaleQuantities(bar: Bar, factor: number): Bar {
  return { ...bar, volume: bar.volume * factor, openInterest: (bar.openInterest ?? 0) * factor };
}

function mirrorBar(bar: Bar): Bar {
  const { open, high, low, close } = bar;
  return { ...bar, open: 1e10 / open, high: 1e10 / low, low: 1e10 / high, close: 1e10 / close };
}

/** Moves small enough for what happens inside a bar not to matter much. */
function calmed(step: WalkStep): WalkStep {
  return {
    ...step,
    move: step.move / 10,
    wickUp: step.wickUp / 20,
    wickDown: step.wickDown / 20,
    volume: step.volume / 10,
  };
}

/** The same path in two bars: down to the low and up to the middle, or the other way round, then the rest. */
function halve(bar: Bar): Bar[] {
  const { openTime, open, high, low, close, volume, openInterest = 0 } = bar;
  const middle = Math.min(high, Math.max(low, Math.sqrt(high * low)));
  const first = close > open ? { high: Math.max(open, middle), low } : { high, low: Math.min(open, middle) };
  const second =
    close > open ? { high, low: Math.min(close, middle) } : { high: Math.max(close, middle), low };
  const half = { volume: volume / 2, openInterest };
  return [
    { ...half, ...first, openTime: openTime, open, close: middle },
    { ...half, ...second, openTime: openTime + fiveMinutes / 2, open: middle, close },
  ];
}
