import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fitWeights, inOwnMoney, posteriorOf } from "../../../src/model/calibration/fit.ts";
import type { Sample } from "../../../src/model/score/negBin.ts";
import { maximise } from "../../../src/model/score/newton.ts";
import { partCount, priorWeights } from "../../../src/model/stack.ts";

describe("the weights' fit", () => {
  it("never ends below where it began, and each step goes up", () => {
    fc.assert(
      fc.property(anySample(), (cells) => {
        const sample = inOwnMoney(cells);
        if (sample === undefined) return;
        const { start, climbAt } = posteriorOf(sample);
        let before = climbAt(start).value;
        let parameters = start;
        for (let step = 0; step < 3; step += 1) {
          const found = maximise(parameters, climbAt);
          expect(found.value).toBeGreaterThanOrEqual(before);
          before = found.value;
          parameters = found.parameters;
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("ends where no weight can be moved to gain anything", () => {
    fc.assert(
      fc.property(anySample(), fc.nat(partCount), fc.constantFrom(-0.05, 0.05), (cells, moved, by) => {
        const sample = inOwnMoney(cells);
        if (sample === undefined) return;
        const { start, climbAt } = posteriorOf(sample);
        const { parameters, value } = maximise(start, climbAt);
        const beside = parameters.map((parameter, j) => (j === moved ? parameter + by : parameter));
        // of log-likelihood: so little tells no weights apart, and the climb may end before it
        expect(climbAt(beside).value).toBeLessThan(value + 0.05);
      }),
      { numRuns: 1000 },
    );
  });

  it("gives shares, the same whatever money is counted in", () => {
    fc.assert(
      fc.property(anySample(), fc.integer({ min: -30, max: 30 }), (cells, power) => {
        const shares = fitWeights(cells);
        expect(shares?.every((share) => share >= 0) ?? true).toBe(true);
        expect(sum(shares ?? [1])).toBeCloseTo(1, 9);
        // powers of two, so that nothing is rounded otherwise
        expect(fitWeights(inMoney(cells, 2 ** power))).toEqual(shares);
      }),
      { numRuns: 1000 },
    );
  });

  it("says nothing where nothing was liquidated, or where a figure is none", () => {
    fc.assert(
      fc.property(anySample(), fc.constantFrom(NaN, Infinity, -Infinity), (cells, wrong) => {
        expect(fitWeights({ ...cells, y: cells.y.map(() => 0) })).toBeUndefined();
        expect(
          fitWeights({ ...cells, y: cells.y.map((money, i) => (i === 3 ? wrong : money)) }),
        ).toBeUndefined();
      }),
      { numRuns: 1000 },
    );
  });

  it("stays at the prior where the parts can't be told apart", () => {
    const x = new Float64Array(200 * (partCount + 1)).fill(1);
    const y = Float64Array.from({ length: 200 }, (_, i) => 100 * (1 + (i % 7)));
    for (let i = 0; i < 200; i += 1)
      x.fill(500 * (1 + (i % 7)), i * (partCount + 1), i * (partCount + 1) + partCount);
    const shares = fitWeights({ x, y, count: 200, width: partCount + 1 });
    priorWeights.forEach((weight, j) => expect(shares?.[j]).toBeCloseTo(weight, 3));
  });
});

/** Nothing, or something between 0.1 and 3,000. */
const money = fc.nat(104).map((code) => (code === 0 ? 0 : Math.exp(code / 10 - 2.4)));

function anySample(): fc.Arbitrary<Sample> {
  const cell = fc.record({ y: money, z: fc.array(money, { minLength: partCount, maxLength: partCount }) });
  return fc.array(cell, { minLength: 8, maxLength: 30 }).map((cells) => ({
    y: Float64Array.from(cells, ({ y }) => y),
    x: Float64Array.from(cells.flatMap(({ z }) => [...z, 1])),
    width: partCount + 1,
    count: cells.length,
  }));
}

function inMoney(sample: Sample, unit: number): Sample {
  const x = sample.x.map((value, at) => (at % sample.width === partCount ? value : value * unit));
  return { ...sample, x, y: sample.y.map((value) => value * unit) };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
