import type { Contract, Quote } from "../contract.ts";
import { decimalsOf, type Instrument, isInverse } from "../instruments.ts";
import {
  contractsIn,
  type Dialect,
  durationOf,
  integer,
  ok,
  price,
  quoteOf,
  reachOf,
  type Query,
  type Reply,
  type Route,
  silentFeed,
  tiersOf,
  type VenueView,
} from "./dialect.ts";

const maxKlines = 200;
const maxStatistics = 200;

const data = (answer: unknown): Reply => ok({ code: "200000", data: answer });
const refuse = (status: number, code: string, msg: string): Reply => ({ status, body: { code, msg } });
const unknownContract = refuse(400, "100003", "Contract parameter invalid.");

/** Bitcoin has its old name here. */
const coinOf = ({ symbol }: Instrument): string => (symbol === "BTC" ? "XBT" : symbol);
const idOf = (instrument: Instrument): string => `${coinOf(instrument)}${quoteOf(instrument)}M`;
const settleOf = (instrument: Instrument): string => (isInverse(instrument) ? coinOf(instrument) : "USDT");
const lotOf = ({ lotSize }: Instrument): number => lotSize * 10;
/** Of coins, or of dollars at a price. */
const lots = (base: number, at: number, instrument: Instrument): number =>
  Math.round(contractsIn(base, at, lotOf(instrument), instrument));
/** The size of one; an inverse one's is told below 0. */
const multiplierOf = (instrument: Instrument): number =>
  instrument.contractUsd === undefined
    ? Number(lotOf(instrument).toFixed(decimalsOf(instrument.lotSize)))
    : -instrument.contractUsd;

/** Limits are in what the contract settles in; the last step has one too. */
function limitOf(notional: number, { instrument, quote }: Contract): number {
  const quoted = Number.isFinite(notional) ? notional : 1e9;
  return isInverse(instrument) ? quoted / quote().markPrice : quoted;
}

const forName =
  (
    nameOf: (query: Query) => string,
    answer: (contract: Contract, query: Query, venue: VenueView) => Reply,
  ): Route =>
  (query, venue) => {
    const contract = venue.contracts.find(({ instrument }) => idOf(instrument) === nameOf(query));
    return contract === undefined ? unknownContract : answer(contract, query, venue);
  };
const symbolOf = (query: Query): string => query.get("symbol") ?? "";

const contractOf = (contract: Contract): unknown => {
  const { instrument, profile, quote } = contract;
  const { markPrice, indexPrice, lastPrice, openInterest, fundingRate, nextFundingTime, time } = quote();
  const [first] = profile.riskTiers(instrument.maxLeverage);
  return {
    symbol: idOf(instrument),
    rootSymbol: settleOf(instrument),
    type: "FFWCSX",
    firstOpenDate: 1_591_086_000_000,
    expireDate: null,
    settleDate: null,
    baseCurrency: coinOf(instrument),
    quoteCurrency: quoteOf(instrument),
    settleCurrency: settleOf(instrument),
    maxOrderQty: 1_000_000,
    maxPrice: 1_000_000,
    lotSize: 1,
    tickSize: instrument.tickSize,
    multiplier: multiplierOf(instrument),
    initialMargin: 1 / (first?.maxLeverage ?? 1),
    maintainMargin: first?.maintenanceMarginRate ?? 0,
    maxRiskLimit: limitOf(first?.capNotional ?? 0, contract),
    makerFeeRate: 0.0002,
    takerFeeRate: 0.0006,
    isDeleverage: true,
    isQuanto: !isInverse(instrument),
    isInverse: isInverse(instrument),
    markMethod: "FairPrice",
    fairMethod: "FundingRate",
    status: "Open",
    fundingFeeRate: fundingRate,
    predictedFundingFeeRate: fundingRate,
    openInterest: String(lots(openInterest, markPrice, instrument)),
    markPrice,
    indexPrice,
    lastTradePrice: lastPrice,
    nextFundingRateTime: nextFundingTime - time,
    maxLeverage: first?.maxLeverage ?? 1,
  };
};

/** Times in ms, both ends included; numbers as numbers, oldest first. */
const klines = forName(symbolOf, ({ candles, instrument }, query, venue) => {
  const minutes = integer(query, "granularity");
  if (minutes === undefined) return refuse(400, "100001", "granularity is invalid");
  const intervalMs = minutes * 60_000;
  const until = Math.min(venue.now(), integer(query, "to") ?? Infinity);
  const since = integer(query, "from") ?? reachOf(maxKlines, intervalMs, until);
  const rows = candles(intervalMs, since, until + 1).slice(-maxKlines);
  return data(
    rows.map(({ openTime, open, high, low, close, volume }) => [
      openTime,
      ...[open, high, low, close].map((value) => Number(price(value, instrument))),
      lots(volume, close, instrument),
    ]),
  );
});

