import type { Candle } from "../candles.ts";
import type { Sample } from "../samples.ts";
import { type Instrument, isInverse } from "../instruments.ts";
import { type Dialect, durationOf, integer, price, reachOf, type Route, tiersOf } from "./dialect.ts";
import { forSwaps, forSymbol, isSwap, rows, unknownInstrument, wrongParameter } from "./okxAnswers.ts";
import { okxFeed } from "./okxFeed.ts";
import { contracts, contractSizeOf, familyOf, idOf } from "./okxUnits.ts";

/** rubik remembers so many rows a period: five days of 5m. */
const rubikRows = 1_440;
/** OKX counts the taker fee into the trigger. */
const feeRate = 0.0005;

const instruments = forSwaps(({ instrument, profile }) => ({
  instType: "SWAP",
  instId: idOf(instrument),
  instFamily: familyOf(instrument),
  uly: familyOf(instrument),
  category: "1",
  baseCcy: "",
  quoteCcy: "",
  settleCcy: isInverse(instrument) ? instrument.symbol : "USDT",
  ctVal: String(contractSizeOf(instrument)),
  ctMult: "1",
  ctValCcy: isInverse(instrument) ? "USD" : instrument.symbol,
  ctType: isInverse(instrument) ? "inverse" : "linear",
  lever: String(profile.riskTiers(instrument.maxLeverage)[0]?.maxLeverage ?? 1),
  tickSz: String(instrument.tickSize),
  lotSz: "0.01",
  minSz: "0.01",
  maxLmtSz: "100000000",
  listTime: "1611916828000",
  expTime: "",
  optType: "",
  stk: "",
  alias: "",
  state: "live",
}));

/** Newest first; rows with before < ts < after. */
const candles = (
  maxRows: number,
  closedOnly: boolean,
  row: (candle: Candle, confirm: string, instrument: Instrument) => unknown,
): Route =>
  forSymbol((contract, query, venue) => {
    const intervalMs = durationOf(query.get("bar") ?? "1m");
    if (intervalMs === undefined) return wrongParameter("bar");
    const limit = Math.min(maxRows, integer(query, "limit") ?? 100);
    const until = Math.min(integer(query, "after") ?? Infinity, venue.now() + 1);
    const since = Math.max((integer(query, "before") ?? -1) + 1, reachOf(limit, intervalMs, until));
    const found = contract.candles(intervalMs, since, until);
    const isClosed = ({ openTime }: Candle): boolean => openTime + intervalMs <= venue.now();
    const kept = (closedOnly ? found.filter(isClosed) : found).slice(-limit).toReversed();
    return rows(kept.map((candle) => row(candle, isClosed(candle) ? "1" : "0", contract.instrument)));
  });

const candleRow = (candle: Candle, confirm: string, instrument: Instrument): unknown => [
  String(candle.openTime),
  ...[candle.open, candle.high, candle.low, candle.close].map((value) => price(value, instrument)),
  contracts(candle.volume, candle.close, instrument),
  candle.volume.toFixed(4),
  candle.quoteVolume.toFixed(4),
  confirm,
];

const markRow = ({ openTime, mark }: Candle, confirm: string, instrument: Instrument): unknown => [
  String(openTime),
  ...[mark.open, mark.high, mark.low, mark.close].map((value) => price(value, instrument)),
  confirm,
];

const openInterest = forSwaps(({ quote, instrument }) => {
  const { openInterest, markPrice, time } = quote();
  return {
    instType: "SWAP",
    instId: idOf(instrument),
    oi: contracts(openInterest, markPrice, instrument),
    oiCcy: openInterest.toFixed(4),
    oiUsd: (openInterest * markPrice).toFixed(2),
    ts: String(time),
  };
});

const markPrice = forSwaps(({ quote, instrument }) => ({
  instType: "SWAP",
  instId: idOf(instrument),
  markPx: price(quote().markPrice, instrument),
  ts: String(quote().time),
}));

