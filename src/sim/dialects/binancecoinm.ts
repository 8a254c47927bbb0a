import type { Candle } from "../candles.ts";
import type { Contract } from "../contract.ts";
import type { Instrument } from "../instruments.ts";
import type { Sample } from "../samples.ts";
import {
  dataDepthMs,
  invalidInterval,
  invalidParameter,
  invalidSymbol,
  maxDataRows,
  maxKlines,
  page,
  refuse,
} from "./binanceusdm.ts";
import { binanceFeed } from "./binanceusdmFeed.ts";
import {
  type Dialect,
  durationOf,
  integer,
  ok,
  price,
  reachOf,
  type Query,
  type Reply,
  type Route,
  tiersOf,
  type VenueView,
} from "./dialect.ts";

const pairOf = (instrument: Instrument): string => `${instrument.symbol}USD`;
const idOf = (instrument: Instrument): string => `${pairOf(instrument)}_PERP`;

/** USD in one contract. */
const usualContractUsd = ({ symbol }: Instrument): number => (symbol === "BTC" ? 100 : 10);

const contractNamed = (name: string | null, venue: VenueView, nameOf: (of: Instrument) => string) =>
  venue.contracts.find(({ instrument }) => nameOf(instrument) === name);

const forSymbol =
  (answer: (contract: Contract, query: Query, venue: VenueView) => Reply): Route =>
  (query, venue) => {
    const contract = contractNamed(query.get("symbol"), venue, idOf);
    return contract === undefined ? invalidSymbol : answer(contract, query, venue);
  };

/** Open times counted from their end unless a start is named; oldest first. */
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

/** Statistics are of a pair, the open interest of one kind of its contracts. */
const data =
  (row: (sample: Sample, instrument: Instrument) => object, perpetualOnly: boolean): Route =>
  (query, venue) => {
    const contract = contractNamed(query.get("pair"), venue, pairOf);
    if (contract === undefined) return invalidParameter("pair");
    const periodMs = durationOf(query.get("period") ?? "");
    if (periodMs === undefined || periodMs < 300_000) return invalidParameter("period");
    const limit = integer(query, "limit") ?? 30;
    if (limit < 1 || limit > maxDataRows) return invalidParameter("limit");
    if (perpetualOnly && query.get("contractType") !== "PERPETUAL") return ok([]);
    const until = Math.min(venue.now(), integer(query, "endTime") ?? Infinity);
    const oldest = venue.now() - dataDepthMs;
    const since = Math.max(oldest, integer(query, "startTime") ?? reachOf(limit, periodMs, until));
    const rows = contract.samples(since, until + 1).filter(({ time }) => time % periodMs === 0);
    return ok(page(rows, query, limit).map((sample) => row(sample, contract.instrument)));
  };

const ratio = data(({ accountRatio, time }, instrument) => {
  const longAccount = accountRatio / (1 + accountRatio);
  return {
    pair: pairOf(instrument),
    longShortRatio: accountRatio.toFixed(4),
    longAccount: longAccount.toFixed(4),
    shortAccount: (1 - longAccount).toFixed(4),
    timestamp: time,
  };
}, false);

const premiumIndex: Route = (_query, venue) =>
  ok(
    venue.contracts.map(({ instrument, quote }) => {
      const { markPrice, indexPrice, fundingRate, nextFundingTime, time } = quote();
      return {
        symbol: idOf(instrument),
        pair: pairOf(instrument),
        markPrice: markPrice.toFixed(8),
        indexPrice: indexPrice.toFixed(8),
        estimatedSettlePrice: indexPrice.toFixed(8),
        lastFundingRate: fundingRate.toFixed(8),
        interestRate: "0.00010000",
        nextFundingTime,
        time,
      };
    }),
  );

