import type {
  Call,
  CandleRow,
  Contract,
  Feed,
  MarkRow,
  PrintedFeed,
  Sample,
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
  asOrderSide,
  asPositive,
  asSeconds,
  asSide,
  asTime,
} from "../read.ts";

// HTX swaps: sizes in contracts (parts of a coin, or 100 or 10 USD for inverse), candle times in seconds, oldest row
// first. "Sum of both buy and sell sides" is said of its volumes and of its open interest: each contract twice.
const hourMs = 3_600_000;
const sides = 2;

/** Its linear and inverse swaps are two services with the same shapes. */
const service = ({ contractType }: Contract, linear: string, inverse: string): string =>
  `contractPublicGet${contractType === "linear" ? linear : inverse}`;

const dataOf = (body: unknown): unknown => asFields(body, "answer")["data"];
const bars = (body: unknown): readonly unknown[] => asList(dataOf(body), "data");

const oneSide = (fields: Fields, name: string, contract: Contract): number =>
  (asPositive(fields[name], name) * contract.contractSize) / sides;

const openTimeOf = (fields: Fields): number => asOpenTime(asSeconds(fields["id"], "candle time"), intervalMs);

const kline = (contract: Contract, params: Readonly<Record<string, number>>): Call => ({
  method: service(contract, "LinearSwapExMarketHistoryKline", "SwapExMarketHistoryKline"),
  params: { contract_code: contract.id, period: "5min", ...params },
});

const candles: Feed<CandleRow> = {
  stepMs: intervalMs,
  latest: (contract, limit) => kline(contract, { size: limit }),
  latestLimit: 1_000,
  window: (contract, from, to) => kline(contract, { from: from / 1000, to: to / 1000 - 1 }),
  windowLimit: 1_000,
  rows: bars,
  row: (row, contract) => {
    const fields = asFields(row, "candle");
    return {
      openTime: openTimeOf(fields),
      ...asOhlc(fields["open"], fields["high"], fields["low"], fields["close"]),
      volume: (asAmount(fields["vol"], "vol") * contract.contractSize) / sides,
    };
  },
};

const markKline = (contract: Contract, size: number): Call => ({
  method: service(
    contract,
    "IndexMarketHistoryLinearSwapMarkPriceKline",
    "IndexMarketHistorySwapMarkPriceKline",
  ),
  params: { contract_code: contract.id, period: "5min", size },
});

/** Only the newest rows can be had, and nothing but them tells the mark price. */
const markCandles: Feed<MarkRow> = {
  stepMs: intervalMs,
  latest: markKline,
  latestLimit: 2_000,
  window: (contract) => markKline(contract, 2_000),
  windowLimit: 2_000,
  keptMs: 2_000 * intervalMs,
  rows: bars,
  row: (row) => {
    const fields = asFields(row, "candle");
    const { high, low, close } = asOhlc(fields["open"], fields["high"], fields["low"], fields["close"]);
    return { openTime: openTimeOf(fields), high, low, close };
  },
};

const openInterestHistory: Feed<Sample> = {
  stepMs: hourMs,
  latest: (contract, size) => ({
    method: service(contract, "LinearSwapApiV1SwapHisOpenInterest", "SwapApiV1SwapHisOpenInterest"),
    params: { contract_code: contract.id, period: "60min", amount_type: 1, size },
  }),
  latestLimit: 200,
  window: (contract, _from, to) => openInterestHistory.latest(contract, 200, to),
  windowLimit: 200,
  keptMs: 200 * hourMs,
  rows: (body) => asList(asFields(dataOf(body), "data")["tick"], "data.tick"),
  row: (row, contract) => {
    const fields = asFields(row, "row");
    return { at: asTime(asNumber(fields["ts"], "ts"), "ts"), value: oneSide(fields, "volume", contract) };
  },
};

