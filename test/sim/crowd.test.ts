import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createCrowd } from "../../src/sim/crowd.ts";
import { binanceusdm } from "../../src/sim/dialects/binanceusdm.ts";
import { instrumentOf } from "../../src/sim/instruments.ts";
import { barMs, dialects, noon } from "./builders.ts";

const instrument = instrumentOf("ETH");
const startPrice = 2_900;

/** A hostile price: each step moves by up to 15 %. */
const moves = fc.array(
  fc.record({
    move: fc.double({ min: -0.15, max: 0.15, noNaN: true }),
    wick: fc.double({ min: 0, max: 0.03, noNaN: true }),
    goal: fc.double({ min: 0.2, max: 3, noNaN: true }),
    activity: fc.double({ min: 0.1, max: 30, noNaN: true }),
    crowding: fc.double({ min: 0.2, max: 3, noNaN: true }),
  }),
  { minLength: 1, maxLength: 40 },
);
const scenario = fc.record({ seed: fc.integer(), dialect: fc.constantFrom(...dialects), moves });

describe("the crowd", () => {
  test("keeps its books in every storm: longs = shorts = open interest, to the lot, each step", () => {
    fc.assert(
      fc.property(scenario, ({ seed, dialect, moves }) => {
        const start = { now: noon, price: startPrice, openInterest: 1_000_000 };
        const crowd = createCrowd(instrument, dialect.profile, seed, start);
        let close = startPrice;
        moves.forEach(({ move, wick, goal, activity, crowding }, index) => {
          const open = close;
          close = open * (1 + move);
          const mark = {
            close,
            low: Math.min(open, close) * (1 - wick),
            high: Math.max(open, close) * (1 + wick),
          };
          const before = { openInterest: crowd.openInterest(), levels: levelsOf(crowd) };
          const step = crowd.step({
            now: noon + (index + 1) * barMs,
            stepMs: barMs,
            mark,
            openInterestGoal: goal * start.openInterest,
            shock: move / 0.003,
            phase: {
              name: "storm",
              durationMs: barMs,
              priceRatio: 1,
              dailyVolatility: 0.05,
              activity,
              longCrowding: crowding,
              shortCrowding: 1 / crowding,
            },
          });
          for (const side of ["long", "short"] as const) {
            const { lots, hedged } = crowd.side(side);
            expect(hedged).toBeGreaterThanOrEqual(0);
            expect(lots.total() + hedged).toBe(step.openInterest);
          }
          for (const figure of [step.openInterest, step.volume, step.takerBuyVolume]) {
            expect(Number.isSafeInteger(figure)).toBe(true);
          }
          expect(step.volume).toBeGreaterThanOrEqual(Math.abs(step.openInterest - before.openInterest) - 1);
          expect(step.takerBuyVolume).toBeLessThanOrEqual(step.volume);
          for (const { side, triggerPrice } of step.liquidated) {
            expect(before.levels[side]).toContain(triggerPrice);
            const crossed = side === "long" ? mark.low <= triggerPrice : mark.high >= triggerPrice;
            expect(crossed).toBe(true);
          }
          const after = levelsOf(crowd);
          expect(Math.max(...after.long, 0)).toBeLessThan(close);
          expect(Math.min(...after.short, Infinity)).toBeGreaterThan(close);
        });
      }),
      { numRuns: 60 },
    );
  });

  test("counts its traders without drift", () => {
    const crowd = createCrowd(instrument, binanceusdm.profile, 1, {
      now: noon,
      price: startPrice,
      openInterest: 1_000_000,
    });
    const { lots } = crowd.side("long");
    lots.sweep({ low: 0.01, high: startPrice }, noon + 1e12, () => undefined);
    expect(lots.total()).toBe(0);
    expect(lots.large()).toBe(0);
    expect(lots.accounts()).toBeCloseTo(0, 6);
  });
});

function levelsOf(crowd: ReturnType<typeof createCrowd>) {
  const prices = (side: "long" | "short"): number[] =>
    crowd
      .side(side)
      .lots.levels(1)
      .map(({ price }) => price);
  return { long: prices("long"), short: prices("short") };
}
