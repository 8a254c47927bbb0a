import { describe, expect, it } from "vitest";
import { beyondReach, binWidth } from "../../src/model/grid.ts";
import { tierLeverages } from "../../src/model/priors.ts";
import { buildTriggers, triggerOffset } from "../../src/model/triggers.ts";
import type { Side } from "../../src/model/types.ts";
import { aSpec, oneTier } from "../support/market.ts";

const twenty = tierLeverages.indexOf(20);
const hundred = tierLeverages.indexOf(100);

describe("trigger offsets", () => {
  it.each<[Side, number]>([
    ["long", -Math.log(0.95 / 0.996)],
    ["short", Math.log(1.05 / 1.004)],
  ])("of a %s begin at the tier's own liquidation price", (side, expected) => {
    const table = buildTriggers(aSpec(), side);
    expect(triggerOffset(table, twenty, 0) * binWidth).toBeCloseTo(expected, 9);
  });

  it("reach out to three tenths of the leverage", () => {
    const table = buildTriggers(aSpec(), "long");
    expect(triggerOffset(table, hundred, 1 - 1e-12) * binWidth).toBeCloseTo(
      -Math.log((1 - 1 / 30) / 0.996),
      6,
    );
  });

  it("only grow with the quantile", () => {
    const table = buildTriggers(aSpec(), "short");
    tierLeverages.forEach((_leverage, tier) => {
      for (let quantile = 0.01; quantile < 1; quantile += 0.01) {
        const nearer = triggerOffset(table, tier, quantile - 0.01);
        expect(triggerOffset(table, tier, quantile)).toBeGreaterThanOrEqual(nearer);
      }
    });
  });

  it("carry OKX's fee", () => {
    const table = buildTriggers(aSpec({ liquidationFeeRate: 0.0005 }), "long");
    expect(triggerOffset(table, twenty, 0) * binWidth).toBeCloseTo(-Math.log(47_714.7162 / 50_000), 8);
  });

  it("keep to the leverage the venue grants", () => {
    const riskTiers = oneTier.map((tier) => Object.assign({}, tier, { maxLeverage: 20 }));
    const table = buildTriggers(aSpec({ riskTiers }), "long");
    expect(triggerOffset(table, hundred, 0)).toBe(triggerOffset(table, twenty, 0));
  });

  it("say never for an inverse short under 1×", () => {
    const table = buildTriggers(aSpec({ contractType: "inverse" }), "short");
    expect(triggerOffset(table, 0, 1 - 1e-9)).toBeGreaterThan(beyondReach / 2);
  });
});
