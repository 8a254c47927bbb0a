import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  certainPart,
  createDraws,
  drawnParts,
  mapDraws,
  mirroredPart,
  type Draws,
} from "../../src/model/draws.ts";
import { addPart, createPartMasses, partProfileOf, type PartProfile } from "../../src/model/parts.ts";
import { drawDistances, drawWithin } from "../../src/model/posterior.ts";
import { priorMix } from "../../src/model/priors.ts";
import {
  distanceTo,
  emptyNotional,
  notionalWithin,
  profileOf,
  type Profile,
} from "../../src/model/profile.ts";
import { priorWeights } from "../../src/model/stack.ts";
import type { Interval, Side } from "../../src/model/types.ts";

const sides: readonly Side[] = ["long", "short"];

describe("draws", () => {
  it("are the same for the same seed, and others for another", () => {
    expect(createDraws(10, 1)).toEqual(createDraws(10, 1));
    expect(createDraws(10, 2).factors.long).not.toEqual(createDraws(10, 1).factors.long);
  });

  it("are positive numbers, and what is measured stands as it is", () => {
    for (const side of sides) {
      const factors = mapDraws.factors[side];
      expect(factors.every((factor) => factor > 0 && factor < 1000)).toBe(true);
      expect(factors.every((factor, i) => i % drawnParts !== certainPart || factor === 1)).toBe(true);
    }
  });

  it("come in mirrored pairs", () => {
    const { long, short } = mapDraws.factors;
    for (let pair = 0; pair < mapDraws.count; pair += 2) {
      expect(ofDraw(long, pair)).toEqual(ofDraw(short, pair + 1));
      expect(ofDraw(short, pair)).toEqual(ofDraw(long, pair + 1));
    }
  });

  it("move mass between tiers and parts without making any: what a side holds varies by its hedged share only", () => {
    const { tiers } = priorMix.long;
    const held = tiers.reduce((sum, share) => sum + share, 0);
    const [own = NaN, ...others] = priorWeights;
    const logs = Array.from({ length: mapDraws.count }, (_, draw) => {
      const factors = ofDraw(mapDraws.factors.long, draw);
      const filter = tiers.reduce((sum, share, tier) => sum + share * (factors[tier] ?? NaN), 0) / held;
      return Math.log(
        others.reduce((sum, weight, j) => sum + weight * (factors[mirroredPart + j] ?? NaN), own * filter),
      );
    });
    const squares = logs.reduce((sum, log) => sum + log ** 2, 0);
    expect(Math.sqrt(squares / logs.length)).toBeCloseTo(0.53, 1);
  });
});

