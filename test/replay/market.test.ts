import { describe, expect, it } from "vitest";
import type { Bar } from "../../src/model/types.ts";
import { fuelBySide } from "../../src/model/calibration/series.ts";
import { applyStacked, createStacked } from "../../src/model/stackedSeries.ts";
import { openMarket, type Market } from "../../src/replay/market.ts";
import { swingingBars } from "../support/recording.ts";

const intervalMs = 300_000;
const hourMs = 3_600_000;
const riskTiers = [
  { floorNotional: 0, capNotional: Infinity, maintenanceMarginRate: 0.005, maxLeverage: 100 },
];
const bars = swingingBars(5 * 288);
const reportedADay = 288;

/** Each bar reports one contract, liquidated on one side or the other. */
const reporting = bars.map((bar, index): Bar => ({
  ...bar,
  longLiquidations: index % 2,
  shortLiquidations: (index + 1) % 2,
}));

describe("the share of past maps that was realised", () => {
  it("is unknown without reports, and before there are two days of them", () => {
    expect(marketOf(bars).aggregate().realisedShare).toBeNull();
    expect(marketOf(reporting.slice(0, 2 * 288)).aggregate().realisedShare).toBeNull();
    expect(marketOf(reporting.slice(0, 3 * 288)).aggregate().realisedShare).toBeGreaterThan(0);
  });

  it("is what was reported over what the map had where prices came", () => {
    const once = shareOf(marketOf(reporting));
    const twice = shareOf(
      marketOf(
        reporting.map((bar) => ({
          ...bar,
          longLiquidations: 2 * (bar.longLiquidations ?? 0),
          shortLiquidations: 2 * (bar.shortLiquidations ?? 0),
        })),
      ),
    );
    expect(once).toBeGreaterThan(0);
    expect(once).toBeLessThan(1);
    expect(twice / once).toBeCloseTo(2, 9);
  });

  it("is about the same where reports come by the hour", () => {
    const openTimes = bars.map(({ openTime }) => openTime).filter((openTime) => openTime % hourMs === 0);
    const liquidations = openTimes.map((openTime) => ({
      line: 0,
      openTime,
      longLiquidations: (reportedADay / 24) * 0.5,
      shortLiquidations: (reportedADay / 24) * 0.5,
    }));
    const market = openMarket({ symbol: "BTC", intervalMs, riskTiers, recording: { liquidations } });
    for (const bar of bars) market.take(bar);
    expect(shareOf(market) / shareOf(marketOf(reporting))).toBeCloseTo(1, 1);
  });

  it("leaves out an hour of which nothing is known, reports and map alike", () => {
    const holey = reporting.map((bar, index): Bar => (index % 100 < 50 ? bar : (bars[index] ?? bar)));
    expect(shareOf(marketOf(holey)) / shareOf(marketOf(reporting))).toBeGreaterThan(0.4);
    expect(shareOf(marketOf(holey)) / shareOf(marketOf(reporting))).toBeLessThan(2.5);
  });
});

describe("the null map of a recording", () => {
  it("is there after the first day", () => {
    expect(marketOf(bars.slice(0, 200)).nullLevels()).toBeUndefined();
    expect(marketOf(bars).nullLevels()).toBeDefined();
  });
});

describe("weights learned on the way", () => {
  const learning = farReports(swingingBars(15 * 288));

  it("make the map once they have passed, and the same whether told by the bar or by the hour", () => {
    const byBar = runMarket(openMarket({ symbol: "BTC", intervalMs, riskTiers }), learning);
    const hourly = openMarket({
      symbol: "BTC",
      intervalMs,
      riskTiers,
      recording: { liquidations: sumsByHour(learning) },
    });
    const byHour = runMarket(
      hourly,
      learning.map(({ longLiquidations: _long, shortLiquidations: _short, ...bar }) => bar),
    );
    expect(byBar.days.length).toBeGreaterThan(0);
    expect(byHour.days).toEqual(byBar.days);
    expect(byHour.skill / byBar.skill).toBeCloseTo(1, 0);
    expect(byBar.skill).toBeGreaterThan(0);
  });

  it("are not used while they may not change", () => {
    const market = openMarket({ symbol: "BTC", intervalMs, riskTiers });
    for (const bar of learning) {
      market.take(bar);
      expect(market.weigh(false)).toBeUndefined();
    }
    const before = market.aggregate().long.notionalUsd;
    expect(market.weigh(true)).toBeDefined();
    expect(market.aggregate().long.notionalUsd).not.toEqual(before);
  });
});

/** The bars with what a market would liquidate in which only the far kernel comes true. */
function farReports(from: readonly Bar[]): Bar[] {
  const spec = { venue: "a", symbol: "BTC", market: "BTC/USDT:USDT", contractType: "linear" } as const;
  const stacked = createStacked({ ...spec, intervalMs, riskTiers, liquidationFeeRate: 0 });
  return from.map((bar, index) => {
    const fuel = fuelBySide(stacked, bar);
    applyStacked(stacked, bar);
    const chance = 0.02 + 0.16 * ((index * 0.618) % 1);
    const contracts = (side: "long" | "short"): number => (chance * (fuel?.[side][2] ?? 0)) / bar.close;
    return { ...bar, longLiquidations: contracts("long"), shortLiquidations: contracts("short") };
  });
}

function sumsByHour(from: readonly Bar[]) {
  const hours = new Map<
    number,
    { line: number; openTime: number; longLiquidations: number; shortLiquidations: number }
  >();
  for (const { openTime: at, longLiquidations = 0, shortLiquidations = 0 } of from) {
    const openTime = Math.floor(at / hourMs) * hourMs;
    const sum = hours.get(openTime) ?? { line: 0, openTime, longLiquidations: 0, shortLiquidations: 0 };
    hours.set(openTime, {
      ...sum,
      longLiquidations: sum.longLiquidations + longLiquidations,
      shortLiquidations: sum.shortLiquidations + shortLiquidations,
    });
  }
  return [...hours.values()];
}

function runMarket(market: Market, all: readonly Bar[]) {
  let skill = 0;
  for (const bar of all) {
    market.take(bar);
    skill = market.weigh(true)?.skill ?? skill;
  }
  const adopted = market.decisions.filter(({ kind }) => kind === "adopted");
  return { skill, days: adopted.map(({ day }) => day) };
}

function marketOf(input: readonly Bar[]): Market {
  const market = openMarket({ symbol: "BTC", intervalMs, riskTiers });
  for (const bar of input) market.take(bar);
  return market;
}

function shareOf(market: Market): number {
  return market.aggregate().realisedShare ?? NaN;
}
