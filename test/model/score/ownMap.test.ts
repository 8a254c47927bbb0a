import { describe, expect, it } from "vitest";
import { asStack, ownMap, pathOnlyMap } from "../../../src/model/score/ownMap.ts";
import { partsWithin, scalesOf } from "../../../src/model/stack.ts";
import { applyStacked, createStacked } from "../../../src/model/stackedSeries.ts";
import { aSpec, steadyBars } from "../../support/market.ts";

describe("our map, as it is scored", () => {
  const bars = steadyBars(400);

  it("is the published map's parts, each scaled to the fuel that the filter had consumed", () => {
    const map = ownMap(aSpec());
    const stacked = createStacked(aSpec());
    for (const bar of bars) {
      map.absorb(bar);
      applyStacked(stacked, bar);
    }
    const scales = scalesOf(stacked.stack);
    for (const side of ["long", "short"] as const) {
      const parts = partsWithin(stacked.stack, stacked.series.state, side, 0.02);
      const own = asStack(map.within(side, 0.02).map((mass) => Float64Array.of(mass)));
      own.forEach((column, part) =>
        expect(column[0]).toBeCloseTo((parts[part] ?? NaN) * (scales[part] ?? NaN), 6),
      );
      expect(Math.abs((scales[2] ?? 1) - 1)).toBeGreaterThan(0.1);
    }
  });

  it("of the path alone does not move with open interest and volume", () => {
    const [one, other] = [pathOnlyMap(aSpec()), pathOnlyMap(aSpec())];
    for (const bar of bars) {
      one.absorb(bar);
      other.absorb({ ...bar, openInterest: 3 * (bar.openInterest ?? 0), volume: 5 * bar.volume });
    }
    expect(other.within("long", 0.02)).toEqual(one.within("long", 0.02));
  });
});
