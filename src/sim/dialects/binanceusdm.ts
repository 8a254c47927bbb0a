import type { Candle } from "../candles.ts";
import type { Contract } from "../contract.ts";
import type { Sample } from "../samples.ts";
import type { Instrument } from "../instruments.ts";
import {
  type Dialect,
  durationOf,
  integer,
  ok,
  pairOf,
  price,
  quantity,
  reachOf,
  type Query,
  type Reply,
  type Route,
  tiersOf,
  type VenueView,
} from "./dialect.ts";
import { binanceusdmFeed } from "./binanceusdmFeed.ts";

export const maxKlines = 1_500;
export const maxDataRows = 500;
/** /futures/data/* remembers 30 days. */
export const dataDepthMs = 30 * 86_400_000;

export const refuse = (status: number, code: number, msg: string): Reply => ({ status, body: { code, msg } });
export const invalidSymbol = refuse(400, -1121, "Invalid symbol.");
export const invalidInterval = refuse(400, -1120, "Invalid interval.");
export const invalidParameter = (name: string): Reply =>
  refuse(400, -1130, `Data sent for parameter '${name}' is not valid.`);

const contractOf = (query: Query, venue: VenueView): Contract | undefined =>
  venue.contracts.find(({ instrument }) => pairOf(instrument) === query.get("symbol"));

const forSymbol =
  (answer: (contract: Contract, query: Query, venue: VenueView) => Reply): Route =>
  (query, venue) => {
    const contract = contractOf(query, venue);
    return contract === undefined ? invalidSymbol : answer(contract, query, venue);
  };

/** For endpoints that answer one object with `symbol` and all of them without. */
const forOneOrAll =
  (answer: (contract: Contract) => unknown): Route =>
  (query, venue) =>
    query.has("symbol")
      ? forSymbol((contract) => ok(answer(contract)))(query, venue)
      : ok(venue.contracts.map((contract) => answer(contract)));

function marketOf({ instrument }: Contract): unknown {
  const { symbol, tickSize, lotSize } = instrument;
  return {
    symbol: pairOf(instrument),
    pair: pairOf(instrument),
    contractType: "PERPETUAL",
    deliveryDate: 4_133_404_800_000,
    onboardDate: 1_569_398_400_000,
    status: "TRADING",
    maintMarginPercent: "2.5000",
    requiredMarginPercent: "5.0000",
    baseAsset: symbol,
    quoteAsset: "USDT",
    marginAsset: "USDT",
    pricePrecision: 8,
    quantityPrecision: 8,
    baseAssetPrecision: 8,
    quotePrecision: 8,
    underlyingType: "COIN",
    filters: [
      {
        filterType: "PRICE_FILTER",
        minPrice: String(tickSize),
        maxPrice: "10000000",
        tickSize: String(tickSize),
      },
      { filterType: "LOT_SIZE", minQty: String(lotSize), maxQty: "1000000", stepSize: String(lotSize) },
      { filterType: "MIN_NOTIONAL", notional: "5" },
    ],
    orderTypes: ["LIMIT", "MARKET"],
    timeInForce: ["GTC", "IOC"],
  };
}

/** With a start, the first rows after it; without, the newest. Oldest first. */
export function page<Row>(rows: readonly Row[], query: Query, limit: number): readonly Row[] {
  return query.has("startTime") ? rows.slice(0, limit) : rows.slice(-limit);
}

const klines = (row: (candle: Candle, intervalMs: number, instrument: Instrument) => unknown): Route =>
  forSymbol((contract, query, venue) => {
    const intervalMs = durationOf(query.get("interval") ?? "");
    if (intervalMs === undefined) return invalidInterval;
    const limit = integer(query, "limit") ?? 500;
    if (limit < 1 || limit > maxKlines) return invalidParameter("limit");
    const until = Math.min(venue.now(), integer(query, "endTime") ?? Infinity);
    const since = integer(query, "startTime") ?? reachOf(limit, intervalMs, until);
    const rows = contract.candles(intervalMs, since, until + 1);
    return ok(page(rows, query, limit).map((candle) => row(candle, intervalMs, contract.instrument)));
  });

