import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aggregateVenues, type Aggregate, type VenueInput } from "../../src/model/aggregate.ts";
import { binWidth, logDistance } from "../../src/model/grid.ts";
import {
  freshNotionalMemory,
  measureImbalance,
  type NotionalMemory,
  ownRatio,
} from "../../src/model/imbalance.ts";
import type { SideLevels, VenueLevels } from "../../src/model/levels.ts";
import { nullOpenInterest } from "../../src/model/nullMap.ts";
import { addPart, createPartMasses, partProfileOf, type PartProfile } from "../../src/model/parts.ts";
import {
  distanceTo,
  emptyNotional,
  notionalWithin,
  profileOf,
  type Profile,
} from "../../src/model/profile.ts";
import { stackedLevels, warmStartStacked } from "../../src/model/stackedSeries.ts";
import type { Imbalance, Side } from "../../src/model/types.ts";
import { aSpec, steadyBars } from "../support/market.ts";

const hour = 3_600_000;

describe("a venue's own ratio", () => {
  const levels = stackedLevels(warmStartStacked(aSpec(), steadyBars(600)), 1e5);
  const fresh = { id: "a", status: "fresh", ageMs: 0, method: "estimated", markPrice: 1e5 } as const;

  it("is what measuring it alone says, bit for bit, whatever its contract and where its bins begin", () => {
    const shifted = { ...levels, long: { ...levels.long, nearest: 0.7 * binWidth } };
    for (const one of [levels, shifted, { ...levels, contractType: "inverse" as const }]) {
      const input: VenueInput = { ...fresh, openInterestUsd: 8e9, levels: one };
      for (const notionalUsd of [1e2, 1e6, 1e8, 1e12]) {
        const asked = { notionalUsd, episodeOpen: true, draws: false };
        const alone = measureImbalance(aggregateVenues("BTC", 0, [input]), freshNotionalMemory, asked);
        expect(ownRatio(input, notionalUsd)).toBe(alone.imbalance.ratio);
      }
    }
    expect(ownRatio({ ...fresh, openInterestUsd: 8e9, levels }, 1e8)).not.toBeNull();
  });

  it("is none of a venue that is not fresh or brings nothing sound", () => {
    expect(ownRatio({ ...fresh, openInterestUsd: 0, levels }, 1e8)).toBeNull();
    expect(ownRatio({ ...fresh, status: "stale", openInterestUsd: 8e9, levels }, 1e8)).toBeNull();
  });
});

describe("the excess ratio", () => {
  const bars = steadyBars(600);
  const levels = stackedLevels(warmStartStacked(aSpec(), bars), 1e5);
  const input = { id: "a", status: "fresh", ageMs: 0, method: "estimated", markPrice: 1e5 } as const;
  const openInterestUsd = 8e9;
  const aggregate = aggregateVenues("BTC", 0, [{ ...input, openInterestUsd, levels }]);
  /** The map itself, as if its open interest were the null map's. */
  const asNull = (lean: number): VenueLevels => ({
    ...levels,
    long: stretched(levels.long, 1),
    short: stretched(levels.short, lean),
  });

  it("is 1 over a null map like the map itself, below where the null map leans more", () => {
    const excessOver = (lean: number, more: object = {}) =>
      measureImbalance(aggregate, freshNotionalMemory, {
        episodeOpen: false,
        nullLevels: asNull(lean),
        ...more,
      }).imbalance.excessRatio ?? NaN;
    expect(excessOver(1)).toBeCloseTo(1, 2);
    expect(excessOver(1, { notionalUsd: 2e8 })).toBeCloseTo(1, 2);
    expect(excessOver(2)).toBeLessThan(0.95);
  });

  it("is unknown without a null map, and remembered by the hour with one", () => {
    const without = measureImbalance(aggregate, freshNotionalMemory, { episodeOpen: false });
    expect(without.imbalance).toMatchObject({ excessRatio: null, percentile: null });
    const measured = measureImbalance(aggregate, freshNotionalMemory, {
      episodeOpen: false,
      nullLevels: asNull(1),
    });
    expect(measured.memory.excess?.logs).toHaveLength(1);
    const own = measureImbalance(aggregate, measured.memory, { episodeOpen: true, notionalUsd: 2e8 });
    expect(own.memory.excess).toEqual(measured.memory.excess);
    expect(own.imbalance.percentile).toBeNull();
  });
});

