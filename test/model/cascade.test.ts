import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bookReach, readCascade, type CascadeInput } from "../../src/model/cascade.ts";
import { certainPart, createDraws, mapDraws } from "../../src/model/draws.ts";
import { binWidth, distanceRatio, logDistance } from "../../src/model/grid.ts";
import { addPart, createPartMasses, partProfileOf, type PartProfile } from "../../src/model/parts.ts";
import type { BookDepth, Side } from "../../src/model/types.ts";

const runs = { numRuns: 1_000 };
const few = createDraws(10, 7);
const bins = Math.floor(logDistance("short", bookReach) / binWidth);

type Level = readonly [distance: number, notionalUsd: number];

/** Notional in the part that is certain, or in the first tier, by distance from the mark. */
function profile(side: Side, levels: readonly Level[], part = certainPart): PartProfile {
  const masses = createPartMasses(side);
  const quantities = new Float64Array(600);
  for (const [distance, notional] of levels) {
    const bin = Math.floor(logDistance(side, distance) / binWidth);
    quantities[bin] = (quantities[bin] ?? 0) + notional;
  }
  addPart(masses, part, quantities, undefined);
  return partProfileOf(masses);
}

function book(levels: readonly Level[], over: Partial<BookDepth> = {}): BookDepth {
  return { venue: "bybit", observedAt: 0, bids: levels, asks: levels, ...over };
}

/** As much in every tenth of a percent. */
const evenly = (notionalUsd: number): Level[] =>
  Array.from({ length: 50 }, (_, i) => [(i + 0.5) / 1_000, notionalUsd]);

function input(over: Partial<CascadeInput> = {}): CascadeInput {
  return {
    long: profile("long", []),
    short: profile("short", []),
    books: [book(evenly(1e6))],
    bookCoverage: 1,
    realisedShare: null,
    ...over,
  };
}

describe("the cascade reading", () => {
  it("is absent without a book, and where books are known of too little of the market", () => {
    expect(readCascade(input({ books: [] }))).toBeUndefined();
    expect(readCascade(input({ bookCoverage: 0.05 }))).toBeUndefined();
    expect(readCascade(input({ bookCoverage: Number.NaN }))).toBeUndefined();
  });

  it("finds none where the books hold out", () => {
    const reading = readCascade(input({ long: profile("long", evenly(0.9e6)) }));
    expect(reading?.down).toEqual({ distanceRatio: null, interval: null, likelihood: 0 });
  });

  it("finds none where there is nothing, on either side of the comparison", () => {
    const reading = readCascade(input({ books: [book([])] }));
    expect(reading?.up).toEqual({ distanceRatio: null, interval: null, likelihood: 0 });
  });

  it("begins half a percent before the wall that outweighs what rests around it", () => {
    const wall = profile("short", [[0.03, 6e6]]);
    const { up, down } = readCascade(input({ short: wall })) ?? {};
    expect(up?.distanceRatio).toBeGreaterThan(0.0245);
    expect(up?.distanceRatio).toBeLessThan(0.0256);
    expect(up?.likelihood).toBe(1);
    expect(up?.interval?.low).toBe(up?.distanceRatio);
    expect(down?.distanceRatio).toBeNull();
  });

  const cutOff = { bids: evenly(1e6).slice(0, 10), bidReach: 0.01 };
  const wholeAndCutOff = (share: number): Partial<CascadeInput> => ({
    books: [book(evenly(1e6), { venue: "whole" }), book([], { venue: "cut off", ...cutOff })],
    bookShares: new Map([
      ["whole", 1 - share],
      ["cut off", share],
    ]),
  });

  it("scales the books that are known farther out by their own share of the market", () => {
    // both together hold 2e6 a step near the mark, the whole one 1e6 of half the market beyond
    const near = profile("long", evenly(1.9e6).slice(0, 10));
    const far = profile("long", evenly(1.9e6).slice(12));
    expect(readCascade(input({ long: near, ...wholeAndCutOff(0.5) }))?.down.distanceRatio).toBeNull();
    expect(readCascade(input({ long: far, ...wholeAndCutOff(0.5) }))?.down.distanceRatio).toBeNull();
    expect(readCascade(input({ long: far, ...wholeAndCutOff(0.2) }))?.down.distanceRatio).not.toBeNull();
  });

  it("ends where too little of the market has books that are known as far", () => {
    const long = profile("long", [[0.02, 50e6]]);
    expect(readCascade(input({ long, ...wholeAndCutOff(0.95) }))?.down.distanceRatio).toBeNull();
    expect(readCascade(input({ long, ...wholeAndCutOff(0.5) }))?.down.distanceRatio).not.toBeNull();
  });

  it("counts only the share of the exposure that is really force-closed", () => {
    const long = profile("long", [[0.02, 10e6]]);
    expect(readCascade(input({ long, realisedShare: 0.3 }))?.down.distanceRatio).toBeNull();
    expect(readCascade(input({ long, realisedShare: 0.7 }))?.down.distanceRatio).not.toBeNull();
  });

  it("says how sure it is: a wall of doubtful size cascades in some of the draws", () => {
    const long = profile("long", [[0.02, 5.1e6]], 4);
    const { down } = readCascade(input({ long }), mapDraws) ?? {};
    expect(down?.likelihood).toBeGreaterThan(0.2);
    expect(down?.likelihood).toBeLessThan(0.8);
    expect(down?.interval).toBeNull();
  });

  it("takes venues without a book to be as deep as the others", () => {
    const long = profile("long", [[0.02, 7e6]]);
    const all = readCascade(input({ long, books: [book(evenly(5e5)), book(evenly(5e5), { venue: "okx" })] }));
    const half = readCascade(input({ long, books: [book(evenly(5e5))], bookCoverage: 0.5 }));
    expect(half?.down).toEqual(all?.down);
  });
});

