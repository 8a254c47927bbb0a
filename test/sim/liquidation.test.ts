import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Side } from "../../src/model/types.ts";
import { bankruptcyPrice, bracketsOf, liquidationPrice } from "../../src/sim/liquidation.ts";
import { dialects } from "./builders.ts";

const flat = (maintenanceMarginRate: number) =>
  bracketsOf([{ floorNotional: 0, capNotional: Infinity, maintenanceMarginRate, maxLeverage: 125 }]);

const isolated = (side: Side, entryPrice: number, leverage: number, base = 1) => ({
  side,
  base,
  entryPrice,
  margin: (base * entryPrice) / leverage,
});

const binanceFaq = bracketsOf([
  { floorNotional: 0, capNotional: 50_000, maintenanceMarginRate: 0.004, maxLeverage: 125 },
  { floorNotional: 50_000, capNotional: 250_000, maintenanceMarginRate: 0.005, maxLeverage: 100 },
  { floorNotional: 250_000, capNotional: 1_000_000, maintenanceMarginRate: 0.01, maxLeverage: 50 },
  { floorNotional: 1_000_000, capNotional: 10_000_000, maintenanceMarginRate: 0.025, maxLeverage: 20 },
]);

describe("liquidation prices of the world", () => {
  test.each([
    ["100× long at .4 %", isolated("long", 100_000, 100), flat(0.004), 0, 99_397.59],
    ["100× short at .4 %", isolated("short", 100_000, 100), flat(0.004), 0, 100_597.61],
    ["20× long at .5 %", isolated("long", 100_000, 20), flat(0.005), 0, 95_477.39],
    ["5× short at .5 %", isolated("short", 100_000, 5), flat(0.005), 0, 119_402.99],
    ["OKX long with the fee in the trigger", isolated("long", 50_000, 20), flat(0.004), 0.0005, 47_714.72],
    ["OKX short with the fee in the trigger", isolated("short", 50_000, 20), flat(0.004), 0.0005, 52_264.81],
    ["a long in its bracket", isolated("long", 100_000, 50), binanceFaq, 0, 98_442.21],
    ["a short in its bracket", isolated("short", 100_000, 50), binanceFaq, 0, 101_542.29],
    ["a long that crosses a bracket", isolated("long", 100_000, 20, 10.3), binanceFaq, 0, 95_832.11],
  ] as const)("%s", (_name, stake, brackets, fee, expected) => {
    expect(liquidationPrice(stake, brackets, fee)).toBeCloseTo(expected, 1);
  });

  test("deductions make the maintenance table continuous", () => {
    expect(binanceFaq.map(({ deduction }) => Math.round(deduction))).toEqual([0, 50, 1_300, 16_300]);
  });

  test("no price takes a long whose margin covers everything", () => {
    expect(liquidationPrice(isolated("long", 100, 1), flat(0.005), 0)).toBeUndefined();
  });

  test("on every venue the trigger lies between bankruptcy and entry, or there is none", () => {
    const stake = fc.record({
      side: fc.constantFrom("long" as const, "short" as const),
      entryPrice: fc.double({ min: 0.01, max: 200_000, noNaN: true }),
      leverage: fc.constantFrom(2, 3, 5, 10, 25, 50, 100),
      notional: fc.double({ min: 10, max: 1e6, noNaN: true }),
      dialect: fc.constantFrom(...dialects),
    });
    fc.assert(
      fc.property(stake, ({ side, entryPrice, leverage, notional, dialect: { profile } }) => {
        const brackets = bracketsOf(profile.riskTiers(125));
        const allowed = brackets.find(({ capNotional }) => notional <= capNotional)?.maxLeverage ?? 1;
        const position = isolated(side, entryPrice, Math.min(leverage, allowed), notional / entryPrice);
        const trigger = liquidationPrice(position, brackets, profile.liquidationFeeRate) ?? Number.NaN;
        const bankrupt = bankruptcyPrice(position);
        const between = side === "long" ? [bankrupt, trigger, entryPrice] : [entryPrice, trigger, bankrupt];
        expect(between).toEqual(between.toSorted((a, b) => a - b));
      }),
      { numRuns: 1_000 },
    );
  });
});