/** Long accounts over short ones among the largest; those with both count on neither side. */
const longShortRatio: Feed<Sample> = {
  stepMs: intervalMs,
  latest: (contract) => ({
    method: service(contract, "LinearSwapApiV1SwapEliteAccountRatio", "SwapApiV1SwapEliteAccountRatio"),
    params: { contract_code: contract.id, period: "5min" },
  }),
  latestLimit: 30,
  window: (contract, _from, to) => longShortRatio.latest(contract, 30, to),
  windowLimit: 30,
  rows: (body) => asList(asFields(dataOf(body), "data")["list"], "data.list"),
  row: (row) => {
    const fields = asFields(row, "row");
    const ratio =
      asPositive(fields["buy_ratio"], "buy_ratio") / asPositive(fields["sell_ratio"], "sell_ratio");
    return { at: asTime(fields["ts"], "ts"), value: ratio };
  },
};

const minuteMs = 60_000;

/**
 * Two services, two shapes. The newer one names the position's side, the older one the order's: what is sold closes a
 * long. `volume` is in contracts of one side; the newer one's `amount` is not in coins (its turnover tells), so it stays unread.
 */
const printed: PrintedFeed = {
  everyMs: minuteMs,
  reachMs: 60 * minuteMs,
  mostRows: 50, // as many as the older service gives
  each: "contract",
  call: (contract, from, to) => ({
    method: service(contract, "V5MarketLiquidationOrders", "SwapApiV3SwapLiquidationOrders"),
    params: {
      ...(contract.contractType === "linear"
        ? { contract_code: contract.id, limit: 50 }
        : { contract: contract.id, trade_type: 0 }),
      start_time: from,
      end_time: to,
    },
  }),
  rows: (body) => asList(dataOf(body), "data"),
  read: (row) => {
    const fields = asFields(row, "row");
    const { position_side: side, direction } = fields;
    return {
      id: asName(fields["contract_code"], "contract_code"),
      liquidatedSide: direction === undefined ? asSide(side) : asOrderSide(direction),
      contracts: asPositive(fields["volume"], "volume"),
      price: asPositive(fields["bankrupt_price"] ?? fields["price"], "price"),
      priced: "bankruptcy",
      at: asTime(asNumber(fields["liquidation_time"] ?? fields["created_at"], "time"), "time"),
      key: String(fields["id"] ?? fields["query_id"]),
    };
  },
};

/** The one contract's row: the newer service answers with it, the older with a list. */
function onlyRow(body: unknown): Fields {
  const data = dataOf(body);
  return asFields(Array.isArray(data) ? data[0] : data, "data");
}

const answeredAt = (body: unknown): number => asTime(asFields(body, "answer")["ts"], "ts");

export const htx: VenueAdapter = {
  id: "htx",
  ccxt: { fetchMarkets: { types: { spot: false, linear: true, inverse: true } } },
  declares: {
    tier: 2,
    contracts: ["linear", "inverse"],
    liquidations: "rest",
    lacks: {
      takerVolume: "estimated from the candle's shape",
      openInterestHistory: "hourly, for eight days; between, our own samples",
      longShortRatio: "of its largest accounts only",
      riskTiers: "goes by leverage, not by size; our own dated table stands in",
    },
    listRequests: 3, // linear, inverse, and dated ones that ccxt asks for too
    limits: [{ bucket: "public", weight: 120, perMs: 3_000 }],
  },
  reset: { header: "ratelimit-reset", counts: "epoch ms" },
  liquidationFeeRate: 0,
  boards: [],
  openInterest: {
    call: (contract) => ({
      method: service(contract, "V5MarketOpenInterest", "SwapApiV1SwapOpenInterest"),
      params: { contract_code: contract.id },
    }),
    read: (body, contract) => ({ at: answeredAt(body), value: oneSide(onlyRow(body), "volume", contract) }),
  },
  fundingRate: {
    call: (contract) => ({
      method: service(contract, "V5MarketFundingRate", "SwapApiV1SwapFundingRate"),
      params: { contract_code: contract.id },
    }),
    read: (body) => ({
      at: answeredAt(body),
      value: asNumber(onlyRow(body)["funding_rate"], "funding_rate"),
    }),
  },
  candles,
  markCandles,
  openInterestHistory: [openInterestHistory],
  longShortRatio,
  riskTiers: { kind: "table" },
  printed,
};
