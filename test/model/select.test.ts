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
