import type { Bar, Imbalance, LiquidationMap, SeriesSpec } from "../../src/model/types.ts";
import type { Observation } from "../../src/poller/contracts.ts";
import type { Outset } from "../../src/store/contracts/rounds.ts";
import type { Commit, OutboxAlert } from "../../src/store/contracts/symbols.ts";

/** 2026-11-22T12:00:00Z, the start of a minute. */
export const noon = 1_795_348_800_000;

export function aSpec(over: Partial<SeriesSpec> = {}): SeriesSpec {
  return {
    venue: "bybit",
    symbol: "BTC",
    market: "BTC/USDT:USDT",
    contractType: "linear",
    intervalMs: 300_000,
    riskTiers: [
      { floorNotional: 0, capNotional: 2_000_000, maintenanceMarginRate: 0.005, maxLeverage: 100 },
      { floorNotional: 2_000_000, capNotional: Infinity, maintenanceMarginRate: 0.01, maxLeverage: 50 },
    ],
    liquidationFeeRate: 0,
    ...over,
  };
}

export function aBar(over: Partial<Bar> = {}): Bar {
  return {
    openTime: noon,
    open: 84_000,
    high: 84_300.1,
    low: 83_900.7,
    close: 84_230,
    volume: 12.345,
    ...over,
  };
}

export function anObservation(over: Partial<Observation> = {}): Observation {
  return {
    spec: aSpec(),
    tierSource: { kind: "venue", asOf: "2026-11-20" },
    observedAt: noon,
    receivedAt: noon + 80,
    markPrice: 84_230,
    openInterest: 55_000.5,
    openInterestUsd: 4.63e9,
    closedBars: [aBar()],
    formingBar: aBar({ openTime: noon + 300_000, openInterest: 55_000.5 }),
    ...over,
  };
}

export function anImbalance(over: Partial<Imbalance> = {}): Imbalance {
  return {
    symbol: "BTC",
    time: noon,
    markPrice: 84_230,
    notionalUsd: 1.1e9,
    downDistanceUsd: 2_000,
    upDistanceUsd: 770,
    downDistanceRatio: 0.0237,
    upDistanceRatio: 0.0091,
    ratio: 2.597,
    ratioMean: 2.48,
    ratioLow: 2.1,
    ratioHigh: null,
    realisedShare: null,
    regime: "short-squeeze",
    bands: [{ distanceRatio: 0.01, longUsd: 4.1e8, shortUsd: 1.24e9 }],
    venues: [{ id: "bybit", status: "fresh", ageMs: 4_200, openInterestUsd: 9.1e9, method: "estimated" }],
    coverage: 0.83,
    ageMs: 4_200,
    ...over,
  };
}

export function aMap(over: Partial<LiquidationMap> = {}): LiquidationMap {
  return {
    symbol: "BTC",
    time: noon,
    markPrice: 84_230,
    long: [
      [84_000.5, 1_234_567.89],
      [83_900, 2e6],
    ],
    short: [[84_400, 3e6]],
    ...over,
  };
}

export function anOutset(over: Partial<Outset> = {}): Outset {
  const nothing = { records: [], histories: [], positions: new Map(), depths: [] };
  return { version: 0, slot: -1, rules: "", ...nothing, ...over };
}

export function anAlert(over: Partial<OutboxAlert> = {}): OutboxAlert {
  return { alertId: "a1", content: `{"symbol":"BTC"}`, destinations: ["console"], ...over };
}

export function aCommit(over: Partial<Commit> = {}): Commit {
  return {
    symbol: "BTC",
    slot: 1,
    basedOn: 0,
    at: noon,
    series: new Map(),
    cursors: new Map(),
    dropped: [],
    memory: `{"episode":"quiet"}`,
    imbalance: anImbalance(),
    map: aMap(),
    ruleAlerts: [],
    ...over,
  };
}
