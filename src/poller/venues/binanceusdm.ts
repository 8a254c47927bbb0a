import type { Board, Call, CandleRow, Contract, Feed, MarkRow, Sample, VenueAdapter } from "../adapter.ts";
import { intervalMs } from "../adapter.ts";
import {
  asAmount,
  asFields,
  asLevels,
  asList,
  asNumber,
  asOhlc,
  asOpenTime,
  asPositive,
  asTime,
} from "../read.ts";

// Binance USD-M: everything in base units (a contract is one), numbers as strings, times as numbers, oldest row first.
const bookLevels = 1000;
const dayMs = 86_400_000;
const historyKeptMs = 30 * dayMs - 600_000; // "only the last 30 days": older start times are refused

/** Candles of either of Binance's exchanges. */
export const candleFeed = <Row>(
  method: string,
  row: (row: unknown, contract: Contract) => Row,
): Feed<Row> => ({
  stepMs: intervalMs,
  latest: (contract, limit) => ({ method, params: { symbol: contract.id, interval: "5m", limit } }),
  latestLimit: 499, // weight 2; 500 and more cost 5 and 10
  window: (contract, from, to) => ({
    method,
    params: { symbol: contract.id, interval: "5m", startTime: from, endTime: to - 1, limit: 499 },
  }),
  windowLimit: 499,
  rows: (body) => asList(body, "answer"),
  row,
});

interface Statistic {
  readonly field: string;
  /** What names the contract. */
  readonly subject: (contract: Contract) => Readonly<Record<string, string>>;
  /** True where contracts are counted. */
  readonly counted?: true;
}

/** Statistics of either of Binance's exchanges. */
export const dataFeed = (method: string, { field, subject, counted }: Statistic): Feed<Sample> => ({
  stepMs: intervalMs,
  latest: (contract, limit) => ({ method, params: { ...subject(contract), period: "5m", limit } }),
  latestLimit: 500,
  window: (contract, from, to) => ({
    method,
    params: { ...subject(contract), period: "5m", startTime: from, endTime: to - 1, limit: 500 },
  }),
  windowLimit: 500,
  keptMs: historyKeptMs,
  rows: (body) => asList(body, "answer"),
  row: (row, contract) => {
    const fields = asFields(row, "row");
    const value = asPositive(fields[field], field) * (counted === true ? contract.contractSize : 1);
    return { at: asTime(fields["timestamp"], "timestamp"), value };
  },
});

export function candleRow(row: unknown, { contractSize }: Contract): CandleRow {
  const cells = asList(row, "candle");
  return {
    openTime: asOpenTime(cells[0], intervalMs),
    ...asOhlc(cells[1], cells[2], cells[3], cells[4]),
    volume: asAmount(cells[5], "volume") * contractSize,
    takerBuyVolume: asAmount(cells[9], "taker buy volume") * contractSize,
  };
}

export function markRow(row: unknown): MarkRow {
  const cells = asList(row, "candle");
  const { high, low } = asOhlc(cells[1], cells[2], cells[3], cells[4]);
  return { openTime: asOpenTime(cells[0], intervalMs), high, low };
}

const subject = (contract: Contract): Record<string, string> => ({ symbol: contract.id });

const openInterestCall = (contract: Contract): Call => ({
  method: "fapiPublicGetOpenInterest",
  params: { symbol: contract.id },
});

export const premiumIndex = (method: string): Board => ({
  call: { method, params: {} },
  rows: (body) => asList(body, "answer"),
  idField: "symbol",
  row: (row) => {
    const fields = asFields(row, "row");
    return {
      at: asTime(fields["time"], "time"),
      markPrice: asPositive(fields["markPrice"], "markPrice"),
      fundingRate: asNumber(fields["lastFundingRate"], "lastFundingRate"),
    };
  },
});

/** Binance's own figures: klines by their number of rows, the mark of all symbols at once 10, all else 1. */
export function weightOf({ method, params }: Call): number {
  if (method.endsWith("Klines")) return Number(params["limit"]) < 100 ? 1 : 2;
  if (method.endsWith("Depth")) return 20; // for 1,000 levels
  return method.endsWith("PremiumIndex") ? 10 : 1;
}

export const binanceusdm: VenueAdapter = {
  id: "binanceusdm",
  ccxt: { fetchMarkets: { types: ["linear"] } },
  declares: {
    tier: 1,
    contracts: ["linear"],
    liquidations: "websocket",
    lacks: { riskTiers: "shown to key holders only; a dated table of ours stands in" },
    limits: [
      {
        bucket: "data",
        matches: (method) => method.startsWith("fapiData"),
        weight: 1_000,
        perMs: 300_000,
      },
      { bucket: "weight", weight: 2_400, perMs: 60_000, weightOf },
    ],
  },
  liquidationFeeRate: 0,
  boards: [premiumIndex("fapiPublicGetPremiumIndex")],
  openInterest: {
    call: openInterestCall,
    read: (body) => {
      const fields = asFields(body, "answer");
      return {
        at: asTime(fields["time"], "time"),
        value: asPositive(fields["openInterest"], "openInterest"),
      };
    },
  },
  candles: candleFeed("fapiPublicGetKlines", candleRow),
  markCandles: candleFeed("fapiPublicGetMarkPriceKlines", markRow),
  openInterestHistory: [dataFeed("fapiDataGetOpenInterestHist", { field: "sumOpenInterest", subject })],
  longShortRatio: dataFeed("fapiDataGetGlobalLongShortAccountRatio", { field: "longShortRatio", subject }),
  // its own brackets need a key
  riskTiers: { kind: "table" },
  orderBook: {
    call: (contract) => ({
      method: "fapiPublicGetDepth",
      params: { symbol: contract.id, limit: bookLevels },
    }),
    levels: bookLevels,
    read: (body) => {
      const { E, bids, asks } = asFields(body, "answer");
      return { at: asTime(E, "E"), bids: asLevels(bids, "bids"), asks: asLevels(asks, "asks") };
    },
  },
};
