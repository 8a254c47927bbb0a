import * as fc from "fast-check";
import { expect, it } from "vitest";
import { createRounding } from "../../src/model/rounding.ts";

/** One after the other, near powers of ten and far from them. */
const values = fc.array(
  fc.oneof(
    fc.double({ min: 1e-20, max: 1e20, noNaN: true }),
    fc
      .tuple(fc.integer({ min: -15, max: 20 }), fc.integer({ min: -3, max: 3 }))
      .map(([exponent, steps]) => 10 ** exponent * (1 + steps * Number.EPSILON)),
  ),
  { minLength: 1, maxLength: 40 },
);

it("rounds to six digits, whatever came before", () => {
  fc.assert(
    fc.property(values, (each) => {
      const round = createRounding();
      for (const value of each) {
        const rounded = round(value);
        expect(rounded).toBe(createRounding()(value));
        expect(Math.abs(rounded / Number(value.toPrecision(6)) - 1)).toBeLessThan(1.1e-5);
        expect(rounded).toBe(round(rounded));
      }
    }),
    { numRuns: 1000 },
  );
});

it("gives the double that the decimals say", () => {
  const round = createRounding();
  expect([93_427.456_7, 93_427.44, 0.000_123_456_78, 1_234_567_890].map(round)).toEqual([
    93_427.5, 93_427.4, 0.000_123_457, 1_234_570_000,
  ]);
});
