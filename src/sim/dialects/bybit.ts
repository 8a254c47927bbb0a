import type { Candle } from "../candles.ts";
import type { Contract } from "../contract.ts";
import { decimalsOf, type Instrument, isInverse } from "../instruments.ts";
import {
  type Dialect,
  durationOf,
  integer,
  ok,
  pairOf,
  price,
  quoteOf,
  reachOf,
  type Query,
  type Reply,
  type Route,
  tiersOf,
  type VenueView,
} from "./dialect.ts";
import { bybitFeed } from "./bybitFeed.ts";
import { amount, bothSides, categoryOf, settled, turnover } from "./bybitUnits.ts";

const reply = (retCode: number, retMsg: string, result: object, time: number): Reply =>
  ok({ retCode, retMsg, result, retExtInfo: {}, time });

const list = (rows: readonly unknown[], query: Query, venue: VenueView, more: object = {}): Reply =>
  reply(0, "OK", { category: query.get("category"), ...more, list: rows }, venue.now());

const refuse = (venue: VenueView, reason: string): Reply =>
  reply(10001, `params error: ${reason}`, {}, venue.now());

/** Those of the category that is asked about; what isn't listed here is there and empty. */
const listed = (query: Query, venue: VenueView): readonly Contract[] =>
  venue.contracts.filter(({ instrument }) => categoryOf(instrument) === query.get("category"));

const forSymbol =
  (answer: (contract: Contract, query: Query, venue: VenueView) => Reply): Route =>
  (query, venue) => {
    const contract = listed(query, venue).find(
      ({ instrument }) => pairOf(instrument) === query.get("symbol"),
    );
    return contract === undefined ? refuse(venue, "Symbol Invalid") : answer(contract, query, venue);
  };

const forOneOrAll =
  (answer: (contract: Contract) => unknown): Route =>
  (query, venue) => {
    if (query.has("symbol"))
      return forSymbol((contract) => list([answer(contract)], query, venue))(query, venue);
    return list(listed(query, venue).map(answer), query, venue);
  };

function marketOf({ instrument, profile }: Contract): unknown {
  const { symbol, tickSize, contractUsd } = instrument;
  const step = String(contractUsd ?? instrument.lotSize);
  const maxLeverage = profile.riskTiers(instrument.maxLeverage)[0]?.maxLeverage ?? 1;
  return {
    symbol: pairOf(instrument),
    contractType: contractUsd === undefined ? "LinearPerpetual" : "InversePerpetual",
    status: "Trading",
    baseCoin: symbol,
    quoteCoin: quoteOf(instrument),
    settleCoin: contractUsd === undefined ? "USDT" : symbol,
    launchTime: "1585526400000",
    deliveryTime: "0",
    deliveryFeeRate: "",
    priceScale: String(decimalsOf(tickSize)),
    leverageFilter: { minLeverage: "1", maxLeverage: maxLeverage.toFixed(2), leverageStep: "0.01" },
    priceFilter: { minPrice: String(tickSize), maxPrice: "10000000", tickSize: String(tickSize) },
    lotSizeFilter: { minOrderQty: step, maxOrderQty: "1000000", qtyStep: step, minNotionalValue: "5" },
    unifiedMarginTrade: true,
    fundingInterval: 480,
    copyTrading: "both",
    isPreListing: false,
  };
}

const instruments: Route = (query, venue) => {
  const trading = query.has("status") ? [] : listed(query, venue);
  return list(trading.map(marketOf), query, venue, { nextPageCursor: "" });
};

const klines = (row: (candle: Candle, instrument: Instrument) => readonly string[]): Route =>
  forSymbol((contract, query, venue) => {
    const interval = query.get("interval") ?? "";
    const intervalMs = durationOf(/^\d+$/.test(interval) ? `${interval}m` : `1${interval}`);
    if (intervalMs === undefined) return refuse(venue, "Interval Invalid");
    const limit = Math.min(1_000, integer(query, "limit") ?? 200);
    const since = integer(query, "start");
    const end = integer(query, "end");
    const until = Math.min(venue.now(), end ?? Infinity);
    const rows = contract.candles(intervalMs, since ?? reachOf(limit, intervalMs, until), until + 1);
    // a lone start pages forwards from there, everything else backwards from the end; always newest first
    const kept = since !== undefined && end === undefined ? rows.slice(0, limit) : rows.slice(-limit);
    const named = { symbol: pairOf(contract.instrument) };
    return list(kept.map((candle) => row(candle, contract.instrument)).toReversed(), query, venue, named);
  });

