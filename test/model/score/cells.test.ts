import { describe, expect, it } from "vitest";
import { collectCells } from "../../../src/model/score/cells.ts";
import type { MapModel } from "../../../src/model/score/mapModel.ts";
import type { Bar, Side } from "../../../src/model/types.ts";

const minute = 60_000;

describe("what is scored", () => {
  it("asks a model about each bar before telling it, from the close before to the mark's extreme", () => {
    const { model, heard } = listener();
    collect([barAt(0, 100, 104, 98, 102), barAt(5, 102, 103, 92, 100)], model);
    // questions before the first bar only ask how many parts there are
    expect(heard.slice(heard.findIndex(([what]) => what === "told"))).toEqual([
      ["told", 0],
      // body 100 to 102, wicks shrunk to 95 %: in logs
      ["asked", "long", round(Math.log(102 / 100) + 0.95 * Math.log(100 / 92))],
      ["asked", "short", round(0.95 * Math.log(103 / 102))],
      ["told", 5 * minute],
    ]);
  });

  it("sums the bars of an interval, in thousands of USD at the close before each", () => {
    const bars = [barAt(0, 100, 100, 100, 100), barAt(5, 100, 100, 90, 100), barAt(10, 100, 100, 90, 100)];
    const cells = collect(bars, listener().model);
    expect(cells.fuel["leading"]?.[0]?.[0]).toBeCloseTo((2 * 7 * 100) / 1000, 9);
  });

  it("takes the reach of an interval from the close of the interval before", () => {
    const bars = [barAt(55, 100, 100, 100, 100), barAt(60, 100, 100, 96, 96), barAt(65, 96, 99, 90, 99)];
    const cells = collect(bars, listener().model);
    expect(cells.reach[2]).toBeCloseTo(Math.log(100 / 96) + 0.95 * Math.log(96 / 90), 9);
    expect(cells.reach[3]).toBe(0);
  });

  it("counts realised liquidations at the last price, and leaves unknown ones unknown", () => {
    const bars = [
      barAt(0, 100, 100, 100, 100),
      barAt(60, 100, 200, 100, 200),
      barAt(120, 200, 200, 200, 200),
    ];
    const totals = [
      { openTime: 0, longLiquidations: 30, shortLiquidations: undefined },
      { openTime: 60 * minute, longLiquidations: 5, shortLiquidations: 0 },
      { openTime: 61 * minute, longLiquidations: 9, shortLiquidations: 9 },
      { openTime: 600 * minute, longLiquidations: 9, shortLiquidations: 9 },
    ];
    const cells = collect(bars, listener().model, totals);
    expect([...cells.realised]).toEqual([3, NaN, 1, 0, NaN, NaN]);
  });
});

type Heard = readonly ["told", number] | readonly ["asked", Side, number];

/** Holds 7 contracts on either side wherever it is reached, and remembers what it was asked, but for its lean. */
function listener(): { model: MapModel; heard: Heard[] } {
  const heard: Heard[] = [];
  const leanDistance = 0.02;
  const model: MapModel = {
    within: (side, distance) => {
      if (distance !== leanDistance) heard.push(["asked", side, round(distance)]);
      return [distance > 0 ? 7 : 0];
    },
    absorb: ({ openTime }) => {
      heard.push(["told", openTime]);
    },
  };
  return { model, heard };
}

function collect(
  bars: readonly Bar[],
  leading: MapModel,
  totals: Parameters<typeof collectCells>[0]["totals"] = [],
) {
  return collectCells({ bars, totals, intervalMs: 60 * minute, models: { leading } });
}

function barAt(minutes: number, open: number, high: number, low: number, close: number): Bar {
  return { openTime: minutes * minute, open, high, low, close, volume: 1 };
}

function round(distance: number): number {
  return Number(distance.toFixed(9));
}