const kline = klines((candle, intervalMs, instrument) => [
  candle.openTime,
  price(candle.open, instrument),
  price(candle.high, instrument),
  price(candle.low, instrument),
  price(candle.close, instrument),
  quantity(candle.volume, instrument),
  candle.openTime + intervalMs - 1,
  candle.quoteVolume.toFixed(5),
  Math.round(candle.volume / instrument.lotSize / 50),
  quantity(candle.takerBuyVolume, instrument),
  (candle.takerBuyVolume * candle.close).toFixed(5),
  "0",
]);

const markKline = klines(({ openTime, mark }, intervalMs, instrument) => [
  openTime,
  ...[mark.open, mark.high, mark.low, mark.close].map((value) => price(value, instrument)),
  "0",
  openTime + intervalMs - 1,
  "0",
  Math.round(intervalMs / 1_000),
  "0",
  "0",
  "0",
]);

const data = (row: (sample: Sample, instrument: Instrument) => object): Route =>
  forSymbol(({ samples, instrument }, query, venue) => {
    const periodMs = durationOf(query.get("period") ?? "");
    if (periodMs === undefined || periodMs < 300_000) return invalidParameter("period");
    const limit = integer(query, "limit") ?? 30;
    if (limit < 1 || limit > maxDataRows) return invalidParameter("limit");
    const until = Math.min(venue.now(), integer(query, "endTime") ?? Infinity);
    const start = integer(query, "startTime");
    const oldest = venue.now() - dataDepthMs;
    if (start !== undefined && start < oldest) return refuse(400, -1130, "parameter 'startTime' is invalid.");
    const since = Math.max(oldest, start ?? reachOf(limit, periodMs, until));
    const rows = samples(since, until + 1);
    const kept = page(
      rows.filter(({ time }) => time % periodMs === 0),
      query,
      limit,
    );
    return ok(kept.map((sample) => row(sample, instrument)));
  });

function ratioRow(ratio: number, sample: Sample, instrument: Instrument): object {
  const longAccount = ratio / (1 + ratio);
  return {
    symbol: pairOf(instrument),
    longShortRatio: ratio.toFixed(4),
    longAccount: longAccount.toFixed(4),
    shortAccount: (1 - longAccount).toFixed(4),
    timestamp: sample.time,
  };
}

const premiumIndex = forOneOrAll(({ quote, instrument }) => {
  const { markPrice, indexPrice, fundingRate, nextFundingTime, time } = quote();
  return {
    symbol: pairOf(instrument),
    markPrice: markPrice.toFixed(8),
    indexPrice: indexPrice.toFixed(8),
    estimatedSettlePrice: indexPrice.toFixed(8),
    lastFundingRate: fundingRate.toFixed(8),
    interestRate: "0.00010000",
    nextFundingTime,
    time,
  };
});

const ticker = forOneOrAll(({ quote, lastDay, instrument }) => {
  const { lastPrice, time } = quote();
  const day = lastDay();
  return {
    symbol: pairOf(instrument),
    priceChange: (lastPrice - day.open).toFixed(8),
    priceChangePercent: (100 * (lastPrice / day.open - 1)).toFixed(3),
    lastPrice: price(lastPrice, instrument),
    openPrice: price(day.open, instrument),
    highPrice: price(day.high, instrument),
    lowPrice: price(day.low, instrument),
    volume: quantity(day.volume, instrument),
    quoteVolume: day.quoteVolume.toFixed(2),
    openTime: time - 86_400_000,
    closeTime: time,
  };
});

const lastPrice = forOneOrAll(({ quote, instrument }) => ({
  symbol: pairOf(instrument),
  price: price(quote().lastPrice, instrument),
  time: quote().time,
}));

