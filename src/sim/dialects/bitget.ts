import type { Candle } from "../candles.ts";
import type { Contract } from "../contract.ts";
import { decimalsOf, type Instrument } from "../instruments.ts";
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
  silentFeed,
  tiersOf,
  type VenueView,
} from "./dialect.ts";

const answer = (data: unknown, venue: VenueView): Reply =>
  ok({ code: "00000", msg: "success", requestTime: venue.now(), data });

const refuse = (code: string, msg: string, venue: VenueView): Reply => ({
  status: 400,
  body: { code, msg, requestTime: venue.now(), data: null },
});

/** Only USDT futures are listed here; the other product types are there and empty. */
const isUsdt = (query: Query): boolean => query.get("productType")?.toUpperCase() === "USDT-FUTURES";

const forSymbol =
  (reply: (contract: Contract, query: Query, venue: VenueView) => Reply): Route =>
  (query, venue) => {
    const contract = venue.contracts.find(({ instrument }) => pairOf(instrument) === query.get("symbol"));
    return contract === undefined
      ? refuse("40309", "The symbol has been removed", venue)
      : reply(contract, query, venue);
  };

const contracts: Route = (query, venue) => answer(isUsdt(query) ? venue.contracts.map(marketOf) : [], venue);

function marketOf({ instrument, profile }: Contract): unknown {
  const { symbol, tickSize, lotSize } = instrument;
  return {
    symbol: pairOf(instrument),
    baseCoin: symbol,
    quoteCoin: "USDT",
    supportMarginCoins: ["USDT"],
    symbolType: "perpetual",
    symbolStatus: "normal",
    minTradeNum: String(lotSize),
    priceEndStep: "1",
    volumePlace: String(decimalsOf(lotSize)),
    pricePlace: String(decimalsOf(tickSize)),
    sizeMultiplier: String(lotSize),
    minTradeUSDT: "5",
    makerFeeRate: "0.0002",
    takerFeeRate: "0.0006",
    minLever: "1",
    maxLever: String(profile.riskTiers(instrument.maxLeverage)[0]?.maxLeverage ?? 1),
    fundInterval: "8",
    launchTime: "",
    deliveryTime: "",
    offTime: "-1",
    limitOpenTime: "-1",
  };
}

const ticker = ({ quote, lastDay, instrument }: Contract): unknown => {
  const { lastPrice, markPrice, indexPrice, openInterest, fundingRate, time } = quote();
  const day = lastDay();
  return {
    symbol: pairOf(instrument),
    lastPr: price(lastPrice, instrument),
    askPr: price(lastPrice + instrument.tickSize, instrument),
    bidPr: price(lastPrice - instrument.tickSize, instrument),
    bidSz: "1",
    askSz: "1",
    high24h: price(day.high, instrument),
    low24h: price(day.low, instrument),
    ts: String(time),
    change24h: (lastPrice / day.open - 1).toFixed(5),
    baseVolume: quantity(day.volume, instrument),
    quoteVolume: day.quoteVolume.toFixed(4),
    usdtVolume: day.quoteVolume.toFixed(4),
    open24h: price(day.open, instrument),
    indexPrice: price(indexPrice, instrument),
    fundingRate: fundingRate.toFixed(6),
    holdingAmount: quantity(openInterest, instrument),
    markPrice: price(markPrice, instrument),
    deliveryStartTime: null,
    deliveryTime: null,
    deliveryStatus: "",
  };
};

/** Oldest first; the end doesn't belong to the window, and the newest rows of it are kept. */
const candles = (maxRows: number, kind: (query: Query) => "last" | "mark"): Route =>
  forSymbol((contract, query, venue) => {
    const intervalMs = durationOf(query.get("granularity") ?? "");
    if (intervalMs === undefined) return refuse("400171", "Parameter verification failed granularity", venue);
    const limit = integer(query, "limit") ?? 100;
    if (limit < 1 || limit > maxRows) return refuse("40017", "Parameter verification failed limit", venue);
    const until = Math.min(venue.now() + 1, integer(query, "endTime") ?? Infinity);
    const reach = reachOf(limit, intervalMs, until);
    const since = Math.max(integer(query, "startTime") ?? reach, reach);
    const row = kind(query) === "mark" ? markRow : candleRow;
    const rows = contract.candles(intervalMs, since, until).slice(-limit);
    return answer(
      rows.map((candle) => row(candle, contract.instrument)),
      venue,
    );
  });

const prices = ({ open, high, low, close }: Candle["mark"], instrument: Instrument): readonly string[] =>
  [open, high, low, close].map((value) => price(value, instrument));

