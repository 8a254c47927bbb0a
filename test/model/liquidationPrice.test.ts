import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  bankruptcyPrice,
  bybitMarginBalance,
  crossMarginBalance,
  deriveBrackets,
  inverseLiquidationPrice,
  linearLiquidationPrice,
  maintenanceMargin,
  triggerFromBankruptcy,
} from "../../src/model/liquidationPrice.ts";
import type { RiskTier, Side } from "../../src/model/types.ts";

describe("golden liquidation prices", () => {
  it.each([
    ["ETH, isolated, Binance's own example", 3683.979, 1456.84, 0.1, 135_365, 1114.78],
    ["BTC, isolated, Binance's own example", 109.488, 32_481.98, 0.025, 16_300, 18_778.73],
  ])("%s", (_name, quantity, entryPrice, maintenanceMarginRate, deduction, expected) => {
    const position = { side: "long", quantity, entryPrice, marginBalance: 1_535_443.01, feeRate: 0 } as const;
    const bracket = { floorNotional: 0, capNotional: Infinity, maintenanceMarginRate, deduction };
    expect(linearLiquidationPrice(position, [bracket])).toBeCloseTo(expected, 2);
  });

  it.each([
    [100, 0.004, 99_397.59, 100_597.61],
    [20, 0.005, 95_477.39, 104_477.61],
    [5, 0.005, 80_402.01, 119_402.99],
  ])("the closed form at %d×, maintenance %d", (leverage, rate, long, short) => {
    expect(isolatedLinear("long", 1, leverage, flat(rate))).toBeCloseTo(long, 2);
    expect(isolatedLinear("short", 1, leverage, flat(rate))).toBeCloseTo(short, 2);
  });

  it("takes the bracket of the notional at the liquidation price", () => {
    expect(isolatedLinear("long", 1, 50, steps)).toBeCloseTo(98_442.2111, 4);
    expect(isolatedLinear("short", 1, 50, steps)).toBeCloseTo(101_542.2886, 4);
    expect(isolatedLinear("long", 10.3, 20, steps)).toBeCloseTo(95_832.1075, 4);
  });

  it("Bybit, with extra margin and the fee it releases", () => {
    const held = { side: "long", quantity: 1, entryPrice: 40_000 } as const;
    const marginBalance = bybitMarginBalance({
      ...held,
      leverage: 50,
      extraMargin: 3000,
      takerFeeRate: 0.00055,
    });
    expect(linearLiquidationPrice({ ...held, marginBalance, feeRate: 0 }, flat(0.005))).toBeCloseTo(
      36_380.25,
      2,
    );
  });

  it("an inverse contract is not a linear one", () => {
    const held = { quantityUsd: 100_000, entryPrice: 50_000, marginBalance: 0.1, feeRate: 0 };
    expect(inverseLiquidationPrice({ side: "long", ...held }, flat(0.004))).toBeCloseTo(47_809.5238, 4);
    expect(inverseLiquidationPrice({ side: "short", ...held }, flat(0.004))).toBeCloseTo(52_421.0526, 4);
  });

  it("OKX has its fee inside the trigger", () => {
    const held = { quantity: 1, entryPrice: 50_000, marginBalance: 2500, feeRate: 0.0005 };
    expect(linearLiquidationPrice({ side: "long", ...held }, flat(0.004))).toBeCloseTo(47_714.7162, 4);
    expect(linearLiquidationPrice({ side: "short", ...held }, flat(0.004))).toBeCloseTo(52_264.8084, 4);
  });

  it("Hyperliquid's maintenance is half the margin at the highest leverage", () => {
    const held = { side: "long", quantity: 1, entryPrice: 350, marginBalance: 50, feeRate: 0 } as const;
    expect(linearLiquidationPrice(held, flat(1 / 20))).toBeCloseTo(315.789474, 6);
  });

  it("a cross position answers with the whole account", () => {
    const marginBalance = crossMarginBalance(10_000, 1200, -800);
    const held = { side: "long", quantity: 1, entryPrice: 50_000, feeRate: 0 } as const;
    const price = linearLiquidationPrice({ ...held, marginBalance }, flat(0.005));
    expect(price).toBeCloseTo(42_000 / 0.995, 6);
  });

  it("no price liquidates a position that its margin covers whole", () => {
    const held = { side: "long", quantity: 1, entryPrice: 100, marginBalance: 100, feeRate: 0 } as const;
    expect(linearLiquidationPrice(held, flat(0.005))).toBeUndefined();
  });
});

