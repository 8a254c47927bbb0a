import type { RiskTier } from "../../model/types.ts";
import type { Board, Call, CandleRow, Contract, Feed, VenueAdapter } from "../adapter.ts";
import { intervalMs } from "../adapter.ts";
import { asAmount, asFields, asList, asNumber, asOhlc, asOpenTime, asPositive, asTime } from "../read.ts";

// Deribit: open interest in USD (inverse) or coins (linear), numbers as numbers, `{ jsonrpc, result }`.
const resultOf = (body: unknown): unknown => asFields(body, "answer")["result"];

/** What a contract's money is called in the bulk calls: the coin itself, or USDC for all linear ones. */
const currencyOf = ({ symbol, contractType }: Contract): string =>
  contractType === "inverse" ? symbol : "USDC";

const summary = (currency: string): Board => ({
  covers: (contract) => currencyOf(contract) === currency,
  call: { method: "publicGetGetBookSummaryByCurrency", params: { currency, kind: "future" } },
  rows: (body) => asList(resultOf(body), "result"),
  idField: "instrument_name",
  row: (row) => {
    const fields = asFields(row, "row");
    return {
      at: asTime(fields["creation_timestamp"], "creation_timestamp"),
      markPrice: asPositive(fields["mark_price"], "mark_price"),
      openInterest: asPositive(fields["open_interest"], "open_interest"),
      fundingRate: asNumber(fields["funding_8h"], "funding_8h"),
    };
  },
});

const chart = ({ id }: Contract, from: number, to: number): Call => ({
  method: "publicGetGetTradingviewChartData",
  params: { instrument_name: id, resolution: "5", start_timestamp: from, end_timestamp: to },
});

const columns = ["ticks", "open", "high", "low", "close", "volume", "cost"] as const;

/** A list a column becomes a row a bar. */
function barsOf(body: unknown): readonly unknown[] {
  const result = asFields(resultOf(body), "result");
  const lists = columns.map((name) => asList(result[name], name));
  return (lists[0] ?? []).map((_tick, index) => lists.map((list) => list[index]));
}

const candles: Feed<CandleRow> = {
  stepMs: intervalMs,
  latest: (contract, limit, now) => {
    const forming = Math.floor(now / intervalMs) * intervalMs;
    return chart(contract, forming - (limit - 1) * intervalMs, now);
  },
  latestLimit: 1_000,
  window: (contract, from, to) => chart(contract, from, to - 1),
  windowLimit: 1_000,
  rows: barsOf,
  // volume is in coins, cost in dollars
  row: (row, { contractType }) => {
    const [tick, open, high, low, close, volume, cost] = asList(row, "candle");
    return {
      openTime: asOpenTime(tick, intervalMs),
      ...asOhlc(open, high, low, close),
      volume: contractType === "linear" ? asAmount(volume, "volume") : asAmount(cost, "cost"),
    };
  },
};

/** Margins begin at the most leverage, maintenance at half of it, and grow with size: this is the first step. */
function readTiers(body: unknown): readonly RiskTier[] {
  const maxLeverage = asPositive(asFields(resultOf(body), "result")["max_leverage"], "max_leverage");
  const maintenanceMarginRate = 1 / (2 * maxLeverage);
  return [{ floorNotional: 0, capNotional: Infinity, maintenanceMarginRate, maxLeverage }];
}

export const deribit: VenueAdapter = {
  id: "deribit",
  ccxt: {},
  marketParams: { kind: "future" },
  settle: "USDC",
  declares: {
    tier: 3,
    contracts: ["inverse", "linear"],
    liquidations: "none",
    lacks: {
      markCandles: "candles of the last price, their wicks shrunk",
      takerVolume: "estimated from the candle's shape",
      openInterestHistory: "our own samples, from the first poll on; before it, today's figure",
      longShortRatio: "none; nothing stands in",
      liquidations: "none; nothing is made up for them",
    },
    // 500 credits a call of 10,000 a second
    limits: [{ bucket: "public", weight: 20, perMs: 1_000 }],
  },
  unknownSymbol: /"param":\s*"instrument_name"|"code":\s*(?:10020|13020)\b/,
  liquidationFeeRate: 0,
  boards: ["BTC", "ETH", "USDC"].map(summary),
  candles,
  openInterestHistory: [],
  riskTiers: {
    kind: "venue",
    call: ({ id }) => ({ method: "publicGetGetInstrument", params: { instrument_name: id } }),
    read: readTiers,
  },
};
