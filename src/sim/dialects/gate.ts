import type { Candle } from "../candles.ts";
import type { Contract } from "../contract.ts";
import type { Instrument } from "../instruments.ts";
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
  silentFeed,
  tiersOf,
  type VenueView,
} from "./dialect.ts";

/** Gate counts the taker fee into the trigger. */
const feeRate = 0.00075;
const maxRows = 2_000;
const maxStats = 100;

const refuse = (label: string, message: string): Reply => ({ status: 400, body: { label, message } });
const unknownContract = refuse("CONTRACT_NOT_FOUND", "CONTRACT_NOT_FOUND");
const invalid = (what: string): Reply => refuse("INVALID_PARAM_VALUE", `invalid argument: ${what}`);

const idOf = (instrument: Instrument): string => `${instrument.symbol}_USDT`;
const seconds = (ms: number): number => ms / 1_000;
const inContracts = (base: number, instrument: Instrument): string =>
  String(Math.round(base / instrument.lotSize));

/** Only the USDT-settled contracts are listed here. Each is one lot. */
const forContract =
  (answer: (contract: Contract, query: Query, venue: VenueView) => Reply): Route =>
  (query, venue) => {
    const name = query.get("contract")?.replace(/^mark_/, "");
    const contract = venue.contracts.find(({ instrument }) => idOf(instrument) === name);
    return contract === undefined ? unknownContract : answer(contract, query, venue);
  };

const contractOf = ({ instrument, profile, quote }: Contract): unknown => {
  const { markPrice, lastPrice, indexPrice, openInterest, fundingRate, nextFundingTime } = quote();
  const [first] = profile.riskTiers(instrument.maxLeverage);
  return {
    name: idOf(instrument),
    type: "direct",
    quanto_multiplier: String(instrument.lotSize),
    mark_type: "index",
    mark_price: price(markPrice, instrument),
    last_price: price(lastPrice, instrument),
    index_price: price(indexPrice, instrument),
    order_price_round: String(instrument.tickSize),
    mark_price_round: String(instrument.tickSize),
    order_price_deviate: "0.5",
    order_size_min: 1,
    order_size_max: 1_000_000,
    leverage_min: "1",
    leverage_max: String(first?.maxLeverage ?? 1),
    maintenance_rate: String(first?.maintenanceMarginRate ?? 0),
    risk_limit_base: String(first?.capNotional ?? 0),
    maker_fee_rate: "-0.0001",
    taker_fee_rate: "0.00075",
    funding_rate: fundingRate.toFixed(6),
    funding_interval: 28_800,
    funding_next_apply: seconds(nextFundingTime),
    position_size: Number(inContracts(openInterest, instrument)),
    in_delisting: false,
    status: "trading",
    create_time: 1_574_035_200,
  };
};

/** With from and to, and without limit; or the newest `limit`. Oldest first. */
const candlesticks = forContract((contract, query, venue) => {
  const intervalMs = durationOf(query.get("interval") ?? "5m");
  if (intervalMs === undefined) return invalid("interval");
  const from = integer(query, "from");
  const limit = integer(query, "limit");
  if (limit !== undefined && from !== undefined) return invalid("limit conflicts with from");
  if ((limit ?? 1) > maxRows) return invalid("limit");
  const until = Math.min(venue.now(), (integer(query, "to") ?? Infinity) * 1_000);
  if (from !== undefined && (until - from * 1_000) / intervalMs > maxRows) return invalid("from to");
  const since = from === undefined ? reachOf(limit ?? 100, intervalMs, until) : from * 1_000;
  const rows = contract.candles(intervalMs, since, until + 1);
  const kept = from === undefined ? rows.slice(-(limit ?? 100)) : rows;
  const isMark = query.get("contract")?.startsWith("mark_") === true;
  const row = isMark ? markRow : candleRow;
  return ok(kept.map((candle) => row(candle, contract.instrument)));
});

