import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRandom, seedFor } from "../../src/sim/random.ts";

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

const stream = (seed: number): number[] => Array.from({ length: 20 }, createRandom(seed).next);
const many = <Value>(draw: () => Value): Value[] => Array.from({ length: 20_000 }, draw);

describe("random", () => {
  test("the same seed gives the same stream, another seed another", () => {
    expect(stream(7)).toEqual(stream(7));
    expect(stream(7)).not.toEqual(stream(8));
  });

  test("uniform numbers stay in [0, 1)", () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const { next } = createRandom(seed);
        for (let index = 0; index < 100; index += 1) {
          const value = next();
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThan(1);
        }
      }),
    );
  });

  test("normals have mean 0 and variance 1, exponentials mean 1, rare events their mean", () => {
    const random = createRandom(3);
    const normals = many(random.normal);
    expect(mean(normals)).toBeCloseTo(0, 1);
    expect(mean(normals.map((value) => value * value))).toBeCloseTo(1, 1);
    expect(mean(many(random.exponential))).toBeCloseTo(1, 1);
    expect(mean(many(() => random.poisson(0.7)))).toBeCloseTo(0.7, 1);
  });

  test("a weight of nothing is never picked", () => {
    const random = createRandom(1);
    const picked = Array.from({ length: 1_000 }, () => random.pick([0, 3, 0, 1]));
    expect(new Set(picked)).toEqual(new Set([1, 3]));
  });

  test("every name has a seed of its own", () => {
    expect(seedFor(1, "bybit", "BTC")).not.toBe(seedFor(1, "bybit", "ETH"));
    expect(seedFor(1, "bybit", "BTC")).not.toBe(seedFor(2, "bybit", "BTC"));
  });
});
