import type { ContractType, RiskTier } from "../../model/types.ts";
import type { Board, CandleRow, Contract, Feed, MarkRow, Sample, VenueAdapter } from "../adapter.ts";
import { intervalMs } from "../adapter.ts";
import type { Fields } from "../read.ts";
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
import { toRiskTiers } from "../steps.ts";

// Bybit v5: base units (USD for inverse), everything a string, newest row first, `{ retCode, result: { list }, time }`.
const bookLevels = 500;
// Its categories of perpetuals are called as our contract types are.

const rowsOf = (body: unknown): readonly unknown[] =>
  asList(asFields(asFields(body, "answer")["result"], "result")["list"], "result.list");

/**
 * Bybit's openInterest counts both sides of every contract; `singleOpenInterest`, there since June 2026, counts
 * each once, as everybody else does.
 */
function oneSide(fields: Fields): number {
  const single = fields["singleOpenInterest"];
  if (single !== undefined && single !== "") return asPositive(single, "singleOpenInterest");
  return asPositive(fields["openInterest"], "openInterest") / 2;
}

const candleFeed = <Row>(method: string, row: (row: unknown) => Row): Feed<Row> => ({
  stepMs: intervalMs,
  latest: (contract, limit) => ({
    method,
    params: { category: contract.contractType, symbol: contract.id, interval: "5", limit },
  }),
  latestLimit: 1000,
  window: (contract, from, to) => ({
    method,
    params: {
      category: contract.contractType,
      symbol: contract.id,
      interval: "5",
      start: from,
      end: to - 1,
      limit: 1000,
    },
  }),
  windowLimit: 1000,
  rows: rowsOf,
  row,
});

function candleRow(row: unknown): CandleRow {
  const cells = asList(row, "candle");
  return {
    openTime: asOpenTime(cells[0], intervalMs),
    ...asOhlc(cells[1], cells[2], cells[3], cells[4]),
    volume: asAmount(cells[5], "volume"),
  };
}

function markRow(row: unknown): MarkRow {
  const cells = asList(row, "candle");
  const { high, low } = asOhlc(cells[1], cells[2], cells[3], cells[4]);
  return { openTime: asOpenTime(cells[0], intervalMs), high, low };
}

const openInterestHistory: Feed<Sample> = {
  stepMs: intervalMs,
  latest: (contract, limit) => ({
    method: "publicGetV5MarketOpenInterest",
    params: { category: contract.contractType, symbol: contract.id, intervalTime: "5min", limit },
  }),
  latestLimit: 200,
  // a start without an end is ignored by the venue
  window: (contract, from, to) => ({
    method: "publicGetV5MarketOpenInterest",
    params: {
      category: contract.contractType,
      symbol: contract.id,
      intervalTime: "5min",
      startTime: from,
      endTime: to - 1,
      limit: 200,
    },
  }),
  windowLimit: 200,
  rows: rowsOf,
  row: (row) => {
    const fields = asFields(row, "row");
    return { at: asTime(fields["timestamp"], "timestamp"), value: oneSide(fields) };
  },
};

const longShortRatio: Feed<Sample> = {
  stepMs: intervalMs,
  latest: (contract, limit) => ({
    method: "publicGetV5MarketAccountRatio",
    params: { category: contract.contractType, symbol: contract.id, period: "5min", limit },
  }),
  latestLimit: 500,
  window: (contract, from, to) => ({
    method: "publicGetV5MarketAccountRatio",
    params: {
      category: contract.contractType,
      symbol: contract.id,
      period: "5min",
      startTime: from,
      endTime: to - 1,
      limit: 500,
    },
  }),
  windowLimit: 500,
  rows: rowsOf,
  row: (row) => {
    const fields = asFields(row, "row");
    const ratio = asPositive(fields["buyRatio"], "buyRatio") / asPositive(fields["sellRatio"], "sellRatio");
    return { at: asTime(fields["timestamp"], "timestamp"), value: ratio };
  },
};

/** Limits are in what the contract settles in: quote already, or coins. */
function readTiers(body: unknown, contract: Contract, markPrice: number): readonly RiskTier[] {
  const quotePerUnit = contract.contractType === "linear" ? 1 : markPrice;
  const rows = rowsOf(body).map((row) => asFields(row, "row"));
  return toRiskTiers(
    rows
      .filter((fields) => fields["symbol"] === contract.id)
      .map((fields) => ({
        cap: asPositive(fields["riskLimitValue"], "riskLimitValue") * quotePerUnit,
        maintenanceMarginRate: asPositive(fields["maintenanceMargin"], "maintenanceMargin"),
        maxLeverage: asPositive(fields["maxLeverage"], "maxLeverage"),
      })),
  );
}

const tickers = (category: ContractType): Board => ({
  covers: (contract) => contract.contractType === category,
  call: { method: "publicGetV5MarketTickers", params: { category } },
  rows: rowsOf,
  idField: "symbol",
  row: (row, _contract, body) => {
    const fields = asFields(row, "row");
    return {
      at: asTime(asFields(body, "answer")["time"], "time"),
      markPrice: asPositive(fields["markPrice"], "markPrice"),
      openInterest: oneSide(fields),
      fundingRate: asNumber(fields["fundingRate"], "fundingRate"),
    };
  },
});

export const bybit: VenueAdapter = {
  id: "bybit",
  ccxt: { fetchMarkets: { types: ["linear", "inverse"] } },
  declares: {
    tier: 1,
    contracts: ["linear", "inverse"],
    liquidations: "websocket",
    lacks: { takerVolume: "estimated from the candle's shape" },
    listRequests: 4, // two categories, and what is not launched yet of each
    limits: [{ bucket: "http", weight: 600, perMs: 5_000 }],
  },
  // no code of its own: 10001 stands for every wrong parameter, and only the text tells
  unknownSymbol: /"retCode":\s*10001\b.*"retMsg":\s*"[^"]*symbol/i,
  reset: { header: "x-bapi-limit-reset-timestamp", counts: "epoch ms" },
  liquidationFeeRate: 0,
  boards: [tickers("linear"), tickers("inverse")],
  candles: candleFeed("publicGetV5MarketKline", candleRow),
  markCandles: candleFeed("publicGetV5MarketMarkPriceKline", markRow),
  openInterestHistory: [openInterestHistory],
  longShortRatio,
  riskTiers: {
    kind: "venue",
    call: (contract) => ({
      method: "publicGetV5MarketRiskLimit",
      params: { category: contract.contractType, symbol: contract.id },
    }),
    read: readTiers,
  },
  orderBook: {
    call: (contract) => ({
      method: "publicGetV5MarketOrderbook",
      params: { category: contract.contractType, symbol: contract.id, limit: bookLevels },
    }),
    levels: bookLevels,
    read: (body) => {
      const { ts, b, a } = asFields(asFields(body, "answer")["result"], "result");
      return { at: asTime(ts, "ts"), bids: asLevels(b, "b"), asks: asLevels(a, "a") };
    },
  },
};