const candleRow = (candle: Candle, instrument: Instrument): unknown => [
  String(candle.openTime),
  ...prices(candle, instrument),
  quantity(candle.volume, instrument),
  candle.quoteVolume.toFixed(4),
];

const markRow = ({ openTime, mark }: Candle, instrument: Instrument): unknown => [
  String(openTime),
  ...prices(mark, instrument),
  "0",
  "0",
];

/** The last thirty rows; the quotient is a hundredth of what its parts say. */
const accountLongShort = forSymbol(({ samples }, query, venue) => {
  const periodMs = durationOf(query.get("period") ?? "5m");
  if (periodMs === undefined) return refuse("400171", "Parameter verification failed period", venue);
  const rows = samples(reachOf(30, periodMs, venue.now()), venue.now() + 1)
    .filter(({ time }) => time % periodMs === 0)
    .slice(-30);
  return answer(
    rows.map(({ time, accountRatio }) => ({
      longAccountRatio: (accountRatio / (1 + accountRatio)).toFixed(4),
      shortAccountRatio: (1 / (1 + accountRatio)).toFixed(4),
      longShortAccountRatio: (accountRatio / 100).toFixed(4),
      ts: String(time),
    })),
    venue,
  );
});

const positionTiers = forSymbol(({ instrument, profile }, _query, venue) =>
  answer(
    profile.riskTiers(instrument.maxLeverage).map((tier, index) => ({
      symbol: pairOf(instrument),
      level: String(index + 1),
      startUnit: String(tier.floorNotional),
      // the venue's last step has a limit too
      endUnit: String(Number.isFinite(tier.capNotional) ? tier.capNotional : 1e9),
      leverage: String(tier.maxLeverage),
      keepMarginRate: String(tier.maintenanceMarginRate),
    })),
    venue,
  ),
);

const mergeDepth = forSymbol(({ book, instrument }, query, venue) => {
  const { bids, asks, time } = book();
  const wanted = query.get("limit") ?? "100";
  const limit = wanted === "max" ? Infinity : Number(wanted);
  const side = (levels: typeof bids): unknown =>
    levels.slice(0, limit).map(([at, base]) => [Number(price(at, instrument)), base]);
  const scale = query.get("precision") ?? "scale0";
  return answer(
    {
      asks: side(asks),
      bids: side(bids),
      ts: String(time),
      precision: scale,
      scale: String(instrument.tickSize),
      isMaxPrecision: "NO",
    },
    venue,
  );
});

/** Bitget v2, USDT futures: base units, strings, oldest rows first, HTTP 400 with a code. */
export const bitget: Dialect = {
  profile: {
    id: "bitget",
    openInterestShare: 0.12,
    liquidationFeeRate: 0,
    long: { hedgedShare: 0.34, leverageShares: [5, 9, 14, 17, 15, 9, 4, 1] },
    short: { hedgedShare: 0.42, leverageShares: [7, 11, 14, 15, 13, 8, 3, 1] },
    riskTiers: tiersOf([
      [150_000, 0.004, 125],
      [1_000_000, 0.005, 100],
      [4_000_000, 0.01, 50],
      [20_000_000, 0.025, 20],
      [80_000_000, 0.05, 10],
      [Infinity, 0.1, 5],
    ]),
  },
  routes: {
    "/api/v2/public/time": (_query, venue) => answer({ serverTime: String(venue.now()) }, venue),
    "/api/v2/mix/market/contracts": contracts,
    "/api/v2/mix/market/tickers": (query, venue) =>
      answer(isUsdt(query) ? venue.contracts.map(ticker) : [], venue),
    "/api/v2/mix/market/ticker": forSymbol((contract, _query, venue) => answer([ticker(contract)], venue)),
    "/api/v2/mix/market/candles": candles(1_000, (query) =>
      query.get("kLineType")?.toUpperCase() === "MARK" ? "mark" : "last",
    ),
    "/api/v2/mix/market/history-candles": candles(200, () => "last"),
    "/api/v2/mix/market/history-mark-candles": candles(200, () => "mark"),
    "/api/v2/mix/market/account-long-short": accountLongShort,
    "/api/v2/mix/market/query-position-lever": positionTiers,
    "/api/v2/mix/market/merge-depth": mergeDepth,
  },
  unknownPath: { status: 404, body: { code: "40404", msg: "Request URL NOT FOUND", data: null } },
  tooManyRequests: { status: 429, body: { code: "429", msg: "Too Many Requests", data: null } },
  feed: silentFeed,
};