describe("laws of liquidation prices", () => {
  it("the maintenance margin is continuous over brackets", () => {
    expect(steps.map((bracket) => Math.round(bracket.deduction))).toEqual([0, 50, 1300, 16_300, 266_300]);
    for (const { floorNotional } of steps.slice(1)) {
      const above = maintenanceMargin(floorNotional * (1 + 1e-12), steps);
      expect(above).toBeCloseTo(maintenanceMargin(floorNotional, steps), 3);
    }
  });

  it("equity equals maintenance there", () => {
    fc.assert(
      fc.property(anySide, anyQuantity, anyLeverage, (side, quantity, leverage) => {
        const price = isolatedLinear(side, quantity, leverage, steps);
        if (price === undefined) return;
        const sign = side === "long" ? 1 : -1;
        const equity = (quantity * 1e5) / leverage + sign * quantity * (price - 1e5);
        const notional = quantity * price;
        expect(Math.abs(equity - maintenanceMargin(notional, steps))).toBeLessThan(1e-9 * notional);
      }),
      { numRuns: 1000 },
    );
  });

  it("lies between bankruptcy and entry when the maintenance rate is below 1/leverage", () => {
    fc.assert(
      fc.property(anySide, anyRate, anyLeverage, (side, rate, leverage) => {
        fc.pre(rate < 0.999 / leverage);
        const bankrupt = bankruptcyPrice("linear", side, 1e5, leverage) ?? 0;
        const price = isolatedLinear(side, 1, leverage, flat(rate)) ?? NaN;
        const inverse = isolatedInverse(side, leverage, rate) ?? NaN;
        const inverseBankrupt = bankruptcyPrice("inverse", side, 1e5, leverage) ?? NaN;
        const sign = side === "long" ? 1 : -1;
        expect(sign * (price - bankrupt)).toBeGreaterThan(0);
        expect(sign * (1e5 - price)).toBeGreaterThan(0);
        expect(sign * (inverse - inverseBankrupt)).toBeGreaterThan(0);
        expect(sign * (1e5 - inverse)).toBeGreaterThan(0);
      }),
      { numRuns: 1000 },
    );
  });

  it("more leverage brings it nearer", () => {
    fc.assert(
      fc.property(anySide, anyQuantity, anyLeverage, anyLeverage, (side, quantity, one, other) => {
        fc.pre(Math.abs(one - other) > 1e-3);
        const near = isolatedLinear(side, quantity, Math.max(one, other), steps);
        const far = isolatedLinear(side, quantity, Math.min(one, other), steps);
        const sign = side === "long" ? 1 : -1;
        expect(sign * ((near ?? NaN) - (far ?? (side === "long" ? 0 : Infinity)))).toBeGreaterThan(0);
      }),
      { numRuns: 1000 },
    );
  });

  it("moves continuously as a position grows through the brackets", () => {
    fc.assert(
      fc.property(anySide, anyQuantity, anyLeverage, (side, quantity, leverage) => {
        const price = isolatedLinear(side, quantity, leverage, steps) ?? 0;
        const grown = isolatedLinear(side, quantity * (1 + 1e-9), leverage, steps) ?? 0;
        expect(Math.abs(grown - price)).toBeLessThan(1e-3);
      }),
      { numRuns: 1000 },
    );
  });

  it("a 1× inverse short is never liquidated", () => {
    fc.assert(
      fc.property(anyRate, (rate) => {
        expect(isolatedInverse("short", 1, rate)).toBeUndefined();
        expect(bankruptcyPrice("inverse", "short", 1e5, 1)).toBeUndefined();
      }),
    );
  });

  it("a bankruptcy price converts back to the trigger it came from", () => {
    fc.assert(
      fc.property(
        anySide,
        anyRate,
        fc.double({ min: 1.5, max: 150, noNaN: true }),
        (side, rate, leverage) => {
          const linear = bankruptcyPrice("linear", side, 1e5, leverage) ?? NaN;
          const inverse = bankruptcyPrice("inverse", side, 1e5, leverage) ?? NaN;
          const trigger = triggerFromBankruptcy("linear", side, linear, rate);
          expect(trigger).toBeCloseTo(isolatedLinear(side, 1, leverage, flat(rate)) ?? NaN, 4);
          const inverseTrigger = triggerFromBankruptcy("inverse", side, inverse, rate);
          expect(inverseTrigger).toBeCloseTo(isolatedInverse(side, leverage, rate) ?? NaN, 4);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

const steps = deriveBrackets([
  tier(0, 50_000, 0.004),
  tier(50_000, 250_000, 0.005),
  tier(250_000, 1e6, 0.01),
  tier(1e6, 1e7, 0.025),
  tier(1e7, 2e7, 0.05),
]);

const anySide = fc.constantFrom<Side>("long", "short");
const anyQuantity = fc.double({ min: 0.001, max: 150, noNaN: true });
const anyLeverage = fc.double({ min: 1.05, max: 19, noNaN: true });
const anyRate = fc.double({ min: 0.0005, max: 0.04, noNaN: true });

function tier(floorNotional: number, capNotional: number, maintenanceMarginRate: number): RiskTier {
  return { floorNotional, capNotional, maintenanceMarginRate, maxLeverage: 125 };
}

function flat(rate: number) {
  return deriveBrackets([tier(0, Infinity, rate)]);
}

function isolatedLinear(side: Side, quantity: number, leverage: number, brackets: typeof steps) {
  const marginBalance = (quantity * 1e5) / leverage;
  return linearLiquidationPrice({ side, quantity, entryPrice: 1e5, marginBalance, feeRate: 0 }, brackets);
}

function isolatedInverse(side: Side, leverage: number, rate: number) {
  const held = { side, quantityUsd: 1e5, entryPrice: 1e5, marginBalance: 1 / leverage, feeRate: 0 };
  return inverseLiquidationPrice(held, flat(rate));
}
