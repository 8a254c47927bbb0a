import { describe, expect, it } from "vitest";
import { createCalibration } from "../../../src/model/calibration/calibration.ts";
import { applyCalibrated, weighSeries } from "../../../src/model/calibration/series.ts";
import { encodeCalibration } from "../../../src/model/calibration/snapshot.ts";
import { createNullMap } from "../../../src/model/nullMap.ts";
import { priorWeights, scalesOf } from "../../../src/model/stack.ts";
import {
  applyStacked,
  createStacked,
  encodeStacked,
  stackedLevels,
} from "../../../src/model/stackedSeries.ts";
import type { Bar } from "../../../src/model/types.ts";
import { aSpec, sameBits } from "../../support/market.ts";
import { swingingBars } from "../../support/recording.ts";

const days = 6;
const bars = swingingBars(days * 288);
const reporting = bars.map((bar): Bar => ({ ...bar, longLiquidations: 2, shortLiquidations: 3 }));
const nothing = encodeCalibration(createCalibration());

function run(all: readonly Bar[]) {
  const [stacked, calibration] = [createStacked(aSpec()), createCalibration()];
  for (const bar of all) applyCalibrated(calibration, stacked, bar);
  return { stacked, calibration };
}

describe("a contract whose liquidations are told", () => {
  it("is modelled as without", () => {
    const alone = createStacked(aSpec());
    for (const bar of reporting) applyStacked(alone, bar);
    expect(sameBits(encodeStacked(run(reporting).stacked), encodeStacked(alone))).toBe(true);
  });

  it("teaches nothing before its map is filled, nor where nothing is told", () => {
    expect(sameBits(encodeCalibration(run(reporting.slice(0, 4 * 288)).calibration), nothing)).toBe(true);
    expect(sameBits(encodeCalibration(run(bars).calibration), nothing)).toBe(true);
    expect(sameBits(encodeCalibration(run(reporting).calibration), nothing)).toBe(false);
  });

  it("teaches in dollars, side by side: fuel of each part, and what was liquidated", () => {
    const { calibration } = run(reporting.slice(0, -6));
    const { open } = calibration.rows;
    const width = priorWeights.length + 1;
    const closes = reporting.slice(-12, -6).map(({ close }) => close);
    const sum = closes.reduce((total, close) => total + close, 0);
    expect(open[width - 1]).toBeCloseTo(2 * sum, 6);
    expect(open[2 * width - 1]).toBeCloseTo(3 * sum, 6);
    expect(open.subarray(0, width - 1).some((usd) => usd > 0)).toBe(true);
  });

  it("teaches an inverse contract's dollars as they are", () => {
    const stacked = createStacked(aSpec({ contractType: "inverse" }));
    const calibration = createCalibration();
    for (const bar of reporting.slice(0, -6)) applyCalibrated(calibration, stacked, bar);
    const { open } = calibration.rows;
    const width = priorWeights.length + 1;
    expect([open[width - 1], open[2 * width - 1]]).toEqual([12, 18]);
    const linear = run(reporting.slice(0, -6)).calibration.rows.open;
    const fuelOf = (hour: Float64Array): number => (hour[0] ?? NaN) + (hour[width] ?? NaN);
    expect(fuelOf(open)).toBeGreaterThan(0);
    expect(fuelOf(open)).toBeLessThan(fuelOf(linear) / 10);
  });

  it("teaches nothing with a bar that is not believed, or was seen", () => {
    const { stacked, calibration } = run(reporting);
    const before = encodeCalibration(calibration);
    const last = reporting.at(-1);
    if (last === undefined) throw new Error("no bars");
    const next = { ...last, openTime: last.openTime + 300_000 };
    for (const bar of [
      last,
      { ...next, high: NaN },
      { ...next, low: -1 },
      { ...next, close: last.close * 3, high: last.high * 3 },
    ])
      expect(applyCalibrated(calibration, stacked, bar)).toMatchObject({ learnt: false, decisions: [] });
    expect(sameBits(encodeCalibration(calibration), before)).toBe(true);
  });
});

describe("weights in use", () => {
  const far = priorWeights.map((_, j) => (j === 2 ? 1 : 0));

  it("make the map: all of one part is that part alone", () => {
    const { stacked } = run(bars);
    const price = bars.at(-1)?.close ?? NaN;
    const before = stackedLevels(stacked, price).long.quantities;
    weighSeries(stacked, { ...createCalibration(), used: far });
    const after = stackedLevels(stacked, price).long;
    const share = (scalesOf(stacked.stack)[2] ?? NaN) * (stacked.openInterest ?? NaN);
    const total = after.quantities.reduce((sum, quantity) => sum + quantity, 0);
    // of it all, what the price has just swept is missing
    expect(total / share).toBeGreaterThan(0.85);
    expect(total / share).toBeLessThanOrEqual(1);
    expect(after.quantities).not.toEqual(before);
  });

  it("make the null map too", () => {
    const { stacked } = run(bars);
    const price = bars.at(-1)?.close ?? NaN;
    const nullMap = createNullMap(aSpec());
    const levels = (weights?: readonly number[]) =>
      nullMap.levels(stacked.path, price, weights)?.long.quantities;
    const own = levels();
    expect(levels(far)).not.toEqual(own);
    expect(levels(priorWeights)).toEqual(own);
  });
});
