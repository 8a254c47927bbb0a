import type { RiskTier } from "../../model/types.ts";
import type {
  CandleRow,
  Contract,
  Feed,
  MarkRow,
  OpenInterestRow,
  PrintedFeed,
  TierPlan,
  VenueAdapter,
} from "../adapter.ts";
import { intervalMs } from "../adapter.ts";
import type { Fields } from "../read.ts";
import {
  asAmount,
  asFields,
  asList,
  asName,
  asNumber,
  asOhlc,
  asOpenTime,
  asPositive,
  asSeconds,
} from "../read.ts";
import { numbered } from "../rows.ts";
import { toRiskTiers } from "../steps.ts";

// Gate v4, USDT futures: sizes in contracts, times in seconds, oldest row first, bare lists, numbers as strings.
const bookLevels = 300;
const settle = "usdt";
const seconds = (ms: number): number => Math.floor(ms / 1000);
const rowsOf = (body: unknown): readonly unknown[] => asList(body, "answer");

const candleFeed = <Row>(prefix: string, row: (row: unknown, contract: Contract) => Row): Feed<Row> => ({
  stepMs: intervalMs,
  latest: (contract, limit) => ({
    method: "publicFuturesGetSettleCandlesticks",
    params: { settle, contract: prefix + contract.id, interval: "5m", limit },
  }),
  latestLimit: 1000,
  // a limit beside from and to is refused
  window: (contract, from, to) => ({
    method: "publicFuturesGetSettleCandlesticks",
    params: {
      settle,
      contract: prefix + contract.id,
      interval: "5m",
      from: seconds(from),
      to: seconds(to - 1),
    },
  }),
  windowLimit: 1000,
  keptMs: 10_000 * intervalMs, // "Maximum 10000 points ago are allowed"
  rows: rowsOf,
  row,
});

const openTimeOf = (fields: Fields): number => asOpenTime(asSeconds(fields["t"], "candle time"), intervalMs);

function candleRow(row: unknown, contract: Contract): CandleRow {
  const fields = asFields(row, "candle");
  return {
    openTime: openTimeOf(fields),
    ...asOhlc(fields["o"], fields["h"], fields["l"], fields["c"]),
    volume: asAmount(fields["v"], "v") * contract.contractSize,
  };
}

function markRow(row: unknown): MarkRow {
  const fields = asFields(row, "candle");
  const { high, low } = asOhlc(fields["o"], fields["h"], fields["l"], fields["c"]);
  return { openTime: openTimeOf(fields), high, low };
}

/**
 * One row tells open interest, accounts' ratio and what was liquidated. The sums run from the row's time on, as a
 * candle's do; open interest is read as of that time, which lags by a step at most and never looks ahead.
 */
function statsRow(row: unknown, contract: Contract): OpenInterestRow {
  const fields = asFields(row, "row");
  const ratio = fields["lsr_account"];
  const value = asPositive(fields["open_interest"], "open_interest") * contract.contractSize;
  return {
    at: asSeconds(fields["time"], "time"),
    value,
    // nobody on one side is written as 0
    ...(ratio === undefined || Number(ratio) === 0
      ? {}
      : { longShortRatio: asPositive(ratio, "lsr_account") }),
    longLiquidations: asAmount(fields["long_liq_size"], "long_liq_size") * contract.contractSize,
    shortLiquidations: asAmount(fields["short_liq_size"], "short_liq_size") * contract.contractSize,
  };
}

const stats: Feed<OpenInterestRow> = {
  stepMs: intervalMs,
  latest: (contract, limit) => ({
    method: "publicFuturesGetSettleContractStats",
    params: { settle, contract: contract.id, interval: "5m", limit },
  }),
  latestLimit: 100,
  window: (contract, from) => ({
    method: "publicFuturesGetSettleContractStats",
    params: { settle, contract: contract.id, interval: "5m", from: seconds(from), limit: 100 },
  }),
  windowLimit: 100,
  rows: rowsOf,
  row: statsRow,
};