const ohlc = ({ open, high, low, close }: Candle["mark"], instrument: Instrument): object => ({
  o: price(open, instrument),
  h: price(high, instrument),
  l: price(low, instrument),
  c: price(close, instrument),
});

const candleRow = (candle: Candle, instrument: Instrument): unknown => ({
  t: seconds(candle.openTime),
  v: Number(inContracts(candle.volume, instrument)),
  ...ohlc(candle, instrument),
  sum: candle.quoteVolume.toFixed(4),
});

const markRow = ({ openTime, mark }: Candle, instrument: Instrument): unknown => ({
  t: seconds(openTime),
  ...ohlc(mark, instrument),
});

const ticker = ({ quote, lastDay, instrument }: Contract): unknown => {
  const { lastPrice, markPrice, indexPrice, openInterest, fundingRate } = quote();
  const day = lastDay();
  return {
    contract: idOf(instrument),
    last: price(lastPrice, instrument),
    low_24h: price(day.low, instrument),
    high_24h: price(day.high, instrument),
    change_percentage: (100 * (lastPrice / day.open - 1)).toFixed(2),
    total_size: inContracts(openInterest, instrument),
    volume_24h: inContracts(day.volume, instrument),
    volume_24h_base: day.volume.toFixed(4),
    volume_24h_quote: day.quoteVolume.toFixed(4),
    volume_24h_settle: day.quoteVolume.toFixed(4),
    mark_price: price(markPrice, instrument),
    index_price: price(indexPrice, instrument),
    funding_rate: fundingRate.toFixed(6),
    funding_rate_indicative: fundingRate.toFixed(6),
    quanto_base_rate: "",
  };
};

/** All tickers, or the one of `contract`. */
const tickers: Route = (query, venue) =>
  query.has("contract")
    ? forContract((contract) => ok([ticker(contract)]))(query, venue)
    : ok(venue.contracts.map(ticker));

/** From `from` forwards, or the newest; the last row's sums still grow. */
const contractStats = forContract(({ samples, candles, instrument }, query, venue) => {
  const periodMs = durationOf(query.get("interval") ?? "5m");
  if (periodMs === undefined || periodMs < 300_000) return invalid("interval");
  const limit = integer(query, "limit") ?? 30;
  if (limit < 1 || limit > maxStats) return invalid("limit");
  const from = integer(query, "from");
  const since = from === undefined ? reachOf(limit, periodMs, venue.now()) : from * 1_000;
  const found = samples(since, venue.now() + 1).filter(({ time }) => time % periodMs === 0);
  const rows = from === undefined ? found.slice(-limit) : found.slice(0, limit);
  const sums = new Map(
    candles(periodMs, since, venue.now() + 1).map((candle) => [candle.openTime, candle] as const),
  );
  return ok(rows.map((sample) => statsRow(sample, sums.get(sample.time), instrument)));
});

function statsRow(
  sample: ReturnType<Contract["samples"]>[number],
  sums: Candle | undefined,
  instrument: Instrument,
): unknown {
  const { time, openInterest, markPrice, accountRatio, topPositionRatio } = sample;
  const long = sums?.longLiquidated ?? 0;
  const short = sums?.shortLiquidated ?? 0;
  const taken = sums === undefined || sums.volume === 0 ? 0.5 : sums.takerBuyVolume / sums.volume;
  return {
    time: seconds(time),
    lsr_taker: taken / (1 - taken),
    lsr_account: accountRatio,
    top_lsr_account: topPositionRatio,
    top_lsr_size: topPositionRatio,
    long_liq_size: Number(inContracts(long, instrument)),
    long_liq_amount: long,
    long_liq_usd: long * markPrice,
    short_liq_size: Number(inContracts(short, instrument)),
    short_liq_amount: short,
    short_liq_usd: short * markPrice,
    open_interest: Number(inContracts(openInterest, instrument)),
    open_interest_usd: openInterest * markPrice,
    mark_price: markPrice,
  };
}