const openInterest = forSymbol(({ quote, instrument }) =>
  ok({
    symbol: pairOf(instrument),
    openInterest: quantity(quote().openInterest, instrument),
    time: quote().time,
  }),
);

const depth = forSymbol(({ book, instrument }, query) => {
  const { bids, asks, time } = book();
  const limit = integer(query, "limit") ?? 500;
  const side = (levels: typeof bids): unknown =>
    levels.slice(0, limit).map(([at, base]) => [price(at, instrument), quantity(base, instrument)]);
  return ok({ lastUpdateId: time, E: time, T: time, bids: side(bids), asks: side(asks) });
});

const fundingHistory = forSymbol(({ fundings, instrument }, query) => {
  const since = integer(query, "startTime") ?? 0;
  const until = integer(query, "endTime") ?? Infinity;
  const rows = fundings().filter(({ time }) => time >= since && time <= until);
  const row = ({ time, rate, markPrice }: (typeof rows)[number]): unknown => ({
    symbol: pairOf(instrument),
    fundingTime: time,
    fundingRate: rate.toFixed(8),
    markPrice: markPrice.toFixed(8),
  });
  return ok(page(rows, query, integer(query, "limit") ?? 100).map(row));
});

/** Binance USD-M: base units, oldest rows first, HTTP 400 for what it does not know. */
export const binanceusdm: Dialect = {
  profile: {
    id: "binanceusdm",
    openInterestShare: 0.5,
    liquidationFeeRate: 0,
    long: { hedgedShare: 0.4, leverageShares: [6, 12, 16, 16, 11, 6, 2.5, 1] },
    short: { hedgedShare: 0.46, leverageShares: [8, 13, 15, 14, 10, 5, 2, 1] },
    riskTiers: tiersOf([
      [50_000, 0.004, 125],
      [600_000, 0.005, 100],
      [3_000_000, 0.01, 50],
      [12_000_000, 0.025, 20],
      [70_000_000, 0.05, 10],
      [Infinity, 0.1, 5],
    ]),
  },
  routes: {
    "/fapi/v1/ping": () => ok({}),
    "/fapi/v1/time": (_query, venue) => ok({ serverTime: venue.now() }),
    "/fapi/v1/exchangeInfo": (_query, venue) =>
      ok({
        timezone: "UTC",
        serverTime: venue.now(),
        rateLimits: [],
        symbols: venue.contracts.map(marketOf),
      }),
    "/fapi/v1/klines": kline,
    "/fapi/v1/markPriceKlines": markKline,
    "/fapi/v1/premiumIndex": premiumIndex,
    "/fapi/v1/openInterest": openInterest,
    "/fapi/v1/ticker/24hr": ticker,
    "/fapi/v1/ticker/price": lastPrice,
    "/fapi/v2/ticker/price": lastPrice,
    "/fapi/v1/depth": depth,
    "/fapi/v1/fundingRate": fundingHistory,
    "/futures/data/openInterestHist": data((sample, instrument) => ({
      symbol: pairOf(instrument),
      sumOpenInterest: quantity(sample.openInterest, instrument),
      sumOpenInterestValue: (sample.openInterest * sample.markPrice).toFixed(8),
      timestamp: sample.time,
    })),
    "/futures/data/globalLongShortAccountRatio": data((sample, instrument) =>
      ratioRow(sample.accountRatio, sample, instrument),
    ),
    "/futures/data/topLongShortPositionRatio": data((sample, instrument) =>
      ratioRow(sample.topPositionRatio, sample, instrument),
    ),
  },
  unknownPath: { status: 404, body: "<html><body><h2>404 Not found</h2></body></html>" },
  tooManyRequests: refuse(429, -1003, "Too many requests; current limit of IP is 2400 requests per minute."),
  feed: binanceusdmFeed,
};