/** Masses in the null map's open interest, more of them on this side. */
function stretched(side: SideLevels, times: number): SideLevels {
  const share = (times * nullOpenInterest) / 8e4;
  return { nearest: side.nearest, quantities: side.quantities.map((quantity) => quantity * share) };
}

describe("bands", () => {
  const bars = steadyBars(600);
  const levels = stackedLevels(warmStartStacked(aSpec(), bars), 1e5);
  const openInterestUsd = 8e9;
  const input = { id: "a", status: "fresh", ageMs: 0, method: "estimated", markPrice: 1e5 } as const;
  const aggregate = aggregateVenues("BTC", 0, [{ ...input, openInterestUsd, levels }]);
  const measured = (draws: boolean) =>
    measureImbalance(aggregate, freshNotionalMemory, { episodeOpen: false, draws }).imbalance;

  it("lie around the ratio, both distances and the dollars near the price", () => {
    const { ratio, ratioLow, ratioHigh, ratioPercentiles, bands, ...sides } = measured(true);
    const within = (low: number | undefined | null, value: number | null, high: number | undefined | null) =>
      (low ?? NaN) < (value ?? NaN) && (value ?? NaN) < (high ?? NaN);
    expect(within(ratioLow, ratio, ratioHigh)).toBe(true);
    expect([ratioPercentiles?.p10, ratioPercentiles?.p90]).toEqual([ratioLow, ratioHigh]);
    const { downDistanceIntervalUsd: down, upDistanceIntervalUsd: up } = sides;
    expect(within(down?.low, sides.downDistanceUsd, down?.high)).toBe(true);
    expect(within(up?.low, sides.upDistanceUsd, up?.high)).toBe(true);
    const drawn = bands.filter(({ longIntervalUsd }) => longIntervalUsd !== undefined);
    expect(drawn.map(({ distanceRatio }) => distanceRatio)).toEqual([0.01, 0.02, 0.05]);
    for (const { longUsd, longIntervalUsd, shortUsd, shortIntervalUsd } of drawn) {
      expect(within(longIntervalUsd?.low, longUsd, longIntervalUsd?.high)).toBe(true);
      expect(within(shortIntervalUsd?.low, shortUsd, shortIntervalUsd?.high)).toBe(true);
    }
  });

  it("are left out for who doesn't ask, and nothing else changes", () => {
    const { ratioLow, ratioHigh, ratioPercentiles, bands, ...rest } = measured(false);
    expect([ratioLow, ratioHigh, ratioPercentiles]).toEqual([null, null, null]);
    expect(rest.ratio).toBe(measured(true).ratio);
    expect(bands.map(({ longUsd }) => longUsd)).toEqual(measured(true).bands.map(({ longUsd }) => longUsd));
    expect(bands.some(({ longIntervalUsd }) => longIntervalUsd !== undefined)).toBe(false);
  });
});

describe("the reference case", () => {
  it("$1.1B of longs at −$2,000 and of shorts at +$770 is a ratio of 2.597", () => {
    const aggregate = anAggregate({
      markPrice: 84_230,
      long: sideReaching("long", 2000 / 84_230, 1.1e9),
      short: sideReaching("short", 770 / 84_230, 1.1e9),
    });
    const { imbalance } = measureImbalance(aggregate, freshNotionalMemory, {
      notionalUsd: 1.1e9,
      episodeOpen: false,
    });
    expect(imbalance.downDistanceUsd).toBeCloseTo(2000, 6);
    expect(imbalance.upDistanceUsd).toBeCloseTo(770, 6);
    expect(imbalance.ratio).toBeCloseTo(2.597, 3);
    expect(imbalance.regime).toBe("short-squeeze");
    expect(imbalance.ratioMean).toBeNull();
  });
});

