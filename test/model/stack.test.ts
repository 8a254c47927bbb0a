import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyBar, createSeries } from "../../src/model/series.ts";
import {
  absorbIntoStack,
  createStack,
  farKernel,
  partsWithin,
  reachedParts,
  scalesOf,
  type StackState,
} from "../../src/model/stack.ts";
import type { FilterState } from "../../src/model/state.ts";
import type { Bar, Side } from "../../src/model/types.ts";
import { anyWalk, aSpec, fiveMinutes, steadyBars } from "../support/market.ts";

const distance = fc.double({ min: 1e-6, max: 0.2, noNaN: true });
const sides: readonly Side[] = ["long", "short"];

describe("the stack's parts", () => {
  it("never shrink with distance and hold nothing at none", () => {
    fc.assert(
      fc.property(anyWalk(), distance, distance, (bars, one, other) => {
        const { stack, state } = run(bars);
        for (const side of sides) {
          const near = partsWithin(stack, state, side, Math.min(one, other));
          const far = partsWithin(stack, state, side, Math.max(one, other));
          near.forEach((mass, part) => expect(far[part]).toBeGreaterThanOrEqual(mass));
          expect(partsWithin(stack, state, side, 0)).toEqual([0, 0, 0, 0]);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("grow with open interest and volume, their scales stay", () => {
    fc.assert(
      // powers of two, so that 32-bit bins round alike
      fc.property(anyWalk(), distance, fc.integer({ min: -10, max: 10 }), (bars, at, power) => {
        // figures near the end of what 64 bits hold lose some when they are halved
        fc.pre(bars.every(({ volume }) => volume === 0 || volume > 1e-290));
        const one = run(bars);
        const many = run(bars.map((bar) => scaleQuantities(bar, 2 ** power)));
        for (const side of sides) {
          const masses = partsWithin(one.stack, one.state, side, at).map((mass) => mass * 2 ** power);
          expect(partsWithin(many.stack, many.state, side, at)).toEqual(masses);
        }
        expect(scalesOf(many.stack)).toEqual(scalesOf(one.stack));
      }),
      { numRuns: 1000 },
    );
  });

  it("mirror: the second part of a side is the first of the other", () => {
    const { stack, state } = run(steadyBars(300));
    for (const at of [0.002, 0.01, 0.05]) {
      const [long, ofShort] = partsWithin(stack, state, "long", at);
      const [short, ofLong] = partsWithin(stack, state, "short", at);
      expect(ofShort).toBe(short);
      expect(ofLong).toBe(long);
    }
  });

  it("are scaled so that each consumed as much fuel as the filter", () => {
    const { stack } = run(steadyBars(300));
    const [own = NaN, ...others] = stack.consumed;
    expect(own).toBeGreaterThan(0);
    others.forEach((consumed, i) => {
      expect(consumed * (scalesOf(stack)[i + 1] ?? NaN)).toBeCloseTo(own, 6);
    });
  });

  it("weigh nothing before anything was consumed", () => {
    expect(scalesOf(createStack())).toEqual([1, 0, 0, 0]);
    expect(partsWithin(createStack(), createSeries(aSpec()).state, "long", 0.1)).toEqual([0, 0, 0, 0]);
  });

  it.each([
    ["the market runs", 0.02, 1],
    ["more is traded", 0, 5],
  ])("thicken near the price when %s", (_when, range, volumes) => {
    const calm = steadyBars(600);
    const last = calm.at(-1);
    const volume = calm.reduce((sum, bar) => sum + bar.volume, 0) / calm.length;
    const later = (wide: number, times: number) =>
      Array.from({ length: 24 }, (_, i) => ({ ...spread(last, 600 + i, wide), volume: times * volume }));
    const usual = run([...calm, ...later(0.001, 1)]);
    const after = run([...calm, ...later(Math.max(0.001, range), volumes)]);
    const near = ({ stack, state }: Run) => partsWithin(stack, state, "long", 0.001)[3] ?? NaN;
    expect(near(after)).toBeGreaterThan(3 * near(usual));
  });

  it("lack far fuel where the price has just been, and have it back hours later", () => {
    const calm = steadyBars(600);
    const last = calm.at(-1);
    const far = ({ stack, state }: Run) => partsWithin(stack, state, "long", 0.01)[2] ?? NaN;
    const swept = [...calm, spread(last, 600, 0.03)];
    const quiet = Array.from({ length: 60 }, (_, i) => spread(last, 601 + i, 0.0001));
    const whole = farKernel(0.01) * (last?.openInterest ?? NaN);
    expect(far(run(swept)) / whole).toBeLessThan(0.12);
    expect(far(run([...swept, ...quiet])) / whole).toBeGreaterThan(0.95);
    expect(far(run([...swept, ...quiet.slice(0, 6)])) / whole).toBeCloseTo(0.53, 1);
  });
});

interface Run {
  readonly stack: StackState;
  readonly state: FilterState;
}

function run(bars: readonly Bar[]): Run {
  const series = createSeries(aSpec());
  const stack = createStack();
  for (const bar of bars) {
    const consumed = reachedParts(stack, series.state, bar);
    applyBar(series, bar);
    absorbIntoStack(stack, bar, fiveMinutes, consumed);
  }
  return { stack, state: series.state };
}

function scaleQuantities(bar: Bar, factor: number): Bar {
  return { ...bar, volume: bar.volume * factor, openInterest: (bar.openInterest ?? NaN) * factor };
}

function spread(bar: Bar | undefined, index: number, range: number): Bar {
  const close = bar?.close ?? NaN;
  return {
    openTime: index * fiveMinutes,
    open: close,
    high: close * Math.exp(range / 2),
    low: close * Math.exp(-range / 2),
    close,
    volume: 100,
    openInterest: bar?.openInterest ?? NaN,
  };
}
