import type { Candle } from "../candles.ts";
import type { Contract } from "../contract.ts";
import { decimalsOf, type Instrument } from "../instruments.ts";
import {
  type Dialect,
  durationOf,
  integer,
  ok,
  price,
  quantity,
  type Query,
  type Reply,
  type Route,
  silentFeed,
  tiersOf,
  type VenueView,
} from "./dialect.ts";

const maxRows = 2_000;

const answer = (body: object, venue: VenueView): Reply =>
  ok({ result: "success", ...body, serverTime: new Date(venue.now()).toISOString() });

const refuse = (status: number, error: string, venue: VenueView): Reply => ({
  status,
  body: { result: "error", error, serverTime: new Date(venue.now()).toISOString() },
});

const nameOf = ({ symbol }: Instrument): string => (symbol === "BTC" ? "XBT" : symbol);
const idOf = (instrument: Instrument): string => `PF_${nameOf(instrument)}USD`;

const contractOf = (name: string | null | undefined, venue: VenueView): Contract | undefined =>
  venue.contracts.find(({ instrument }) => idOf(instrument) === name);

/** Each level names where it begins. */
function instrumentOf({ instrument, profile }: Contract): unknown {
  const { tickSize, lotSize, maxLeverage } = instrument;
  return {
    symbol: idOf(instrument),
    type: "flexible_futures",
    tradeable: true,
    tickSize,
    contractSize: 1,
    contractValueTradePrecision: decimalsOf(lotSize),
    impactMidSize: 1,
    maxPositionSize: 1_000_000,
    openingDate: "2022-03-22T00:00:00.000Z",
    fundingRateCoefficient: 8,
    maxRelativeFundingRate: 0.001,
    marginLevels: profile.riskTiers(maxLeverage).map((tier) => ({
      numNonContractUnits: tier.floorNotional,
      initialMargin: 1 / tier.maxLeverage,
      maintenanceMargin: tier.maintenanceMarginRate,
    })),
    tags: [],
  };
}

/** Funding is told in dollars a contract and hour. */
const ticker = ({ quote, lastDay, instrument }: Contract): unknown => {
  const { lastPrice, markPrice, indexPrice, openInterest, fundingRate, time } = quote();
  const day = lastDay();
  const fundingUsd = (fundingRate / 8) * markPrice;
  return {
    tag: "perpetual",
    pair: `${nameOf(instrument)}:USD`,
    symbol: idOf(instrument),
    markPrice,
    bid: Number(price(lastPrice - instrument.tickSize, instrument)),
    bidSize: 1,
    ask: Number(price(lastPrice + instrument.tickSize, instrument)),
    askSize: 1,
    vol24h: Number(quantity(day.volume, instrument)),
    volumeQuote: day.quoteVolume,
    openInterest: Number(quantity(openInterest, instrument)),
    open24h: Number(price(day.open, instrument)),
    high24h: Number(price(day.high, instrument)),
    low24h: Number(price(day.low, instrument)),
    indexPrice,
    last: Number(price(lastPrice, instrument)),
    lastTime: new Date(time).toISOString(),
    lastSize: 1,
    suspended: false,
    fundingRate: fundingUsd,
    fundingRatePrediction: fundingUsd,
    postOnly: false,
  };
};

/** `/{price type}/{symbol}/{interval}`; a window in seconds with both its ends, oldest first. */
const charts: Route = (query, venue) => {
  const [priceType = "", symbol, interval = ""] = query.getAll("*");
  const contract = contractOf(symbol, venue);
  const intervalMs = durationOf(interval);
  if (contract === undefined) return refuse(404, "contractNotFound", venue);
  if (intervalMs === undefined || !["trade", "mark", "spot"].includes(priceType))
    return refuse(400, "invalidArgument", venue);
  const until = Math.min(venue.now(), (integer(query, "to") ?? Infinity) * 1_000);
  const from = integer(query, "from");
  const since = from === undefined ? until - (maxRows - 1) * intervalMs : from * 1_000;
  const rows = contract.candles(intervalMs, since, until + 1);
  const row = priceType === "trade" ? candleRow : markRow;
  return ok({
    candles: rows.slice(0, maxRows).map((candle) => row(candle, contract.instrument)),
    more_candles: rows.length > maxRows,
  });
};

const prices = ({ open, high, low, close }: Candle["mark"], instrument: Instrument): object => ({
  open: price(open, instrument),
  high: price(high, instrument),
  low: price(low, instrument),
  close: price(close, instrument),
});

const candleRow = (candle: Candle, instrument: Instrument): unknown => ({
  time: candle.openTime,
  ...prices(candle, instrument),
  volume: quantity(candle.volume, instrument),
});

const markRow = ({ openTime, mark }: Candle, instrument: Instrument): unknown => ({
  time: openTime,
  ...prices(mark, instrument),
  volume: "0",
});

const orderBook = (query: Query, venue: VenueView): Reply => {
  const contract = contractOf(query.get("symbol"), venue);
  if (contract === undefined) return refuse(404, "contractNotFound", venue);
  const { bids, asks } = contract.book();
  return answer({ orderBook: { bids, asks } }, venue);
};

/** Kraken Futures v3, multi-collateral perpetuals: base units, ISO times, `result` beside the data. */
export const krakenfutures: Dialect = {
  profile: {
    id: "krakenfutures",
    openInterestShare: 0.02,
    liquidationFeeRate: 0,
    long: { hedgedShare: 0.5, leverageShares: [10, 14, 14, 10, 5, 2, 0, 0] },
    short: { hedgedShare: 0.55, leverageShares: [11, 14, 13, 9, 4, 1, 0, 0] },
    riskTiers: tiersOf([
      [500_000, 0.01, 50],
      [2_000_000, 0.02, 25],
      [10_000_000, 0.05, 10],
      [Infinity, 0.1, 5],
    ]),
  },
  routes: {
    "/derivatives/api/v3/instruments": (_query, venue) =>
      answer({ instruments: venue.contracts.map(instrumentOf) }, venue),
    "/derivatives/api/v3/tickers": (_query, venue) => answer({ tickers: venue.contracts.map(ticker) }, venue),
    "/derivatives/api/v3/orderbook": orderBook,
    "/api/charts/v1/*/*/*": charts,
  },
  unknownPath: { status: 404, body: { result: "error", error: "Not Found" } },
  tooManyRequests: { status: 429, body: { result: "error", error: "apiLimitExceeded" } },
  feed: silentFeed,
};