describe("distances and exposure", () => {
  it("exposure starts at nothing, never falls, and its distance leads back", () => {
    fc.assert(
      fc.property(anySide, anyMasses, anyShare, anyShare, (side, masses, one, other) => {
        const profile = aProfile(side, masses);
        const near = Math.min(one, other);
        const far = Math.max(one, other);
        expect(notionalWithin(profile, 0)).toBe(0);
        expect(notionalWithin(profile, near)).toBeLessThanOrEqual(notionalWithin(profile, far) * (1 + 1e-12));
        expect(distanceTo(profile, notionalWithin(profile, far)) ?? NaN).toBeLessThanOrEqual(
          far * (1 + 1e-9),
        );
      }),
      { numRuns: 1000 },
    );
  });

  it("the distance grows with the notional, and holds it", () => {
    fc.assert(
      fc.property(anySide, anyMasses, anyShare, anyShare, (side, masses, one, other) => {
        const profile = aProfile(side, masses);
        const total = notionalWithin(profile, 0.25);
        const less = distanceTo(profile, total * Math.min(one, other));
        const more = distanceTo(profile, total * Math.max(one, other));
        if (less === undefined || more === undefined) return;
        expect(less).toBeLessThanOrEqual(more);
        expect(notionalWithin(profile, more)).toBeGreaterThanOrEqual(
          total * Math.max(one, other) * (1 - 1e-9),
        );
      }),
      { numRuns: 1000 },
    );
  });

  it("the distance moves continuously with the map", () => {
    const masses = emptyNotional("long").fill(1e6);
    const before = distanceTo(profileOf("long", masses), 3e7) ?? NaN;
    const grown = masses.map((mass, i) => (i === 0 ? mass + 1 : mass));
    const after = distanceTo(profileOf("long", grown), 3e7) ?? NaN;
    expect(before - after).toBeGreaterThan(0);
    expect(before - after).toBeLessThan(1e-8);
  });
});

describe("the imbalance", () => {
  it("the ratio is the quotient of the two distances exactly, and turns over with the sides", () => {
    fc.assert(
      fc.property(anyMasses, anyMasses, (down, up) => {
        const own = { notionalUsd: 1e7, episodeOpen: false, draws: false };
        const [here, there] = [
          anAggregate({ long: aProfile("long", down), short: aProfile("short", up) }),
          anAggregate({ long: aProfile("long", up), short: aProfile("short", down) }),
        ].map((aggregate) => measureImbalance(aggregate, freshNotionalMemory, own).imbalance);
        fc.pre(here?.ratio !== null && there?.ratio !== null);
        expect(here?.ratio).toBe((here?.downDistanceUsd ?? NaN) / (here?.upDistanceUsd ?? NaN));
        expect(logQuotient(here) * logQuotient(there)).toBeCloseTo(1, 9);
      }),
      { numRuns: 1000 },
    );
  });

  it("prices times c: distances times c, the same ratio; dollars times c: the same ratio", () => {
    fc.assert(
      fc.property(anyMasses, anyMasses, fc.integer({ min: -6, max: 6 }), (down, up, power) => {
        const factor = 10 ** power;
        const sides = { long: aProfile("long", down), short: aProfile("short", up) };
        const here = measure(anAggregate(sides));
        const moved = measure(anAggregate({ ...sides, markPrice: 1e5 * factor }));
        expect(moved.ratio ?? 0).toBeCloseTo(here.ratio ?? 0, 9);
        expect((moved.upDistanceUsd ?? 0) / factor).toBeCloseTo(here.upDistanceUsd ?? 0, 3);
        const times = (by: number) => {
          const long = profileOf(
            "long",
            sides.long.notionalUsd.map((mass) => mass * by),
          );
          const short = profileOf(
            "short",
            sides.short.notionalUsd.map((mass) => mass * by),
          );
          return measure(anAggregate({ long, short, openInterestUsd: 1e10 * by }));
        };
        // a map at the very edge of a rung falls to either side of it by rounding
        fc.pre(times(1 - 1e-9).notionalUsd === times(1 + 1e-9).notionalUsd);
        const rich = times(factor);
        if (rich.notionalUsd === null || here.notionalUsd === null) return;
        expect(rich.notionalUsd / here.notionalUsd).toBeCloseTo(factor, 9 - power);
        expect(rich.ratio ?? 0).toBeCloseTo(here.ratio ?? 0, 6);
      }),
      { numRuns: 1000 },
    );
  });

  it("averages ln ratio over the rungs both sides reach", () => {
    const long = profileOf("long", emptyNotional("long").fill(1e6));
    const short = profileOf("short", emptyNotional("short").fill(2e6));
    const { notionalUsd, ratioMean, ratio } = measure(anAggregate({ long, short }));
    expect(notionalUsd).toBe(5e7);
    const logs = [0.5, 0.75, 1, 1.5, 2].map((multiple) =>
      Math.log((distanceTo(long, multiple * 5e7) ?? NaN) / (distanceTo(short, multiple * 5e7) ?? NaN)),
    );
    expect(ratioMean).toBeCloseTo(Math.exp(logs.reduce((sum, log) => sum + log, 0) / 5), 12);
    expect(ratio).toBeGreaterThan(1.25);
  });

  it.each<[string, number, number, string]>([
    ["shorts sit nearer", 1e6, 2e6, "short-squeeze"],
    ["longs sit nearer", 2e6, 1e6, "long-flush"],
    ["both sit alike", 1e6, 1.1e6, "balanced"],
  ])("%s", (_name, down, up, regime) => {
    const long = profileOf("long", emptyNotional("long").fill(down));
    const short = profileOf("short", emptyNotional("short").fill(up));
    expect(measure(anAggregate({ long, short })).regime).toBe(regime);
  });

  it("reports exposure within half a percent to ten", () => {
    const { bands } = measure(anAggregate({}));
    expect(bands.map(({ distanceRatio }) => distanceRatio)).toEqual([0.005, 0.01, 0.02, 0.03, 0.05, 0.1]);
    expect(bands[1]?.longUsd).toBeCloseTo((1e6 * logDistance("long", 0.01)) / binWidth, 3);
    expect(bands[1]?.shortUsd).toBeCloseTo((1e6 * logDistance("short", 0.01)) / binWidth, 3);
  });
});