const ticker = forSwaps(({ quote, lastDay, instrument }) => {
  const { lastPrice, time } = quote();
  const day = lastDay();
  return {
    instType: "SWAP",
    instId: idOf(instrument),
    last: price(lastPrice, instrument),
    open24h: price(day.open, instrument),
    high24h: price(day.high, instrument),
    low24h: price(day.low, instrument),
    vol24h: contracts(day.volume, day.close, instrument),
    volCcy24h: day.volume.toFixed(4),
    ts: String(time),
  };
});

const fundingRate = forSymbol(({ quote, instrument }) => {
  const { fundingRate, nextFundingTime, time } = quote();
  return rows([
    {
      instType: "SWAP",
      instId: idOf(instrument),
      method: "current_period",
      fundingRate: fundingRate.toFixed(8),
      fundingTime: String(nextFundingTime),
      nextFundingRate: "",
      nextFundingTime: String(nextFundingTime + 28_800_000),
      ts: String(time),
    },
  ]);
});

const fundingHistory = forSymbol(({ fundings, instrument }, query) => {
  const since = integer(query, "before") ?? -1;
  const until = integer(query, "after") ?? Infinity;
  const kept = fundings().filter(({ time }) => time > since && time < until);
  const row = ({ time, rate }: (typeof kept)[number]): unknown => ({
    instType: "SWAP",
    instId: idOf(instrument),
    fundingRate: rate.toFixed(8),
    realizedRate: rate.toFixed(8),
    fundingTime: String(time),
    method: "current_period",
  });
  return rows(
    kept
      .slice(-Math.min(100, integer(query, "limit") ?? 100))
      .map(row)
      .toReversed(),
  );
});

/** Newest first; begin and end belong to the window. */
const rubik = (row: (sample: Sample, instrument: Instrument) => string[]): Route =>
  forSymbol(({ samples, instrument }, query, venue) => {
    const periodMs = durationOf(query.get("period") ?? "5m");
    if (periodMs === undefined) return wrongParameter("period");
    const limit = Math.min(100, integer(query, "limit") ?? 100);
    const until = Math.min(venue.now(), integer(query, "end") ?? Infinity);
    const oldest = Math.max(venue.now() - rubikRows * periodMs, reachOf(limit, periodMs, until));
    const found = samples(Math.max(oldest, integer(query, "begin") ?? 0), until + 1);
    const kept = found.filter(({ time }) => time % periodMs === 0).slice(-limit);
    return rows(kept.map((sample) => [String(sample.time)].concat(row(sample, instrument))).toReversed());
  });

const openInterestHistory = rubik(({ openInterest, markPrice }, instrument) => [
  contracts(openInterest, markPrice, instrument),
  openInterest.toFixed(4),
  (openInterest * markPrice).toFixed(2),
]);

/** Per currency and in USD, as the unified client asks for it; volumes are left at 0. */
const openInterestVolume: Route = (query, venue) => {
  const contract = venue.contracts.find(({ instrument }) => instrument.symbol === query.get("ccy"));
  const periodMs = durationOf(query.get("period") ?? "5m");
  if (contract === undefined || periodMs === undefined) return wrongParameter("ccy");
  const found = contract.samples(integer(query, "begin") ?? 0, (integer(query, "end") ?? venue.now()) + 1);
  const kept = found.filter(({ time }) => time % periodMs === 0).slice(-72);
  return rows(
    kept
      .map((each) => [String(each.time), (each.openInterest * each.markPrice).toFixed(2), "0"])
      .toReversed(),
  );
};

