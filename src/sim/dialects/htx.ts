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
  type Route,
  silentFeed,
  tiersOf,
} from "./dialect.ts";
import {
  bothSides,
  contracts,
  forContract,
  hourly,
  idOf,
  newer,
  newestWithin,
  okay,
  serving,
  swapOf,
} from "./htxAnswers.ts";
import { htxInverseRoutes, noDatedContracts } from "./htxInverse.ts";

const maxKlines = 2_000;

const marketOf = (contract: Contract): unknown => ({
  ...swapOf(contract),
  delivery_date: "",
  delivery_time: "",
  support_margin_mode: "all",
  business_type: "swap",
  pair: idOf(contract.instrument),
  contract_type: "swap",
  trade_partition: "USDT",
});

/** Seconds; from and to where both are named, the newest `size` otherwise. Oldest first. */
const klines = (row: (candle: Candle, instrument: Instrument) => object, byTime: boolean): Route =>
  forContract(({ candles, instrument }, query, venue) => {
    const intervalMs = durationOf(query.get("period") ?? "");
    const size = Math.min(maxKlines, integer(query, "size") ?? 150);
    if (intervalMs === undefined)
      return ok({ status: "error", err_code: 1031, err_msg: "Illegal period.", ts: venue.now() });
    const from = byTime ? integer(query, "from") : undefined;
    const to = byTime ? integer(query, "to") : undefined;
    const until = Math.min(venue.now(), 1_000 * (to ?? Infinity));
    const since = from === undefined ? reachOf(size, intervalMs, until) : 1_000 * from;
    const rows = candles(intervalMs, since, until + 1);
    return okay(
      venue,
      rows.slice(from === undefined ? -size : -maxKlines).map((each) => row(each, instrument)),
    );
  });

const prices = ({ open, high, low, close }: Candle["mark"], instrument: Instrument): object => ({
  open: Number(price(open, instrument)),
  close: Number(price(close, instrument)),
  high: Number(price(high, instrument)),
  low: Number(price(low, instrument)),
});

const kline = klines(
  (candle, instrument) => ({
    id: candle.openTime / 1_000,
    ...prices(candle, instrument),
    vol: bothSides(candle.volume, candle.close, instrument),
    amount: 2 * candle.volume,
    trade_turnover: 2 * candle.quoteVolume,
    count: 100,
  }),
  true,
);

const text = (figures: object): object =>
  Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, String(value)]));

const markKline = klines(
  ({ openTime, mark }, instrument) => ({
    id: openTime / 1_000,
    vol: "0",
    count: "0",
    amount: "0",
    trade_turnover: "0",
    ...text(prices(mark, instrument)),
  }),
  false,
);

const openInterest = forContract(({ quote, instrument }, _query, venue) => {
  const { openInterest: base, markPrice } = quote();
  return newer(venue, {
    amount: (2 * base).toFixed(6),
    volume: String(bothSides(base, markPrice, instrument)),
    value: (2 * base * markPrice).toFixed(4),
    contract_code: idOf(instrument),
    trade_amount: "0",
    trade_volume: "0",
    trade_turnover: "0",
  });
});

const openInterestHistory = hourly(
  (sample, instrument) => ({
    volume: `${bothSides(sample.openInterest, sample.markPrice, instrument)}.0000000000000000`,
    amount_type: 1,
    ts: sample.time,
    value: (2 * sample.openInterest * sample.markPrice).toFixed(10),
  }),
  { business_type: "swap" },
);

const eliteAccounts = forContract(({ samples, instrument }, query, venue) => {
  const periodMs = durationOf(query.get("period") ?? "");
  if (periodMs === undefined)
    return ok({ status: "error", err_code: 1030, err_msg: "Input error.", ts: venue.now() });
  const list = samples(reachOf(30, periodMs, venue.now()), venue.now() + 1)
    .filter(({ time }) => time % periodMs === 0)
    .slice(-30)
    .map(({ time, accountRatio }) => {
      const locked = 0.02;
      const buyers = ((1 - locked) * accountRatio) / (1 + accountRatio);
      return { buy_ratio: buyers, sell_ratio: 1 - locked - buyers, locked_ratio: locked, ts: time };
    });
  return okay(venue, { list, symbol: instrument.symbol, contract_code: idOf(instrument) });
});