describe("too little to speak of", () => {
  it("is thin when the reference is under 0.2 % of open interest", () => {
    const { regime, ratio } = measure(anAggregate({ openInterestUsd: 1e12 }));
    expect(regime).toBe("thin");
    expect(ratio).not.toBeNull();
  });

  it("is thin when a side cannot reach a user's notional, and says null instead of inventing", () => {
    const short = profileOf("short", emptyNotional("short").fill(1e4));
    const { imbalance } = measureImbalance(anAggregate({ short }), freshNotionalMemory, {
      notionalUsd: 1e8,
      episodeOpen: false,
    });
    const nulls = { upDistanceUsd: null, upDistanceRatio: null, ratio: null, regime: "thin" };
    expect(imbalance).toMatchObject(nulls);
    expect(imbalance.downDistanceUsd).toBeGreaterThan(0);
  });

  it("an empty map is thin without a notional", () => {
    const nothing = {
      long: profileOf("long", emptyNotional("long")),
      short: profileOf("short", emptyNotional("short")),
    };
    expect(measure(anAggregate(nothing))).toMatchObject({ notionalUsd: null, ratio: null, regime: "thin" });
  });

  it("is stale, with its memory untouched, when no venue is fresh", () => {
    const memory: NotionalMemory = { notionalUsd: 5e7, candidate: { notionalUsd: 7e7, since: 1 } };
    const { markPrice: _gone, ...stale } = anAggregate({});
    const measured = measureImbalance({ ...stale, markPrice: undefined }, memory, { episodeOpen: false });
    expect(measured.memory).toBe(memory);
    expect(measured.imbalance).toMatchObject({ regime: "stale", markPrice: 1e5, ratio: null, bands: [] });
  });
});