/** The unified API's, of marks only: seconds, the close before the extremes, newest first. */
const markKlines = forName(
  (query) => symbolOf(query).replace(/-mark-price$/, ""),
  ({ candles, instrument }, query, venue) => {
    const intervalMs = durationOf(query.get("interval") ?? "");
    if (intervalMs === undefined) return refuse(400, "400100", "interval is invalid");
    const until = Math.min(venue.now(), 1_000 * (integer(query, "endAt") ?? Infinity));
    const since = 1_000 * (integer(query, "startAt") ?? 0);
    const list = candles(intervalMs, Math.max(since, reachOf(1_500, intervalMs, until)), until + 1)
      .slice(-1_500)
      .toReversed()
      .map(({ openTime, mark }) => [
        String(openTime / 1_000),
        ...[mark.open, mark.close, mark.high, mark.low].map((value) => price(value, instrument)),
        "0",
        "0",
      ]);
    return data({ tradeType: "FUTURES", symbol: symbolOf(query), list });
  },
);

const openInterestRow = (
  instrument: Instrument,
  { openInterest: base, markPrice, time }: Pick<Quote, "openInterest" | "markPrice" | "time">,
): unknown => ({
  symbol: idOf(instrument),
  openInterest: String(lots(base, markPrice, instrument)),
  ts: time,
});

/** All contracts now; or one over time, where an interval is named. Newest first. */
const openInterest: Route = (query, venue) => {
  if (!query.has("interval")) {
    return data(venue.contracts.map(({ instrument, quote }) => openInterestRow(instrument, quote())));
  }
  return forName(symbolOf, ({ samples, instrument }) => {
    const intervalMs = durationOf(query.get("interval") ?? "");
    if (intervalMs === undefined) return refuse(400, "400100", "interval is invalid");
    const size = Math.min(maxStatistics, integer(query, "pageSize") ?? 30);
    const until = Math.min(venue.now(), integer(query, "endAt") ?? Infinity);
    const since = integer(query, "startAt") ?? reachOf(size, intervalMs, until);
    const kept = samples(since, until + 1).filter(({ time }) => time % intervalMs === 0);
    const newest = kept.slice(-size).toReversed();
    return data(newest.map((sample) => openInterestRow(instrument, sample)));
  })(query, venue);
};

const riskLimits = forName(
  (query) => query.get("*") ?? "",
  (contract) =>
    data(
      contract.profile.riskTiers(contract.instrument.maxLeverage).map((tier, index) => ({
        symbol: idOf(contract.instrument),
        level: index + 1,
        maxRiskLimit: limitOf(tier.capNotional, contract),
        minRiskLimit: limitOf(tier.floorNotional, contract),
        maxLeverage: tier.maxLeverage,
        initialMargin: 1 / tier.maxLeverage,
        maintainMargin: tier.maintenanceMarginRate,
      })),
    ),
);

/** KuCoin Futures: lots of a tenth of a contract's size or of a dollar, `{ code, data }`, two APIs side by side. */
export const kucoinfutures: Dialect = {
  profile: {
    id: "kucoinfutures",
    openInterestShare: 0.04,
    liquidationFeeRate: 0,
    long: { hedgedShare: 0.34, leverageShares: [5, 10, 15, 18, 14, 7, 3, 1] },
    short: { hedgedShare: 0.42, leverageShares: [6, 11, 14, 16, 12, 6, 2.5, 1] },
    riskTiers: tiersOf([
      [250_000, 0.004, 125],
      [1_000_000, 0.007, 75],
      [5_000_000, 0.02, 25],
      [20_000_000, 0.05, 10],
      [Infinity, 0.1, 5],
    ]),
    inverseUsd: { BTC: 1, ETH: 1 },
  },
  routes: {
    "/api/v1/timestamp": (_query, venue) => data(venue.now()),
    "/api/v1/contracts/active": (_query, venue) => data(venue.contracts.map(contractOf)),
    "/api/v1/kline/query": klines,
    "/api/v1/contracts/risk-limit/*": riskLimits,
    "/api/ua/v1/market/kline": markKlines,
    "/api/ua/v1/market/open-interest": openInterest,
  },
  unknownPath: { status: 404, body: { code: "404", msg: "Not Found" } },
  tooManyRequests: {
    status: 429,
    body: { code: "429000", msg: "Too many requests in a short period of time" },
    headers: { "gw-ratelimit-limit": "2000", "gw-ratelimit-remaining": "0", "gw-ratelimit-reset": "30000" },
  },
  feed: silentFeed,
};
