import * as fc from "fast-check";
import { expect, it } from "vitest";
import { roundDigits } from "../../src/model/rounding.ts";

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

it("rounds each to six digits, whatever comes before it", () => {
  fc.assert(
    fc.property(values, (each) => {
      const together = Float64Array.from(each);
      roundDigits(together, each.length);
      each.forEach((value, i) => {
        const rounded = together[i] ?? NaN;
        expect(rounded).toBe(roundAlone(value));
        expect(roundAlone(rounded)).toBe(rounded);
        expect(Math.abs(rounded / Number(value.toPrecision(6)) - 1)).toBeLessThan(1.1e-5);
      });
    }),
    { numRuns: 1000 },
  );
});

it("gives the double that the decimals say, and leaves what it isn't asked for", () => {
  const prices = Float64Array.of(93_427.456_7, 93_427.44, 0.000_123_456_78, 1_234_567_890, 1.234_567_8);
  roundDigits(prices, 4);
  expect([...prices]).toEqual([93_427.5, 93_427.4, 0.000_123_457, 1_234_570_000, 1.234_567_8]);
});

function roundAlone(value: number): number {
  const alone = Float64Array.of(value);
  roundDigits(alone, 1);
  return alone[0] ?? NaN;
}