describe("the reference notional", () => {
  it.each([
    [2.1e6, 1e8],
    [1.9e6, 1e8],
    [1e6, 5e7],
    [3.6e6, 2e8],
    [7.9e5, 3e7],
    [2.7e6, 1.5e8],
  ])("each bin holding %d gives %d", (mass, expected) => {
    const long = profileOf("long", emptyNotional("long").fill(mass));
    const short = profileOf("short", emptyNotional("short").fill(mass));
    expect(measure(anAggregate({ long, short })).notionalUsd).toBe(expected);
  });

  it("moves to another rung only after that one has held for an hour", () => {
    const seen = notionalsOver([
      [0, 1e6],
      [0.1, 3.6e6],
      [1, 3.6e6],
      [1.1, 3.6e6],
    ]);
    expect(seen).toEqual([5e7, 5e7, 5e7, 2e8]);
  });

  it("starts the hour anew when the candidate changes or goes", () => {
    const seen = notionalsOver([
      [0, 1e6],
      [0.1, 3.6e6],
      [0.9, 1e6],
      [1.2, 3.6e6],
      [1.5, 2.1e6],
      [2.4, 2.1e6],
      [2.5, 2.1e6],
    ]);
    expect(seen).toEqual([5e7, 5e7, 5e7, 5e7, 5e7, 5e7, 1e8]);
  });

  it("never moves during an episode, nor gathers time for afterwards", () => {
    const seen = notionalsOver([
      [0, 1e6],
      [0.1, 3.6e6, true],
      [5, 3.6e6, true],
      [5.1, 3.6e6],
      [6, 3.6e6],
      [6.1, 3.6e6],
    ]);
    expect(seen).toEqual([5e7, 5e7, 5e7, 5e7, 5e7, 2e8]);
  });
});

const anySide = fc.constantFrom<Side>("long", "short");
const anyShare = fc.double({ min: 0.001, max: 0.249, noNaN: true });
const anyMass = fc.oneof(fc.constant(0), fc.double({ min: 1, max: 1e7, noNaN: true }));
const anyMasses = fc.array(anyMass, { minLength: 20, maxLength: 60 });

/** Every bin of the side filled by repeating the masses. */
function aProfile(side: Side, masses: readonly number[]) {
  return profileOf(
    side,
    emptyNotional(side).map((_, i) => masses[i % masses.length] ?? 0),
  );
}

/** A side that holds exactly this notional within this share of the mark, and half as much again behind it. */
function sideReaching(side: Side, ratio: number, notionalUsd: number) {
  const masses = emptyNotional(side);
  const position = logDistance(side, ratio) / binWidth;
  const bin = Math.floor(position);
  const inside = position - bin;
  masses[bin - 1] = notionalUsd / 2;
  masses[bin] = notionalUsd / 2 / inside;
  masses[bin + 1] = notionalUsd;
  return profileOf(side, masses);
}

function anAggregate(change: Partial<Aggregate>): Aggregate {
  const long = profileOf("long", emptyNotional("long").fill(1e6));
  const short = profileOf("short", emptyNotional("short").fill(1e6));
  return {
    symbol: "BTC",
    time: 0,
    markPrice: 1e5,
    lastMarkPrice: 1e5,
    long,
    short,
    longParts: asOnePart(change.long ?? long),
    shortParts: asOnePart(change.short ?? short),
    shares: [],
    coverage: 1,
    ageMs: 0,
    openInterestUsd: 1e10,
    realisedShare: null,
    ...change,
  };
}

/** A profile whose mass all is the second tier's. */
function asOnePart({ side, notionalUsd }: Profile): PartProfile {
  const masses = createPartMasses(side);
  addPart(masses, 1, notionalUsd, undefined);
  return partProfileOf(masses);
}

function measure(aggregate: Aggregate) {
  return measureImbalance(aggregate, freshNotionalMemory, { episodeOpen: false, draws: false }).imbalance;
}

/** The ratio in log distances, in which the two sides are mirrors. */
function logQuotient(imbalance: Imbalance | undefined): number {
  const down = logDistance("long", imbalance?.downDistanceRatio ?? NaN);
  return down / logDistance("short", imbalance?.upDistanceRatio ?? NaN);
}

/** The notional in force at each hour, with every bin of the map holding so much. */
function notionalsOver(moments: readonly (readonly [hours: number, mass: number, episode?: boolean])[]) {
  let memory = freshNotionalMemory;
  return moments.map(([hours, mass, episodeOpen = false]) => {
    const long = profileOf("long", emptyNotional("long").fill(mass));
    const short = profileOf("short", emptyNotional("short").fill(mass));
    const aggregate = anAggregate({ long, short, time: Math.round(hours * hour) });
    const measured = measureImbalance(aggregate, memory, { episodeOpen });
    memory = measured.memory;
    return measured.imbalance.notionalUsd;
  });
}
