import type { RiskTier } from "../../model/types.ts";
import type { CandleRow, Contract, Feed, MarkRow, Sample, VenueAdapter } from "../adapter.ts";
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
import { toRiskTiers } from "../steps.ts";

// OKX v5, swaps: sizes in contracts (of coins, or of USD for inverse), everything a string, newest row first, `{ code, data }`.
const bookLevels = 5000;
const hourMs = 3_600_000;
const rowsOf = (body: unknown): readonly unknown[] => asList(asFields(body, "answer")["data"], "data");

const candleFeed = <Row>(
  endpoint: string,
  latestLimit: number,
  row: (row: unknown, contract: Contract) => Row,
): Feed<Row> => ({
  stepMs: intervalMs,
  latest: (contract, limit) => ({
    method: `publicGetMarket${endpoint}`,
    params: { instId: contract.id, bar: "5m", limit },
  }),
  latestLimit,
  // `after` is older than, `before` newer than; both leave the named time out
  window: (contract, from, to) => ({
    method: `publicGetMarketHistory${endpoint}`,
    params: { instId: contract.id, bar: "5m", after: to, before: from - 1, limit: 100 },
  }),
  windowLimit: 100,
  rows: rowsOf,
  row,
});

function candleRow(row: unknown, contract: Contract): CandleRow {
  const cells = asList(row, "candle");
  return {
    openTime: asOpenTime(cells[0], intervalMs),
    ...asOhlc(cells[1], cells[2], cells[3], cells[4]),
    volume: asAmount(cells[5], "volume") * contract.contractSize,
    confirmed: cells[8] === "1",
  };
}

function markRow(row: unknown): MarkRow {
  const cells = asList(row, "candle");
  const { high, low } = asOhlc(cells[1], cells[2], cells[3], cells[4]);
  return { openTime: asOpenTime(cells[0], intervalMs), high, low };
}

const rubikFeed = (
  endpoint: string,
  period: { name: string; stepMs: number },
  value: (cell: unknown, contract: Contract) => number,
): Feed<Sample> => ({
  stepMs: period.stepMs,
  latest: (contract, limit) => ({
    method: `publicGetRubikStatContracts${endpoint}`,
    params: { instId: contract.id, period: period.name, limit },
  }),
  latestLimit: 100,
  window: (contract, from, to) => ({
    method: `publicGetRubikStatContracts${endpoint}`,
    params: { instId: contract.id, period: period.name, begin: from - 1, end: to, limit: 100 },
  }),
  windowLimit: 100,
  keptMs: 1440 * period.stepMs, // 1,440 rows of each period
  rows: rowsOf,
  row: (row, contract) => {
    const cells = asList(row, "row");
    return { at: asTime(cells[0], "ts"), value: value(cells[1], contract) };
  },
});

const fiveMinutes = { name: "5m", stepMs: intervalMs };
const contracts = (cell: unknown, contract: Contract): number =>
  asPositive(cell, "oi") * contract.contractSize;

/** Limits are numbers of contracts. */
function readTiers(body: unknown, contract: Contract, markPrice: number): readonly RiskTier[] {
  const quotePerContract = contract.contractSize * (contract.contractType === "linear" ? markPrice : 1);
  const rows = rowsOf(body).map((row) => asFields(row, "row"));
  return toRiskTiers(
    rows.map((fields) => ({
      cap: asPositive(fields["maxSz"], "maxSz") * quotePerContract,
      maintenanceMarginRate: asPositive(fields["mmr"], "mmr"),
      maxLeverage: asPositive(fields["maxLever"], "maxLever"),
    })),
  );
}

export const okx: VenueAdapter = {
  id: "okx",
  ccxt: { fetchMarkets: { types: ["swap"] } },
  declares: {
    tier: 1,
    contracts: ["linear", "inverse"],
    liquidations: "websocket",
    lacks: { takerVolume: "estimated from the candle's shape" },
    limits: [
      { bucket: "statistics", matches: (method) => method.includes("Rubik"), weight: 5, perMs: 2_000 },
      // OKX counts each endpoint by itself
      {
        bucket: "candles",
        matches: (method) => method.endsWith("GetMarketCandles"),
        weight: 40,
        perMs: 2_000,
      },
      {
        bucket: "markets",
        matches: (method) => method.includes("GetMarket"),
        weight: 20,
        perMs: 2_000,
        weightOf: ({ method }) => (method.endsWith("BooksFull") ? 2 : 1), // ten books in two seconds
      },
      { bucket: "public", weight: 20, perMs: 2_000 },
    ],
  },
  liquidationFeeRate: 0.0005, // taker fee of the base tier, part of OKX's liquidation condition
  boards: [
    {
      call: { method: "publicGetPublicOpenInterest", params: { instType: "SWAP" } },
      rows: rowsOf,
      idField: "instId",
      row: (row, contract) => {
        const fields = asFields(row, "row");
        return { at: asTime(fields["ts"], "ts"), openInterest: contracts(fields["oi"], contract) };
      },
    },
    {
      call: { method: "publicGetPublicMarkPrice", params: { instType: "SWAP" } },
      rows: rowsOf,
      idField: "instId",
      row: (row) => {
        const fields = asFields(row, "row");
        return { at: asTime(fields["ts"], "ts"), markPrice: asPositive(fields["markPx"], "markPx") };
      },
    },
  ],
  fundingRate: {
    call: (contract) => ({ method: "publicGetPublicFundingRate", params: { instId: contract.id } }),
    read: (body) => {
      const fields = asFields(rowsOf(body)[0], "row");
      return { at: asTime(fields["ts"], "ts"), value: asNumber(fields["fundingRate"], "fundingRate") };
    },
  },
  candles: candleFeed("Candles", 300, candleRow),
  markCandles: candleFeed("MarkPriceCandles", 100, markRow),
  openInterestHistory: [
    rubikFeed("OpenInterestHistory", fiveMinutes, contracts),
    rubikFeed("OpenInterestHistory", { name: "1H", stepMs: hourMs }, contracts),
  ],
  longShortRatio: rubikFeed("LongShortAccountRatioContract", fiveMinutes, (cell) =>
    asPositive(cell, "ratio"),
  ),
  riskTiers: {
    kind: "venue",
    call: (contract) => ({
      method: "publicGetPublicPositionTiers",
      params: { instType: "SWAP", tdMode: "cross", instFamily: contract.id.replace(/-SWAP$/, "") },
    }),
    read: readTiers,
  },
  orderBook: {
    call: (contract) => ({
      method: "publicGetMarketBooksFull",
      params: { instId: contract.id, sz: bookLevels },
    }),
    levels: bookLevels,
    read: (body, contract) => {
      const { ts, bids, asks } = asFields(rowsOf(body)[0], "book");
      const size = contract.contractSize;
      return { at: asTime(ts, "ts"), bids: asLevels(bids, "bids", size), asks: asLevels(asks, "asks", size) };
    },
  },
};
