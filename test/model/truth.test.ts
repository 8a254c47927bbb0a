import { describe, expect, it } from "vitest";
import { compareWithTruth, scoreTruth } from "../support/truth.ts";

const dayMs = 86_400_000;
const world = (seed: number) => compareWithTruth({ seed, historyMs: 6 * dayMs, liveMs: 2 * dayMs });

describe("the model beside positions that are known, in a market built otherwise", () => {
  const score = scoreTruth([1, 4, 6].flatMap(world));

  it("leans to the right side far more often than not", () => {
    expect(score.signAccuracy).toBeGreaterThan(0.65);
    expect(score.dualSignAccuracy).toBeGreaterThan(0.65);
    expect(score.correlation).toBeGreaterThan(0.4);
  });

  it("shows about as many dollars as there are", () => {
    expect(score.levelRatio).toBeGreaterThan(0.5);
    expect(score.levelRatio).toBeLessThan(2);
  });

  it("is not told apart by a constant: its errors have a small bias", () => {
    expect(Math.abs(score.bias)).toBeLessThan(0.5);
  });

  it("says the same of the same world", () => {
    expect(world(1)).toEqual(world(1));
  });
});

describe("the score itself", () => {
  it("tells a model that knows everything from one that knows nothing", () => {
    const samples = world(1);
    const knowing = samples.map((sample) => ({
      ...sample,
      modelled: { ...sample.modelled, ratio: sample.trueRatio ?? null, ratioLow: 0, ratioHigh: Infinity },
      dual: { ...sample.dual, modelled: sample.dual.truth },
    }));
    expect(scoreTruth(knowing)).toMatchObject({ medianError: 0, bias: 0, signAccuracy: 1, bandCoverage: 1 });
    const contrary = knowing.map((sample) => ({
      ...sample,
      modelled: { ...sample.modelled, ratio: 1 / (sample.trueRatio ?? Number.NaN) },
    }));
    expect(scoreTruth(contrary)).toMatchObject({ signAccuracy: 0 });
    expect(scoreTruth(contrary).correlation).toBeCloseTo(-1);
  });
});
