import * as fc from "fast-check";
import { expect, test } from "vitest";
import { packBars, unpackBars } from "../../../src/store/market/bars.ts";
import { aBar, aSpec } from "../builders.ts";

const number = fc.double({ noNaN: true, noDefaultInfinity: true });
const bar = fc.record(
  {
    openTime: fc.nat(),
    open: number,
    high: number,
    low: number,
    close: number,
    volume: number,
    takerBuyVolume: number,
    openInterest: number,
    markHigh: number,
    markLow: number,
    longShortRatio: number,
    fundingRate: number,
    longLiquidations: number,
    shortLiquidations: number,
  },
  { requiredKeys: ["openTime", "open", "high", "low", "close", "volume"] },
);

test("bars come back exactly, and what was absent is absent", () => {
  fc.assert(
    fc.property(fc.array(bar, { maxLength: 20 }), (bars) => {
      expect(unpackBars(packBars(aSpec(), bars)).bars).toEqual(bars);
    }),
  );
});

test("the series' spec comes back with an unbounded last tier", () => {
  expect(unpackBars(packBars(aSpec(), [])).spec).toEqual(aSpec());
});

test("an absent field costs nothing and a present zero is not absent", () => {
  const without = packBars(aSpec(), [aBar()]);
  const withZero = packBars(aSpec(), [aBar({ fundingRate: 0 })]);
  expect(withZero.length - without.length).toBe(8);
  expect(unpackBars(withZero).bars).toEqual([aBar({ fundingRate: 0 })]);
});
