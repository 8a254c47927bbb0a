import type { RiskTier } from "../../model/types.ts";
import type { Call, CandleRow, Contract, Feed, PrintedFeed, Sample, VenueAdapter } from "../adapter.ts";
import { intervalMs } from "../adapter.ts";
import {
  asAmount,
  asFields,
  asList,
  asName,
  asNumber,
  asOhlc,
  asOpenTime,
  asPositive,
  asTime,
  Malformed,
} from "../read.ts";
import { numbered } from "../rows.ts";

// Bitfinex v2 derivatives: base units, bare lists of cells, newest row first; a bar without a trade has no row.
const minuteMs = 60_000;

const candleCall = ({ id }: Contract, params: Readonly<Record<string, number>>): Call => ({
  method: "publicGetCandlesTradeTimeframeSymbolHist",
  params: { timeframe: "5m", symbol: id, ...params },
});

const candles: Feed<CandleRow> = {
  stepMs: intervalMs,
  latest: (contract, limit) => candleCall(contract, { limit }),
  latestLimit: 1_000,
  window: (contract, from, to) => candleCall(contract, { start: from, end: to - 1, limit: 1_000 }),
  windowLimit: 1_000,
  rows: (body) => asList(body, "answer"),
  // the close comes before the extremes
  row: (row) => {
    const cells = asList(row, "candle");
    return {
      openTime: asOpenTime(cells[0], intervalMs),
      ...asOhlc(cells[1], cells[3], cells[4], cells[2]),
      volume: asAmount(cells[5], "volume"),
    };
  },
};

const statusCall = ({ id }: Contract, params: Readonly<Record<string, number>>): Call => ({
  method: "publicGetStatusDerivSymbolHist",
  params: { symbol: id, ...params },
});

/** Rows come about once a minute: the one within half a minute of a bar's close is that bar's. */
function nearestClose(time: number): number {
  const close = Math.round(time / intervalMs) * intervalMs;
  return Math.abs(time - close) <= minuteMs / 2 ? close : time;
}

/** For reading back; in the steady state one call about all contracts a minute tells the same. */
const openInterestHistory: Feed<Sample> = {
  stepMs: minuteMs,
  latest: (contract, limit) => statusCall(contract, { limit }),
  latestLimit: 5_000,
  window: (contract, from, to) => statusCall(contract, { start: from, end: to - 1, limit: 5_000 }),
  windowLimit: 5_000,
  rows: (body) => asList(body, "answer"),
  row: (row) => {
    const cells = asList(row, "row");
    return { at: nearestClose(asTime(cells[0], "time")), value: asPositive(cells[17], "open interest") };
  },
};

/**
 * Each position comes in several rows: what triggered (no match, no price), then what was taken over. The sign is the
 * position's; the flags next to it say how it was taken over, not which side.
 */
const printed: PrintedFeed = {
  everyMs: minuteMs,
  reachMs: 60 * minuteMs,
  mostRows: 500,
  each: "venue",
  call: (_contract, from, to) => ({
    method: "publicGetLiquidationsHist",
    params: { start: from, end: to, limit: 500 },
  }),
  rows: (body) => numbered(asList(body, "answer").map((entry) => asList(entry, "entry")[0])),
  read: (numberedRow) => {
    const { row, number } = asFields(numberedRow, "row");
    const cells = asList(row, "row");
    if (cells[8] === 0 && cells[11] === null) return undefined;
    const amount = asNumber(cells[5], "amount");
    return {
      id: asName(cells[4], "symbol"),
      liquidatedSide: amount > 0 ? "long" : "short",
      contracts: asPositive(Math.abs(amount), "amount"),
      price: asPositive(cells[11], "price acquired"),
      priced: "trigger",
      at: asTime(cells[2], "time"),
      key: `${String(cells[1])} ${String(number)}`,
    };
  },
};

/** One step: what small positions must have. */
function readTiers(body: unknown, contract: Contract): readonly RiskTier[] {
  const pairs = asList(asList(body, "answer")[0], "pairs");
  const pair = pairs.find((each) => `t${String(asList(each, "pair")[0])}` === contract.id);
  if (pair === undefined) throw new Malformed(`no margins of ${contract.id}`);
  const figures = asList(asList(pair, "pair")[1], "figures");
  const initialMarginRate = asPositive(figures[8], "initial margin");
  return [
    {
      floorNotional: 0,
      capNotional: Infinity,
      maintenanceMarginRate: asPositive(figures[9], "minimum margin"),
      maxLeverage: 1 / initialMarginRate,
    },
  ];
}

export const bitfinex: VenueAdapter = {
  id: "bitfinex",
  ccxt: {},
  declares: {
    tier: 2,
    contracts: ["linear"],
    liquidations: "rest",
    lacks: {
      markCandles: "candles of the last price, their wicks shrunk",
      takerVolume: "estimated from the candle's shape",
      longShortRatio: "none; nothing stands in",
    },
    limits: [
      {
        bucket: "liquidations",
        matches: (method) => method.includes("Liquidations"),
        weight: 3,
        perMs: 60_000,
      },
      { bucket: "public", weight: 90, perMs: 60_000 },
    ],
  },
  candlesOnClose: true,
  liquidationFeeRate: 0,
  boards: [
    {
      call: { method: "publicGetStatusDeriv", params: { keys: "ALL" } },
      rows: (body) => asList(body, "answer"),
      idField: "0",
      row: (row) => {
        const cells = asList(row, "row");
        return {
          at: asTime(cells[1], "time"),
          markPrice: asPositive(cells[15], "mark price"),
          openInterest: asPositive(cells[18], "open interest"),
          fundingRate: asNumber(cells[12], "funding rate"),
        };
      },
    },
  ],
  candles,
  openInterestHistory: [openInterestHistory],
  riskTiers: {
    kind: "venue",
    call: () => ({ method: "publicGetConfConfig", params: { config: "pub:info:pair:futures" } }),
    read: readTiers,
  },
  printed,
};