describe("distances over the draws", () => {
  it("are the map's own where everything is certain", () => {
    fc.assert(
      fc.property(
        anyMasses,
        anyMasses,
        fc.double({ min: 0.05, max: 2, noNaN: true }),
        (one, other, share) => {
          const [long, short] = [certain("long", one), certain("short", other)];
          const notional =
            share * Math.min(long.profile.cumulativeUsd.at(-1) ?? 0, short.profile.cumulativeUsd.at(-1) ?? 0);
          fc.pre(notional > 0);
          const down = distanceTo(long.profile, notional);
          const up = distanceTo(short.profile, notional);
          const drawn = drawDistances(long.parts, short.parts, notional);
          expectInterval(drawn.down, down);
          expectInterval(drawn.up, up);
          const known = down !== undefined && up !== undefined;
          const ratio = (down ?? NaN) / (up ?? NaN);
          expect(drawn.ratioPercentiles === null).toBe(!known);
          const off = Object.values(drawn.ratioPercentiles ?? {}).map((value) => Math.abs(value / ratio - 1));
          expect(off.every((share) => share < 1e-9)).toBe(true);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it("are ordered, and a mirrored map has mirrored ones", () => {
    fc.assert(
      fc.property(anyParts, anyParts, fc.double({ min: 1, max: 60, noNaN: true }), (one, other, notional) => {
        const here = drawDistances(uncertain("long", one), uncertain("short", other), notional);
        const there = drawDistances(uncertain("long", other), uncertain("short", one), notional);
        expectMirrored(here.down, there.up);
        expectMirrored(there.down, here.up);
        const percentiles = Object.values(here.ratioPercentiles ?? {});
        expect(percentiles.toSorted((a, b) => a - b)).toEqual(percentiles);
        expect(percentiles.every((value) => value > 0 && value < Infinity)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it("count a draw that can't reach as no crossing, on either side", () => {
    const thin = mapOf("long", 1);
    const thick = mapOf("short", 1e6);
    // a tenth more than most draws of the thin side hold
    const held = Array.from(
      { length: drawnParts },
      (_, part) => thin.cumulativeUsd[(part + 1) * thin.bins - 1],
    );
    const totals = Array.from({ length: mapDraws.count }, (_, draw) =>
      ofDraw(mapDraws.factors.long, draw).reduce((sum, factor, part) => sum + factor * (held[part] ?? 0), 0),
    ).toSorted((a, b) => a - b);
    const justUnderTenth = ((totals[9] ?? 0) + (totals[10] ?? 0)) / 2;
    const overTenth = ((totals[20] ?? 0) + (totals[21] ?? 0)) / 2;
    const some = drawDistances(thin, thick, justUnderTenth).ratioPercentiles;
    const reached = Array.from({ length: mapDraws.count }, (_, draw) =>
      drawDistances(thin, thick, justUnderTenth, oneDraw(draw)),
    )
      .flatMap(({ ratioPercentiles }) => ratioPercentiles?.p50 ?? [])
      .toSorted((a, b) => a - b);
    // those that can't are below the low percentiles and above the high ones
    const unreached = mapDraws.count - reached.length;
    expect(unreached).toBeGreaterThan(5);
    expect(some?.p10).toBeCloseTo(reached[20 - unreached] ?? NaN, 9);
    expect(some?.p80).toBeCloseTo(reached[159] ?? NaN, 9);
    expect(drawDistances(thin, thick, overTenth).ratioPercentiles).toBeNull();
    expect(drawDistances(thin, thick, 2 * (totals.at(-1) ?? 0))).toEqual({
      ratioPercentiles: null,
      down: null,
      up: expect.objectContaining({ low: expect.any(Number) }),
    });
  });
});

describe("the notional within a distance over the draws", () => {
  it("is the map's own where everything is certain, and lies around it where not", () => {
    fc.assert(
      fc.property(anyMasses, fc.double({ min: 0.001, max: 0.25, noNaN: true }), (masses, ratio) => {
        for (const side of sides) {
          const { profile, parts } = certain(side, masses);
          const own = notionalWithin(profile, ratio);
          const { low, high } = drawWithin(parts, ratio);
          expect(Math.abs(low - own)).toBeLessThanOrEqual(1e-9 * own);
          expect(Math.abs(high - own)).toBeLessThanOrEqual(1e-9 * own);
        }
      }),
      { numRuns: 1000 },
    );
    const { low, high } = drawWithin(mapOf("long", 1), 0.1);
    const own = 11 * logBins(0.1);
    expect(low).toBeLessThan(own);
    expect(high).toBeGreaterThan(own);
  });
});

const mass = fc.oneof(fc.constant(0), fc.double({ min: 0.001, max: 1, noNaN: true }));
const anyMasses = fc.array(mass, { minLength: 5, maxLength: 20 });
const anyParts = fc.array(anyMasses, { minLength: drawnParts - 1, maxLength: drawnParts - 1 });

function certain(side: Side, masses: readonly number[]): { profile: Profile; parts: PartProfile } {
  const notional = emptyNotional(side);
  notional.set(masses);
  const parts = createPartMasses(side);
  addPart(parts, certainPart, notional, undefined);
  return { profile: profileOf(side, notional), parts: partProfileOf(parts) };
}

function uncertain(side: Side, parts: readonly (readonly number[])[]): PartProfile {
  const masses = createPartMasses(side);
  parts.forEach((own, part) => addPart(masses, part, Float64Array.from(own), undefined));
  return partProfileOf(masses);
}

/** Every bin of every drawn part holds so much. */
function mapOf(side: Side, each: number): PartProfile {
  const masses = createPartMasses(side);
  for (let part = 0; part < certainPart; part += 1)
    addPart(masses, part, emptyNotional(side).fill(each), undefined);
  return partProfileOf(masses);
}

function logBins(ratio: number): number {
  return -Math.log1p(-ratio) / 0.0005;
}

function expectInterval(interval: Interval | null, value: number | undefined): void {
  expect(interval === null).toBe(value === undefined);
  expect(interval?.low ?? 0).toBeCloseTo(value ?? 0, 9);
  expect(interval?.high ?? 0).toBeCloseTo(value ?? 0, 9);
}

/** In ln price the sides are mirrors. */
function expectMirrored(down: Interval | null, up: Interval | null): void {
  expect(down === null).toBe(up === null);
  expect(-Math.log1p(-(down?.low ?? 0))).toBeCloseTo(Math.log1p(up?.low ?? 0), 9);
  expect(-Math.log1p(-(down?.high ?? 0))).toBeCloseTo(Math.log1p(up?.high ?? 0), 9);
}

/** A table of that draw alone. */
function oneDraw(draw: number): Draws {
  const { long, short } = mapDraws.factors;
  const [from, to] = [draw * drawnParts, (draw + 1) * drawnParts];
  return { count: 1, factors: { long: long.subarray(from, to), short: short.subarray(from, to) } };
}

function ofDraw(factors: Float64Array, draw: number): number[] {
  return Array.from(factors.subarray(draw * drawnParts, (draw + 1) * drawnParts));
}