/**
 * Whose side is the position's: what is sold to close a long has a size above 0 (in the recorded answer its order price
 * lies below the fill). What is left unfilled wasn't liquidated yet. Times are in seconds, so that equal rows are
 * common: each is told apart by its number among its equals.
 */
const printed: PrintedFeed = {
  everyMs: 60_000,
  reachMs: 3_540_000, // "span ≤ 3600 s"
  mostRows: 1_000,
  each: "venue",
  call: (_contract, from, to) => ({
    method: "publicFuturesGetSettleLiqOrders",
    params: { settle, from: seconds(from), to: seconds(to), limit: 1000 },
  }),
  rows: (body) => numbered(rowsOf(body)),
  read: (numberedRow) => {
    const { row, number } = asFields(numberedRow, "row");
    const fields = asFields(row, "row");
    const size = asNumber(fields["size"], "size");
    return {
      id: asName(fields["contract"], "contract"),
      liquidatedSide: size > 0 ? "long" : "short",
      contracts: asPositive(Math.abs(size) - Math.abs(asNumber(fields["left"], "left")), "size − left"),
      price: asPositive(fields["fill_price"], "fill_price"),
      priced: "trigger",
      at: asSeconds(fields["time"], "time"),
      key: String(number),
    };
  },
};

/** Limits are in quote already. */
function readTiers(body: unknown): readonly RiskTier[] {
  return toRiskTiers(
    rowsOf(body)
      .map((row) => asFields(row, "row"))
      .map((fields) => ({
        cap: asPositive(fields["risk_limit"], "risk_limit"),
        maintenanceMarginRate: asPositive(fields["maintenance_rate"], "maintenance_rate"),
        maxLeverage: asPositive(fields["leverage_max"], "leverage_max"),
      })),
  );
}

const riskTiers: TierPlan = {
  kind: "venue",
  call: (contract) => ({
    method: "publicFuturesGetSettleRiskLimitTiers",
    params: { settle, contract: contract.id },
  }),
  read: readTiers,
};

export const gate: VenueAdapter = {
  id: "gate",
  declares: {
    tier: 1,
    contracts: ["linear"],
    liquidations: "rest",
    lacks: {
      venueTime: "tickers name no time; ours stands in",
      takerVolume: "estimated from the candle's shape",
    },
    doubts: {
      openInterest:
        "contract_stats.open_interest is taken to count each contract once, as the tickers' total_size does: its own sum in USD is contracts × size × mark, but nowhere is it said whether both sides are in it",
    },
    limits: [{ bucket: "futures", weight: 200, perMs: 10_000 }],
  },
  ccxt: { fetchMarkets: { types: ["swap"] }, swap: { fetchMarkets: { settlementCurrencies: [settle] } } },
  reset: { header: "x-gate-ratelimit-reset-timestamp", counts: "epoch s" },
  liquidationFeeRate: 0.00075, // the contract's taker fee, which Gate adds to the maintenance rate
  boards: [
    {
      call: { method: "publicFuturesGetSettleTickers", params: { settle } },
      rows: rowsOf,
      idField: "contract",
      row: (row, contract) => {
        const fields = asFields(row, "row");
        return {
          markPrice: asPositive(fields["mark_price"], "mark_price"),
          openInterest: asPositive(fields["total_size"], "total_size") * contract.contractSize,
          fundingRate: asNumber(fields["funding_rate"], "funding_rate"),
        };
      },
    },
  ],
  candles: candleFeed("", candleRow),
  markCandles: candleFeed("mark_", markRow),
  openInterestHistory: [stats],
  riskTiers,
  printed,
  orderBook: {
    call: (contract) => ({
      method: "publicFuturesGetSettleOrderBook",
      params: { settle, contract: contract.id, limit: bookLevels },
    }),
    levels: bookLevels,
    read: (body, contract) => {
      const { update, bids, asks } = asFields(body, "answer");
      const side = (levels: unknown, what: string) =>
        asList(levels, what).map((level) => {
          const { p, s } = asFields(level, what);
          return [asPositive(p, "p"), asAmount(s, "s") * contract.contractSize] as const;
        });
      return { at: asSeconds(update, "update"), bids: side(bids, "bids"), asks: side(asks, "asks") };
    },
  },
};
