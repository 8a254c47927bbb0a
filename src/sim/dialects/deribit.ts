import type { Candle } from "../candles.ts";
import type { Contract } from "../contract.ts";
import type { Instrument } from "../instruments.ts";
import {
  type Dialect,
  integer,
  ok,
  type Query,
  type Reply,
  type Route,
  silentFeed,
  tiersOf,
  type VenueView,
} from "./dialect.ts";

/** Coins with inverse contracts of their own; the others are linear, in USDC. */
const inverseCoins: ReadonlySet<string> = new Set(["BTC", "ETH"]);
const isInverse = ({ symbol }: Instrument): boolean => inverseCoins.has(symbol);
const idOf = (instrument: Instrument): string =>
  isInverse(instrument) ? `${instrument.symbol}-PERPETUAL` : `${instrument.symbol}_USDC-PERPETUAL`;
const settleOf = (instrument: Instrument): string => (isInverse(instrument) ? instrument.symbol : "USDC");
const maxBars = 5_000;

const answered = (venue: VenueView): object => ({
  usIn: venue.now() * 1_000,
  usOut: venue.now() * 1_000 + 150,
  usDiff: 150,
  testnet: false,
});
const result = (venue: VenueView, value: unknown): Reply =>
  ok({ jsonrpc: "2.0", result: value, ...answered(venue) });
const refuse = (venue: VenueView, param: string): Reply => ({
  status: 400,
  body: {
    jsonrpc: "2.0",
    error: { message: "Invalid params", data: { reason: "wrong format", param }, code: -32602 },
    ...answered(venue),
  },
});

const forInstrument =
  (answer: (contract: Contract, query: Query, venue: VenueView) => Reply): Route =>
  (query, venue) => {
    const name = query.get("instrument_name");
    const contract = venue.contracts.find(({ instrument }) => idOf(instrument) === name);
    return contract === undefined ? refuse(venue, "instrument_name") : answer(contract, query, venue);
  };

const instrumentOf = ({ instrument, profile }: Contract): object => ({
  tick_size: instrument.tickSize,
  taker_commission: 0.0005,
  settlement_period: "perpetual",
  settlement_currency: settleOf(instrument),
  quote_currency: isInverse(instrument) ? "USD" : "USDC",
  counter_currency: isInverse(instrument) ? "USD" : "USDC",
  min_trade_amount: isInverse(instrument) ? 10 : instrument.lotSize,
  max_liquidation_commission: 0.0075,
  max_leverage: profile.riskTiers(instrument.maxLeverage)[0]?.maxLeverage ?? 1,
  maker_commission: 0,
  kind: "future",
  is_active: true,
  instrument_name: idOf(instrument),
  future_type: isInverse(instrument) ? "reversed" : "linear",
  instrument_type: isInverse(instrument) ? "reversed" : "linear",
  expiration_timestamp: 32_503_708_800_000,
  creation_timestamp: 1_534_242_287_000,
  contract_size: isInverse(instrument) ? 10 : instrument.lotSize,
  base_currency: instrument.symbol,
});

/** In USD where the contract is inverse, in coins where it is linear. */
const amount = (base: number, at: number, instrument: Instrument): number =>
  isInverse(instrument) ? base * at : base;

const summaries: Route = (query, venue) => {
  const currency = query.get("currency");
  const listed = venue.contracts.filter(({ instrument }) => settleOf(instrument) === currency);
  return result(
    venue,
    listed.map(({ instrument, quote, lastDay }) => {
      const { time, lastPrice, markPrice, openInterest, fundingRate } = quote();
      const day = lastDay();
      return {
        instrument_name: idOf(instrument),
        base_currency: instrument.symbol,
        quote_currency: isInverse(instrument) ? "USD" : "USDC",
        creation_timestamp: time,
        open_interest: amount(openInterest, markPrice, instrument),
        mark_price: markPrice,
        last: lastPrice,
        mid_price: lastPrice,
        high: day.high,
        low: day.low,
        volume: day.volume,
        volume_usd: day.quoteVolume,
        current_funding: fundingRate,
        funding_8h: fundingRate,
        estimated_delivery_price: markPrice,
      };
    }),
  );
};

/** Columns instead of rows, oldest first, both ends included. */
const chart = forInstrument(({ candles }, query, venue) => {
  const minutes = integer(query, "resolution");
  const [from, to] = [integer(query, "start_timestamp"), integer(query, "end_timestamp")];
  if (minutes === undefined) return refuse(venue, "resolution");
  if (from === undefined || to === undefined) return refuse(venue, "start_timestamp");
  const bars = candles(minutes * 60_000, from, Math.min(to, venue.now()) + 1).slice(-maxBars);
  const column = (value: (bar: Candle) => number): readonly number[] => bars.map(value);
  return result(venue, {
    ticks: column((bar) => bar.openTime),
    open: column((bar) => bar.open),
    high: column((bar) => bar.high),
    low: column((bar) => bar.low),
    close: column((bar) => bar.close),
    volume: column((bar) => bar.volume),
    cost: column((bar) => bar.volume * bar.close),
    status: bars.length === 0 ? "no_data" : "ok",
  });
});

/** Deribit v2: JSON-RPC answers, numbers as numbers, inverse contracts for BTC and ETH and linear ones in USDC. */
export const deribit: Dialect = {
  profile: {
    id: "deribit",
    openInterestShare: 0.07,
    liquidationFeeRate: 0,
    long: { hedgedShare: 0.6, leverageShares: [14, 16, 15, 11, 6, 2, 0, 0] },
    short: { hedgedShare: 0.64, leverageShares: [15, 16, 14, 10, 5, 1.5, 0, 0] },
    riskTiers: tiersOf([
      [8_000_000, 0.01, 50],
      [80_000_000, 0.02, 25],
      [Infinity, 0.05, 10],
    ]),
  },
  routes: {
    "/api/v2/public/get_time": (_query, venue) => result(venue, venue.now()),
    "/api/v2/public/get_instruments": (_query, venue) => result(venue, venue.contracts.map(instrumentOf)),
    "/api/v2/public/get_instrument": forInstrument((contract, _query, venue) =>
      result(venue, instrumentOf(contract)),
    ),
    "/api/v2/public/get_book_summary_by_currency": summaries,
    "/api/v2/public/get_tradingview_chart_data": chart,
  },
  unknownPath: {
    status: 404,
    body: { jsonrpc: "2.0", error: { message: "Method not found", code: -32601 } },
  },
  tooManyRequests: {
    status: 429,
    body: { jsonrpc: "2.0", error: { message: "too_many_requests", code: 10028 }, testnet: false },
  },
  feed: silentFeed,
};
