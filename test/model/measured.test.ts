import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { certainPart, drawnParts } from "../../src/model/draws.ts";
import { binWidth } from "../../src/model/grid.ts";
import type { SideLevels, VenueLevels } from "../../src/model/levels.ts";
import { oldestPositionMs, withMeasured } from "../../src/model/measured.ts";
import type { MeasuredPosition, Side } from "../../src/model/types.ts";

const now = 1_795_348_800_000;
const markPrice = 80_000;
const bins = 200;

/** Modelled levels of `perBin` in each bin, all in one part. */
function modelledSide(perBin: number): SideLevels {
  const quantities = new Float64Array(bins).fill(perBin);
  const parts = Array.from({ length: certainPart }, (_, part) =>
    part === 0 ? quantities.slice() : new Float64Array(bins),
  );
  return { nearest: binWidth / 2, quantities, parts };
}

const modelled = (perBin = 1): VenueLevels => ({
  contractType: "linear",
  markPrice,
  long: modelledSide(perBin),
  short: modelledSide(perBin),
});

/** A price in the middle of a bin. */
const priceIn = (side: Side, bin: number): number =>
  markPrice * Math.exp((side === "long" ? -1 : 1) * (bin + 0.5) * binWidth);

const at = (side: Side, bin: number, quantity: number, over: Partial<MeasuredPosition> = {}) => ({
  side,
  quantity,
  liquidationPrice: priceIn(side, bin),
  observedAt: now,
  ...over,
});

const total = (quantities: Float64Array): number => quantities.reduce((sum, quantity) => sum + quantity, 0);

describe("known positions in a map", () => {
  test("lie where their venue says they are liquidated, and the rest stays modelled", () => {
    const { levels, share } = withMeasured(modelled(), [at("long", 7, 100), at("short", 3, 300)], 1_000, now);
    expect(share).toBeCloseTo(0.2, 12);
    expect(levels.long.quantities[7]).toBeCloseTo(0.9 + 100, 12);
    expect(levels.long.quantities[8]).toBeCloseTo(0.9, 12);
    expect(levels.short.quantities[3]).toBeCloseTo(0.7 + 300, 12);
  });

  test.each(["long", "short"] as const)("of a %s are certain, in a part of their own", (side) => {
    const { levels } = withMeasured(modelled(), [at(side, 7, 100)], 1_000, now);
    const { parts = [] } = levels[side];
    expect(parts).toHaveLength(drawnParts);
    expect(parts[certainPart]?.[7]).toBe(100);
    expect(total(parts[0] ?? new Float64Array())).toBeCloseTo(0.9 * bins, 9);
  });

  test("that nothing liquidates cover their part and lie nowhere", () => {
    const { side, quantity, observedAt } = at("long", 0, 250);
    const { levels } = withMeasured(modelled(), [{ side, quantity, observedAt }], 1_000, now);
    expect(total(levels.long.quantities)).toBeCloseTo(0.75 * bins, 9);
  });

  test("beyond the map cover their part and lie nowhere", () => {
    const { levels } = withMeasured(modelled(), [at("short", 5 * bins, 250)], 1_000, now);
    expect(total(levels.short.quantities)).toBeCloseTo(0.75 * bins, 9);
  });

  test.each([
    ["a long whose price the mark has passed", { side: "long", liquidationPrice: markPrice * 1.01 }],
    ["a short whose price the mark has passed", { side: "short", liquidationPrice: markPrice * 0.99 }],
    ["one seen too long ago", { observedAt: now - oldestPositionMs - 1 }],
  ] as const)("%s is none", (_claim, over) => {
    const before = modelled();
    expect(withMeasured(before, [at("long", 7, 100, over)], 1_000, now)).toEqual({
      levels: before,
      share: 0,
    });
  });

  test("that sum to more than the open interest count in proportion, and leave nothing modelled", () => {
    const positions = [at("long", 7, 1_500), at("long", 9, 500)];
    const { levels } = withMeasured(modelled(), positions, 1_000, now);
    expect(levels.long.quantities[7]).toBeCloseTo(750, 9);
    expect(total(levels.long.quantities)).toBeCloseTo(1_000, 9);
  });

  test("without open interest change nothing", () => {
    const before = modelled();
    expect(withMeasured(before, [at("long", 7, 100)], 0, now).levels).toBe(before);
  });
});

const positions = fc.array(
  fc.record({
    side: fc.constantFrom<Side>("long", "short"),
    bin: fc.integer({ min: 0, max: bins - 1 }),
    quantity: fc.double({ min: 0.001, max: 400, noNaN: true }),
  }),
  { minLength: 1, maxLength: 30 },
);

test("a side never holds more than its open interest, its parts sum to its bins, and the order says nothing", () => {
  fc.assert(
    fc.property(positions, (drawn) => {
      const known = drawn.map(({ side, bin, quantity }) => at(side, bin, quantity));
      const openInterest = 1_000;
      const perBin = openInterest / bins;
      const { levels, share } = withMeasured(modelled(perBin), known, openInterest, now);
      const other = withMeasured(modelled(perBin), known.toReversed(), openInterest, now);
      expect(share).toBeGreaterThan(0);
      expect(share).toBeLessThanOrEqual(1);
      for (const side of ["long", "short"] as const) {
        const { quantities, parts = [] } = levels[side];
        expect(total(quantities)).toBeCloseTo(openInterest, 6);
        expect(parts.reduce((sum, part) => sum + total(part), 0)).toBeCloseTo(total(quantities), 6);
        expect(
          other.levels[side].quantities
            .map((q, bin) => q - (quantities[bin] ?? 0))
            .every((d) => Math.abs(d) < 1e-9),
        ).toBe(true);
      }
    }),
  );
});