/** The sign of the size is the position's: a liquidated long is positive, its order sold. */
const liquidations: Route = (query, venue) => {
  const from = (integer(query, "from") ?? seconds(venue.now()) - 3_600) * 1_000;
  const to = (integer(query, "to") ?? seconds(venue.now())) * 1_000;
  if (to - from > 3_600_000) return invalid("from to");
  const only = query.get("contract");
  const rows = venue.contracts
    .filter(({ instrument }) => only === null || idOf(instrument) === only)
    .flatMap(({ instrument, liquidations }) => liquidations(0).map((event) => ({ event, instrument })))
    .filter(({ event }) => event.time >= from && event.time <= to)
    .toSorted((a, b) => b.event.time - a.event.time)
    .slice(0, integer(query, "limit") ?? 100);
  return ok(
    rows.map(({ event, instrument }) => ({
      time: Math.floor(seconds(event.time)),
      contract: idOf(instrument),
      size: Number(inContracts(event.quantity, instrument)) * (event.liquidatedSide === "long" ? 1 : -1),
      order_price: price(event.bankruptcyPrice, instrument),
      fill_price: price(event.triggerPrice, instrument),
      left: 0,
    })),
  );
};

const riskTiers = forContract(({ instrument, profile }) =>
  ok(
    profile.riskTiers(instrument.maxLeverage).map((tier, index) => ({
      tier: index + 1,
      // the venue's last step has a limit too
      risk_limit: String(Number.isFinite(tier.capNotional) ? tier.capNotional : 1e9),
      initial_rate: String(1 / tier.maxLeverage),
      maintenance_rate: String(tier.maintenanceMarginRate),
      leverage_max: String(tier.maxLeverage),
    })),
  ),
);

const orderBook = forContract(({ book, instrument }, query, venue) => {
  const { bids, asks } = book();
  const limit = Math.min(300, integer(query, "limit") ?? 10);
  const side = (levels: typeof bids): unknown =>
    levels
      .slice(0, limit)
      .map(([at, base]) => ({ s: Number(inContracts(base, instrument)), p: price(at, instrument) }));
  return ok({
    id: venue.now(),
    current: seconds(venue.now()),
    update: seconds(venue.now()),
    asks: side(asks),
    bids: side(bids),
  });
});

/** Gate v4, USDT futures: contracts of one lot, seconds, bare lists, HTTP 400 with a label. */
export const gate: Dialect = {
  profile: {
    id: "gate",
    openInterestShare: 0.1,
    liquidationFeeRate: feeRate,
    long: { hedgedShare: 0.38, leverageShares: [6, 10, 14, 16, 13, 8, 4, 0] },
    short: { hedgedShare: 0.45, leverageShares: [8, 12, 14, 15, 11, 7, 3, 0] },
    riskTiers: tiersOf([
      [1_000_000, 0.004, 125],
      [2_000_000, 0.005, 100],
      [6_000_000, 0.01, 50],
      [20_000_000, 0.025, 20],
      [80_000_000, 0.05, 10],
      [Infinity, 0.1, 5],
    ]),
  },
  routes: {
    "/api/v4/spot/time": (_query, venue) => ok({ server_time: venue.now() }),
    "/api/v4/futures/usdt/contracts": (_query, venue) => ok(venue.contracts.map(contractOf)),
    "/api/v4/futures/usdt/tickers": tickers,
    "/api/v4/futures/usdt/candlesticks": candlesticks,
    "/api/v4/futures/usdt/contract_stats": contractStats,
    "/api/v4/futures/usdt/liq_orders": liquidations,
    "/api/v4/futures/usdt/risk_limit_tiers": riskTiers,
    "/api/v4/futures/usdt/order_book": orderBook,
  },
  unknownPath: { status: 404, body: { label: "NOT_FOUND", message: "not found" } },
  tooManyRequests: {
    status: 429,
    body: { label: "TOO_MANY_REQUESTS", message: "Request Rate limit Exceeded" },
    headers: { "X-Gate-RateLimit-Requests-Remain": "0", "X-Gate-RateLimit-Limit": "200" },
  },
  feed: silentFeed,
};