/** Of one side, in contracts; `amount` is the same figure again. Newest first. */
const liquidations = forContract(({ liquidations: events, instrument }, query, venue) => {
  const rows = newestWithin(events(0), query, venue).map((event) => {
    const volume = contracts(event.quantity, event.triggerPrice, instrument).toFixed(1);
    return {
      id: String(150_153_000_000 + event.sequence),
      contract_code: idOf(instrument),
      liquidation_time: String(event.time),
      side: event.liquidatedSide === "long" ? "sell" : "buy",
      position_side: event.liquidatedSide,
      volume,
      amount: volume,
      bankrupt_price: price(event.bankruptcyPrice, instrument),
      trade_turnover: (event.quantity * event.triggerPrice).toFixed(4),
    };
  });
  return newer(venue, rows.slice(0, integer(query, "limit") ?? 50));
});

const fundingRate = forContract(({ quote, instrument }, _query, venue) => {
  const { fundingRate: rate, nextFundingTime } = quote();
  return newer(venue, [
    {
      contract_code: idOf(instrument),
      funding_rate: rate.toFixed(18),
      funding_time: String(nextFundingTime),
      next_funding_time: String(nextFundingTime + 28_800_000),
    },
  ]);
});

/** HTX: contracts on both sides, seconds, two services with shapes of their own: linear swaps here, inverse ones in htxInverse.ts. */
export const htx: Dialect = {
  profile: {
    id: "htx",
    openInterestShare: 0.06,
    liquidationFeeRate: 0,
    long: { hedgedShare: 0.4, leverageShares: [5, 10, 14, 17, 13, 7, 3, 1] },
    short: { hedgedShare: 0.46, leverageShares: [7, 12, 14, 15, 11, 6, 2, 1] },
    riskTiers: tiersOf([
      [300_000, 0.004, 125],
      [3_000_000, 0.01, 50],
      [20_000_000, 0.025, 20],
      [Infinity, 0.1, 5],
    ]),
    inverseUsd: { BTC: 100, ETH: 10 },
  },
  routes: {
    "/api/v1/timestamp": (_query, venue) => okay(venue, null),
    "/api/v1/contract_contract_info": noDatedContracts,
    ...serving("linear", {
      "/linear-swap-api/v1/swap_contract_info": (_query, venue) => okay(venue, venue.contracts.map(marketOf)),
      "/linear-swap-ex/market/history/kline": kline,
      "/index/market/history/linear_swap_mark_price_kline": markKline,
      "/v5/market/open_interest": openInterest,
      "/v5/market/funding_rate": fundingRate,
      "/v5/market/liquidation_orders": liquidations,
      "/linear-swap-api/v1/swap_his_open_interest": openInterestHistory,
      "/linear-swap-api/v1/swap_elite_account_ratio": eliteAccounts,
    }),
    ...serving("inverse", {
      ...htxInverseRoutes,
      "/swap-ex/market/history/kline": kline,
      "/index/market/history/swap_mark_price_kline": markKline,
      "/swap-api/v1/swap_elite_account_ratio": eliteAccounts,
    }),
  },
  unknownPath: { status: 404, body: { status: "error", err_code: 404, err_msg: "Not Found" } },
  tooManyRequests: {
    status: 429,
    body: { status: "error", err_code: 429, err_msg: "Too many requests" },
    headers: { "ratelimit-limit": "120", "ratelimit-interval": "3000", "ratelimit-remaining": "0" },
  },
  feed: silentFeed,
};