const prices = (values: readonly number[], instrument: Instrument): readonly string[] =>
  values.map((value) => price(value, instrument));

const kline = klines((candle, instrument) => [
  String(candle.openTime),
  ...prices([candle.open, candle.high, candle.low, candle.close], instrument),
  amount(candle.volume, candle.close, instrument),
  turnover(candle, instrument),
]);

const markKline = klines(({ openTime, mark }, instrument) => [
  String(openTime),
  ...prices([mark.open, mark.high, mark.low, mark.close], instrument),
]);

const ticker = forOneOrAll(({ quote, lastDay, instrument }) => {
  const { lastPrice, markPrice, indexPrice, openInterest, fundingRate, nextFundingTime } = quote();
  const day = lastDay();
  return {
    symbol: pairOf(instrument),
    lastPrice: price(lastPrice, instrument),
    indexPrice: price(indexPrice, instrument),
    markPrice: price(markPrice, instrument),
    prevPrice24h: price(day.open, instrument),
    price24hPcnt: (lastPrice / day.open - 1).toFixed(6),
    highPrice24h: price(day.high, instrument),
    lowPrice24h: price(day.low, instrument),
    // both sides of every contract; the one-sided figure has its own name
    openInterest: bothSides(openInterest, markPrice, instrument),
    openInterestValue: settled(2 * openInterest, markPrice, instrument),
    singleOpenInterest: amount(openInterest, markPrice, instrument),
    singleOpenInterestValue: settled(openInterest, markPrice, instrument),
    turnover24h: turnover(day, instrument),
    volume24h: amount(day.volume, day.close, instrument),
    fundingRate: fundingRate.toFixed(8),
    nextFundingTime: String(nextFundingTime),
    fundingIntervalHour: "8",
    bid1Price: price(lastPrice - instrument.tickSize, instrument),
    ask1Price: price(lastPrice + instrument.tickSize, instrument),
    bid1Size: "1",
    ask1Size: "1",
  };
});

/** Newest first; a lone startTime is ignored, as the venue ignores it. The cursor is the next page's newest time. */
const openInterest = forSymbol(({ samples, instrument }, query, venue) => {
  const periodMs = durationOf(query.get("intervalTime") ?? "");
  if (periodMs === undefined) return refuse(venue, "IntervalTime Invalid");
  const limit = Math.min(200, integer(query, "limit") ?? 50);
  const until = integer(query, "cursor") ?? integer(query, "endTime");
  const newest = Math.min(venue.now(), until ?? Infinity);
  const since = until === undefined ? undefined : integer(query, "startTime");
  const rows = samples(since ?? reachOf(limit, periodMs, newest), newest + 1).filter(
    ({ time }) => time % periodMs === 0,
  );
  const kept = rows.slice(-limit);
  const rest = rows.length > kept.length ? String((kept[0]?.time ?? 0) - 1) : "";
  const row = (sample: (typeof rows)[number]): unknown => ({
    openInterest: bothSides(sample.openInterest, sample.markPrice, instrument),
    singleOpenInterest: amount(sample.openInterest, sample.markPrice, instrument),
    timestamp: String(sample.time),
  });
  return list(kept.map(row).toReversed(), query, venue, { symbol: pairOf(instrument), nextPageCursor: rest });
});

const accountRatio = forSymbol(({ samples, instrument }, query, venue) => {
  const period = query.get("period") ?? "";
  const periodMs = durationOf(period);
  // "5m" is not among the venue's words
  if (periodMs === undefined || /^\d+m$/.test(period)) return refuse(venue, "Period Invalid");
  const limit = Math.min(500, integer(query, "limit") ?? 50);
  const until = Math.min(venue.now(), integer(query, "endTime") ?? Infinity);
  const rows = samples(integer(query, "startTime") ?? reachOf(limit, periodMs, until), until + 1);
  const row = ({ time, accountRatio }: (typeof rows)[number]): unknown => {
    const buyers = accountRatio / (1 + accountRatio);
    return {
      symbol: pairOf(instrument),
      buyRatio: buyers.toFixed(4),
      sellRatio: (1 - buyers).toFixed(4),
      timestamp: String(time),
    };
  };
  const kept = rows.filter(({ time }) => time % periodMs === 0).slice(-limit);
  return list(kept.map(row).toReversed(), query, venue, { nextPageCursor: "" });
});