/** What depends on the size of a contract. */
function counted(contractUsd: (instrument: Instrument) => number): Readonly<Record<string, Route>> {
  const contracts = (base: number, at: number, instrument: Instrument): string =>
    String(Math.round((base * at) / contractUsd(instrument)));
  const marketOf = ({ instrument }: Contract): unknown => ({
    symbol: idOf(instrument),
    pair: pairOf(instrument),
    contractType: "PERPETUAL",
    deliveryDate: 4_133_404_800_000,
    onboardDate: 1_597_042_800_000,
    contractStatus: "TRADING",
    contractSize: contractUsd(instrument),
    marginAsset: instrument.symbol,
    maintMarginPercent: "2.5000",
    requiredMarginPercent: "5.0000",
    baseAsset: instrument.symbol,
    quoteAsset: "USD",
    pricePrecision: 8,
    quantityPrecision: 0,
    baseAssetPrecision: 8,
    quotePrecision: 8,
    filters: [
      {
        filterType: "PRICE_FILTER",
        minPrice: "0.1",
        maxPrice: "10000000",
        tickSize: String(instrument.tickSize),
      },
      { filterType: "LOT_SIZE", minQty: "1", maxQty: "1000000", stepSize: "1" },
    ],
  });
  return {
    "/dapi/v1/exchangeInfo": (_query, venue) =>
      ok({
        timezone: "UTC",
        serverTime: venue.now(),
        rateLimits: [],
        symbols: venue.contracts.map(marketOf),
      }),
    "/dapi/v1/klines": klines((candle, intervalMs, instrument) => [
      candle.openTime,
      ...[candle.open, candle.high, candle.low, candle.close].map((value) => price(value, instrument)),
      contracts(candle.volume, candle.close, instrument),
      candle.openTime + intervalMs - 1,
      candle.volume.toFixed(8),
      Math.round(candle.volume / instrument.lotSize / 50),
      contracts(candle.takerBuyVolume, candle.close, instrument),
      candle.takerBuyVolume.toFixed(8),
      "0",
    ]),
    "/dapi/v1/openInterest": forSymbol(({ quote, instrument }) => {
      const { openInterest, markPrice, time } = quote();
      return ok({
        symbol: idOf(instrument),
        pair: pairOf(instrument),
        openInterest: contracts(openInterest, markPrice, instrument),
        contractType: "PERPETUAL",
        time,
      });
    }),
    "/futures/data/openInterestHist": data(
      ({ openInterest, markPrice, time }, instrument) => ({
        pair: pairOf(instrument),
        contractType: "PERPETUAL",
        sumOpenInterest: contracts(openInterest, markPrice, instrument),
        sumOpenInterestValue: openInterest.toFixed(8),
        timestamp: time,
      }),
      true,
    ),
  };
}

/** Binance COIN-M: contracts of whole dollars, statistics by pair; otherwise as USD-M. */
export const binancecoinmOf = (contractUsd: (instrument: Instrument) => number): Dialect => ({
  profile: {
    id: "binancecoinm",
    openInterestShare: 0.05,
    liquidationFeeRate: 0,
    long: { hedgedShare: 0.5, leverageShares: [10, 14, 16, 14, 9, 4, 1.5, 0.5] },
    short: { hedgedShare: 0.56, leverageShares: [12, 15, 15, 12, 8, 3.5, 1.2, 0.5] },
    riskTiers: tiersOf([
      [50_000, 0.004, 125],
      [600_000, 0.005, 100],
      [3_000_000, 0.01, 50],
      [12_000_000, 0.025, 20],
      [Infinity, 0.05, 10],
    ]),
  },
  routes: {
    "/dapi/v1/ping": () => ok({}),
    "/dapi/v1/time": (_query, venue) => ok({ serverTime: venue.now() }),
    "/dapi/v1/markPriceKlines": markKline,
    "/dapi/v1/premiumIndex": premiumIndex,
    "/futures/data/globalLongShortAccountRatio": ratio,
    ...counted(contractUsd),
  },
  unknownPath: { status: 404, body: "<html><body><h2>404 Not found</h2></body></html>" },
  tooManyRequests: refuse(429, -1003, "Too many requests; current limit of IP is 2400 requests per minute."),
  feed: binanceFeed({
    nameOf: idOf,
    amountOf: (base, at, instrument) => String(Math.round((base * at) / contractUsd(instrument))),
  }),
});

export const binancecoinm: Dialect = binancecoinmOf(usualContractUsd);