/** The same distance in logs on both sides. */
const inLogs = (side: Side): number => distanceRatio(side, 2.5 * binWidth);
const level = fc.tuple(
  fc.double({ min: 0, max: 0.06, noNaN: true }),
  fc.double({ min: 1, max: 1e7, noNaN: true }),
);
const levels = fc.array(level, { maxLength: 30 });
/** Null is farther than everything. */
const far = (distance: number | null | undefined): number => distance ?? 1;

describe("laws of the cascade reading", () => {
  it("deeper books never bring a cascade nearer, a larger realised share never takes it farther", () => {
    fc.assert(
      fc.property(levels, levels, fc.double({ min: 1, max: 5, noNaN: true }), (exposure, resting, times) => {
        const long = profile("long", exposure, 2);
        const read = (deeper: number, realisedShare: number) =>
          readCascade(
            input({ long, books: [book(resting.map(([d, n]) => [d, n * deeper]))], realisedShare }),
            few,
          )?.down;
        const [usual, deep, more] = [read(1, 0.5), read(times, 0.5), read(1, Math.min(1, 0.5 * times))];
        expect(far(deep?.distanceRatio)).toBeGreaterThanOrEqual(far(usual?.distanceRatio));
        expect(deep?.likelihood).toBeLessThanOrEqual(usual?.likelihood ?? 0);
        expect(far(more?.distanceRatio)).toBeLessThanOrEqual(far(usual?.distanceRatio));
      }),
      runs,
    );
  });

  it("a mirrored market has a mirrored reading", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(bins - 1), fc.nat(1e6)), { maxLength: 20 }), (marks) => {
        const at = (side: Side): Level[] =>
          marks.map(([bin, notional]) => [distanceRatio(side, (bin + 0.5) * binWidth), notional]);
        const reading = readCascade(
          input({
            long: profile("long", at("long")),
            short: profile("short", at("short")),
            books: [{ ...book([]), bids: [[inLogs("long"), 3e5]], asks: [[inLogs("short"), 3e5]] }],
          }),
          few,
        );
        const { down, up } = reading ?? {};
        expect(down?.likelihood).toBe(up?.likelihood);
        expect(down?.distanceRatio === null).toBe(up?.distanceRatio === null);
        const logs = [
          logDistance("long", down?.distanceRatio ?? 0),
          logDistance("short", up?.distanceRatio ?? 0),
        ];
        expect(logs[0]).toBeCloseTo(logs[1] ?? Number.NaN, 9);
      }),
      runs,
    );
  });

  it("no number that isn't one gets out, whatever a book says", () => {
    const hostile = fc.constantFrom(Number.NaN, -1, Infinity, -Infinity, 0, 1e300, 0.01);
    fc.assert(
      fc.property(fc.array(fc.tuple(hostile, hostile)), levels, (resting, exposure) => {
        const reading = readCascade(
          input({ long: profile("long", exposure), books: [book(resting)], bookCoverage: 1.2 }),
          few,
        );
        const figures = [reading?.down, reading?.up].flatMap((side) => [
          side?.distanceRatio ?? 0,
          side?.interval?.low ?? 0,
          side?.interval?.high ?? 0,
          side?.likelihood ?? 0,
        ]);
        expect(figures.filter((figure) => !(figure >= 0 && figure <= 1))).toEqual([]);
      }),
      runs,
    );
  });
});
