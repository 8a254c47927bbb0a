import * as fc from "fast-check";
import { expect, test } from "vitest";
import { packMap, unpackMap } from "../../../src/store/market/map.ts";
import { aMap } from "../builders.ts";

const level = fc.tuple(fc.double({ noNaN: true }), fc.double({ noNaN: true }));

test("a map comes back exactly", () => {
  fc.assert(
    fc.property(fc.array(level), fc.array(level), (long, short) => {
      const map = aMap({ long, short });
      expect(unpackMap("BTC", packMap(map))).toEqual(map);
    }),
  );
});
