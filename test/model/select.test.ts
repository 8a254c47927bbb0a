import * as fc from "fast-check";
import { expect, it } from "vitest";
import { selectRank } from "../../src/model/select.ts";

it("selects what sorting would put there, whatever the values and their ties", () => {
  const value = fc.oneof(
    fc.integer({ min: 0, max: 5 }),
    fc.double({ noNaN: true }),
    fc.constantFrom(Infinity, -Infinity),
  );
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 250 }), fc.nat(249), (values, at) => {
      const rank = at % values.length;
      const sorted = Float64Array.from(values).toSorted();
      // 0 and −0 tie
      expect(selectRank(Float64Array.from(values), rank) + 0).toBe((sorted[rank] ?? NaN) + 0);
    }),
    { numRuns: 1000 },
  );
});

it("selects the same between two places that are known to hold it, and leaves what it selected before", () => {
  const values = fc.array(fc.double({ noNaN: true }), { minLength: 2, maxLength: 250 });
  fc.assert(
    fc.property(values, fc.nat(249), fc.nat(249), (unsorted, one, other) => {
      const [low = 0, high = 0] = [one % unsorted.length, other % unsorted.length].toSorted((a, b) => a - b);
      const sorted = Float64Array.from(unsorted).toSorted();
      const drawn = Float64Array.from(unsorted);
      const upper = selectRank(drawn, high);
      expect(selectRank(drawn, low, 0, high) + 0).toBe((sorted[low] ?? NaN) + 0);
      expect(drawn[high]).toBe(upper);
    }),
    { numRuns: 1000 },
  );
});
