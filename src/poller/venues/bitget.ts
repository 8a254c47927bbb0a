import type { RiskTier } from "../../model/types.ts";
import type { CandleRow, Feed, MarkRow, Sample, VenueAdapter } from "../adapter.ts";
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

// Bitget v2, USDT futures: base units, everything a string, oldest row first, `{ code, data, requestTime }`.
const bookLevels = 150;
const productType = "USDT-FUTURES";
const rowsOf = (body: unknown): readonly unknown[] => asList(asFields(body, "answer")["data"], "data");

/** The recent endpoint forgets five-minute candles after a month; the other one goes back further, a page of 200. */
const candleFeed = <Row>(
  past: string,
  more: Readonly<Record<string, string>>,
  row: (row: unknown) => Row,
): Feed<Row> => ({
  stepMs: intervalMs,
  latest: (contract, limit) => ({
    method: "publicMixGetV2MixMarketCandles",
    params: { productType, symbol: contract.id, granularity: "5m", limit, ...more },
  }),
  latestLimit: 1000,
  window: (contract, from, to) => ({
    method: `publicMixGetV2MixMarket${past}`,
    params: { productType, symbol: contract.id, granularity: "5m", startTime: from, endTime: to, limit: 200 },
  }),
  windowLimit: 199, // whether the end belongs to the window isn't said
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

/** About thirty rows and no window; its own quotient is a hundredth of what its two parts say. */
const longShortRatio: Feed<Sample> = {
  stepMs: intervalMs,
  latest: (contract) => ({
    method: "publicMixGetV2MixMarketAccountLongShort",
    params: { symbol: contract.id, period: "5m" },
  }),
  latestLimit: 30,
  window: (contract) => ({
    method: "publicMixGetV2MixMarketAccountLongShort",
    params: { symbol: contract.id, period: "5m" },
  }),
  windowLimit: 30,
  rows: rowsOf,
  row: (row) => {
    const fields = asFields(row, "row");
    const long = asPositive(fields["longAccountRatio"], "longAccountRatio");
    const short = asPositive(fields["shortAccountRatio"], "shortAccountRatio");
    return { at: asTime(fields["ts"], "ts"), value: long / short };
  },
};

/** Limits are in quote already. */
function readTiers(body: unknown): readonly RiskTier[] {
  return toRiskTiers(
    rowsOf(body)
      .map((row) => asFields(row, "row"))
      .map((fields) => ({
        cap: asPositive(fields["endUnit"], "endUnit"),
        maintenanceMarginRate: asPositive(fields["keepMarginRate"], "keepMarginRate"),
        maxLeverage: asPositive(fields["leverage"], "leverage"),
      })),
  );
}

export const bitget: VenueAdapter = {
  id: "bitget",
  declares: {
    tier: 1,
    contracts: ["linear"],
    liquidations: "none",
    lacks: {
      openInterestHistory: "our own samples, from the first poll on; before it, today's figure",
      takerVolume: "estimated from the candle's shape",
      liquidations: "none; nothing is made up for them",
    },
    listRequests: 6, // ccxt asks for all its product types
    limits: [
      { bucket: "ratio", matches: (method) => method.endsWith("LongShort"), weight: 1, perMs: 1_000 },
      // Bitget counts each endpoint by itself: 20 requests a second, tiers half of that
      { bucket: "market", weight: 20, perMs: 1_000 },
    ],
  },
  ccxt: { fetchMarkets: { types: ["swap"] } },
  liquidationFeeRate: 0,
  boards: [
    {
      call: { method: "publicMixGetV2MixMarketTickers", params: { productType } },
      rows: rowsOf,
      idField: "symbol",
      row: (row) => {
        const fields = asFields(row, "row");
        return {
          at: asTime(fields["ts"], "ts"),
          markPrice: asPositive(fields["markPrice"], "markPrice"),
          openInterest: asPositive(fields["holdingAmount"], "holdingAmount"),
          fundingRate: asNumber(fields["fundingRate"], "fundingRate"),
        };
      },
    },
  ],
  candles: candleFeed("HistoryCandles", {}, candleRow),
  markCandles: candleFeed("HistoryMarkCandles", { kLineType: "MARK" }, markRow),
  openInterestHistory: [],
  longShortRatio,
  riskTiers: {
    kind: "venue",
    call: (contract) => ({
      method: "publicMixGetV2MixMarketQueryPositionLever",
      params: { productType, symbol: contract.id },
    }),
    read: readTiers,
  },
  orderBook: {
    // levels merged as coarsely as the venue does, so that they reach out
    call: (contract) => ({
      method: "publicMixGetV2MixMarketMergeDepth",
      params: { productType, symbol: contract.id, precision: "scale3", limit: "max" },
    }),
    levels: bookLevels,
    read: (body) => {
      const { ts, bids, asks } = asFields(asFields(body, "answer")["data"], "data");
      return { at: asTime(ts, "ts"), bids: asLevels(bids, "bids"), asks: asLevels(asks, "asks") };
    },
  },
};
