import { describe, expect, test } from "vitest";
import type { Phase } from "../../src/sim/contracts.ts";
import { createTimeline } from "../../src/sim/script.ts";

const phase = (name: string, durationMs: number, priceRatio: number, openInterestRatio = 1): Phase => ({
  name,
  durationMs,
  priceRatio,
  openInterestRatio,
  dailyVolatility: 0.02,
});

const timeline = createTimeline({
  history: [phase("fall", 1_000, 0.8, 2), phase("rest", 500, 1)],
  live: [phase("rise", 1_000, 1.1, 4), phase("end", 1_000, 1)],
});

describe("a script on the clock", () => {
  test.each([
    [-2_000, "calm"],
    [-1_500, "fall"],
    [-501, "fall"],
    [-500, "rest"],
    [-1, "rest"],
    [0, "rise"],
    [999, "rise"],
    [1_000, "end"],
    [2_000, "calm"],
  ])("%d ms from the live start it is %s", (elapsed, name) => {
    expect(timeline.sceneAt(elapsed).phase.name).toBe(name);
  });

  test("history ends at the live start's price and open interest", () => {
    expect(timeline.first).toEqual({ priceRatio: 1.25, openInterestRatio: 0.5 });
    expect(timeline.sceneAt(-1)).toMatchObject({ priceRatio: 1, remainingMs: 1, openInterestRatio: 1 });
  });

  test("open interest moves evenly (in logarithms) through a phase", () => {
    expect(timeline.sceneAt(500).openInterestRatio).toBeCloseTo(2, 9);
  });

  test("after the last phase its price and open interest stay", () => {
    expect(timeline.sceneAt(1e9).priceRatio).toBeCloseTo(1.1, 9);
    expect(timeline.sceneAt(1e9).openInterestRatio).toBeCloseTo(4, 9);
  });
});
