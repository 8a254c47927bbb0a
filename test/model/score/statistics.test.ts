import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bootstrapDays } from "../../../src/model/score/bootstrap.ts";
import { partialCorrelation, rankCorrelation, regress } from "../../../src/model/score/statistics.ts";
import { createRandom } from "../../../src/sim/random.ts";

const even = (length: number) => new Float64Array(length).fill(1);

describe("a regression", () => {
  it("finds a line", () => {
    const found = regress(Float64Array.of(1, 3, 5, 7), Float64Array.of(0, 1, 2, 3), even(4));
    expect(found.slope).toBeCloseTo(2, 12);
    expect(found.correlation).toBeCloseTo(1, 12);
  });

  it("counts a row as often as it was drawn", () => {
    const twice = regress(Float64Array.of(1, 5, 2), Float64Array.of(0, 1, 3), Float64Array.of(1, 2, 1));
    const listed = regress(Float64Array.of(1, 5, 5, 2), Float64Array.of(0, 1, 1, 3), even(4));
    expect(twice.slope).toBeCloseTo(listed.slope, 12);
    expect(twice.correlation).toBeCloseTo(listed.correlation, 12);
  });

  it("sees nothing left of x where z explains both", () => {
    const random = createRandom(5);
    const column = (of: () => number) => Float64Array.from({ length: 20_000 }, of);
    const z = column(random.normal);
    const [x, y] = [z.map((value) => value + random.normal()), z.map((value) => value + random.normal())];
    expect(regress(y, x, even(20_000)).correlation).toBeGreaterThan(0.4);
    expect(Math.abs(partialCorrelation(y, x, z, even(20_000)))).toBeLessThan(0.03);
  });
});

describe("Spearman's correlation", () => {
  it("is 1 for any rising function, and ties share a rank", () => {
    const x = Float64Array.of(3, 1, 2, 10);
    expect(rankCorrelation(x.map(Math.exp), x)).toBeCloseTo(1, 12);
    // ranks 0, 1.5, 1.5, 3 against 0, 1, 2, 3
    expect(rankCorrelation(Float64Array.of(1, 2, 2, 9), Float64Array.of(1, 2, 3, 4))).toBeCloseTo(
      0.9486833,
      6,
    );
  });
});

describe("the bootstrap over days", () => {
  it("draws as many days as there are, each draw anew, and the same for the same seed", () => {
    const drawn: number[] = [];
    const count = (times: Int32Array) => {
      drawn.push(times.reduce((sum, value) => sum + value, 0));
      return times[0] ?? 0;
    };
    const first = bootstrapDays(7, count, createRandom(1).next);
    expect(drawn.every((days) => days === 7)).toBe(true);
    expect(bootstrapDays(7, count, createRandom(1).next)).toEqual(first);
  });

  it("covers a mean as a normal would", () => {
    const random = createRandom(2);
    const days = Float64Array.from({ length: 400 }, random.normal);
    const mean = (times: Int32Array) => days.reduce((sum, day, i) => sum + day * (times[i] ?? 0), 0) / 400;
    const { value, low, high } = bootstrapDays(400, mean, random.next);
    expect(low).toBeLessThan(value);
    expect(high).toBeGreaterThan(value);
    // ± 1.645 / √400
    expect(high - low).toBeGreaterThan(0.13);
    expect(high - low).toBeLessThan(0.2);
  });

  it("keeps the interval around a constant", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.double({ min: -5, max: 5, noNaN: true }),
        (days, constant) => {
          const { value, low, high } = bootstrapDays(days, () => constant, createRandom(days).next);
          expect([value, low, high]).toEqual([constant, constant, constant]);
        },
      ),
      { numRuns: 100 },
    );
  });
});