/** Limits are in what the contract settles in. */
function tierRows({ instrument, profile, quote }: Contract): readonly unknown[] {
  const perUnit = isInverse(instrument) ? quote().markPrice : 1;
  return profile.riskTiers(instrument.maxLeverage).map((tier, index) => ({
    id: index + 1,
    symbol: pairOf(instrument),
    // the venue's last step has a limit too
    riskLimitValue: String((Number.isFinite(tier.capNotional) ? tier.capNotional : 1e9) / perUnit),
    maintenanceMargin: String(tier.maintenanceMarginRate),
    initialMargin: String(1 / tier.maxLeverage),
    isLowestRisk: index === 0 ? 1 : 0,
    maxLeverage: tier.maxLeverage.toFixed(2),
    mmDeduction: "",
  }));
}

const riskLimit: Route = (query, venue) => {
  if (query.has("symbol")) {
    return forSymbol((contract) => list(tierRows(contract), query, venue, { nextPageCursor: "" }))(
      query,
      venue,
    );
  }
  return list(listed(query, venue).flatMap(tierRows), query, venue, { nextPageCursor: "" });
};

const fundingHistory = forSymbol(({ fundings, instrument }, query, venue) => {
  const since = integer(query, "startTime") ?? 0;
  const until = integer(query, "endTime") ?? Infinity;
  const rows = fundings().filter(({ time }) => time >= since && time <= until);
  const kept = rows.slice(-Math.min(200, integer(query, "limit") ?? 200)).toReversed();
  const row = ({ time, rate }: (typeof rows)[number]): unknown => ({
    symbol: pairOf(instrument),
    fundingRate: rate.toFixed(8),
    fundingRateTimestamp: String(time),
  });
  return list(kept.map(row), query, venue);
});

const orderBook = forSymbol(({ book, instrument }, query, venue) => {
  const { bids, asks, time } = book();
  const limit = Math.min(500, integer(query, "limit") ?? 25);
  const side = (levels: typeof bids): unknown =>
    levels.slice(0, limit).map(([at, base]) => [price(at, instrument), amount(base, at, instrument)]);
  return reply(
    0,
    "OK",
    { s: pairOf(instrument), b: side(bids), a: side(asks), ts: time, u: time, seq: time },
    venue.now(),
  );
});

/** Bybit v5: base units or dollars, open interest of both sides, newest rows first, HTTP 200 with a retCode. */
export const bybit: Dialect = {
  profile: {
    id: "bybit",
    openInterestShare: 0.28,
    liquidationFeeRate: 0,
    long: { hedgedShare: 0.36, leverageShares: [5, 10, 14, 17, 14, 8, 3.5, 0] },
    short: { hedgedShare: 0.44, leverageShares: [7, 12, 14, 15, 12, 7, 3, 0] },
    riskTiers: tiersOf([
      [2_000_000, 0.005, 100],
      [2_600_000, 0.0056, 90],
      [5_000_000, 0.01, 50],
      [20_000_000, 0.025, 20],
      [80_000_000, 0.05, 10],
      [Infinity, 0.1, 5],
    ]),
    inverseUsd: { BTC: 1, ETH: 1 },
  },
  routes: {
    "/v5/market/time": (_query, venue) =>
      reply(
        0,
        "OK",
        { timeSecond: String(Math.floor(venue.now() / 1_000)), timeNano: `${venue.now()}000000` },
        venue.now(),
      ),
    "/v5/market/instruments-info": instruments,
    "/v5/market/tickers": ticker,
    "/v5/market/kline": kline,
    "/v5/market/mark-price-kline": markKline,
    "/v5/market/open-interest": openInterest,
    "/v5/market/account-ratio": accountRatio,
    "/v5/market/risk-limit": riskLimit,
    "/v5/market/funding/history": fundingHistory,
    "/v5/market/orderbook": orderBook,
  },
  unknownPath: { status: 404, body: "<html><body><h1>404 Not Found</h1></body></html>" },
  tooManyRequests: {
    status: 429,
    body: { retCode: 10006, retMsg: "Too many visits!", result: {}, retExtInfo: {} },
  },
  feed: bybitFeed,
};