/** Sizes are in contracts, at today's mark. */
const positionTiers: Route = (query, venue) => {
  const families = (query.get("instFamily") ?? query.get("uly") ?? "").split(",");
  const contract = venue.contracts.find(({ instrument }) => families.includes(familyOf(instrument)));
  if (contract === undefined || !isSwap(query)) return unknownInstrument;
  const { instrument, profile, quote } = contract;
  const size = (notional: number): string =>
    Number.isFinite(notional)
      ? String(Math.round(Number(contracts(notional / quote().markPrice, quote().markPrice, instrument))))
      : "1000000000";
  return rows(
    profile.riskTiers(instrument.maxLeverage).map((tier, index) => ({
      instFamily: familyOf(instrument),
      uly: familyOf(instrument),
      instId: "",
      tier: String(index + 1),
      minSz: size(tier.floorNotional),
      maxSz: size(tier.capNotional),
      mmr: String(tier.maintenanceMarginRate),
      imr: String(1 / tier.maxLeverage),
      maxLever: tier.maxLeverage.toFixed(2),
      optMgnFactor: "0",
      quoteMaxLoan: "",
      baseMaxLoan: "",
    })),
  );
};

const books = (most: number): Route =>
  forSymbol(({ book, instrument }, query) => {
    const { bids, asks, time } = book();
    const limit = Math.min(most, integer(query, "sz") ?? 1);
    const side = (levels: typeof bids): unknown =>
      levels
        .slice(0, limit)
        .map(([at, base]) => [price(at, instrument), contracts(base, at, instrument), "0", "1"]);
    return rows([{ bids: side(bids), asks: side(asks), ts: String(time), seqId: time }]);
  });

/** OKX v5, swaps: contracts of coins or of dollars, newest rows first, HTTP 200 with a code. */
export const okx: Dialect = {
  profile: {
    id: "okx",
    openInterestShare: 0.22,
    liquidationFeeRate: feeRate,
    long: { hedgedShare: 0.38, leverageShares: [6, 13, 15, 16, 12, 6, 2.5, 0] },
    short: { hedgedShare: 0.45, leverageShares: [7, 13, 15, 15, 11, 5.5, 2.5, 0] },
    riskTiers: tiersOf([
      [1_000_000, 0.004, 100],
      [5_000_000, 0.008, 50],
      [20_000_000, 0.02, 25],
      [60_000_000, 0.04, 12],
      [Infinity, 0.08, 6],
    ]),
    inverseUsd: { BTC: 100, ETH: 10 },
  },
  routes: {
    "/api/v5/public/time": (_query, venue) => rows([{ ts: String(venue.now()) }]),
    "/api/v5/public/instruments": instruments,
    "/api/v5/public/open-interest": openInterest,
    "/api/v5/public/mark-price": markPrice,
    "/api/v5/public/funding-rate": fundingRate,
    "/api/v5/public/funding-rate-history": fundingHistory,
    "/api/v5/public/position-tiers": positionTiers,
    "/api/v5/market/tickers": ticker,
    "/api/v5/market/ticker": ticker,
    "/api/v5/market/candles": candles(300, false, candleRow),
    "/api/v5/market/history-candles": candles(300, true, candleRow),
    "/api/v5/market/mark-price-candles": candles(100, false, markRow),
    "/api/v5/market/history-mark-price-candles": candles(100, true, markRow),
    "/api/v5/market/books": books(400),
    "/api/v5/market/books-full": books(5_000),
    "/api/v5/rubik/stat/contracts/open-interest-history": openInterestHistory,
    "/api/v5/rubik/stat/contracts/open-interest-volume": openInterestVolume,
    "/api/v5/rubik/stat/contracts/long-short-account-ratio-contract": rubik(({ accountRatio }) => [
      accountRatio.toFixed(4),
    ]),
    "/api/v5/rubik/stat/contracts/long-short-account-ratio-contract-top-trader": rubik(
      ({ topPositionRatio }) => [topPositionRatio.toFixed(4)],
    ),
    "/api/v5/rubik/stat/contracts/long-short-position-ratio-contract-top-trader": rubik(
      ({ topPositionRatio }) => [topPositionRatio.toFixed(4)],
    ),
  },
  unknownPath: { status: 404, body: { code: "404", msg: "Not Found", data: [] } },
  tooManyRequests: { status: 429, body: { code: "50011", msg: "Too Many Requests", data: [] } },
  feed: okxFeed,
};
