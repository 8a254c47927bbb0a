import type { Candle } from "../candles.ts";
import type { Contract } from "../contract.ts";
import { decimalsOf, type Instrument } from "../instruments.ts";
import {
  type Dialect,
  durationOf,
  integer,
  ok,
  price,
  type Query,
  type Reply,
  type Route,
  silentFeed,
  tiersOf,
  type VenueView,
} from "./dialect.ts";

const maxRows = 2_000;

const answer = (data: unknown): Reply => ok({ success: true, code: 0, data });
const refuse = (code: number, message: string): Reply => ok({ success: false, code, message });
const unknownContract = refuse(1001, "Contract does not exist!");

const idOf = (instrument: Instrument): string => `${instrument.symbol}_USDT`;
const seconds = (ms: number): number => ms / 1_000;
const asNumber = (value: number, instrument: Instrument): number => Number(price(value, instrument));
/** A contract is one lot. */
const inContracts = (base: number, instrument: Instrument): number => Math.round(base / instrument.lotSize);

/** The symbol is the path's last part, or a parameter. */
const forSymbol =
  (reply: (contract: Contract, query: Query, venue: VenueView) => Reply): Route =>
  (query, venue) => {
    const name = query.get("*") ?? query.get("symbol");
    const contract = venue.contracts.find(({ instrument }) => idOf(instrument) === name);
    return contract === undefined ? unknownContract : reply(contract, query, venue);
  };

/** The risk table is a rule, here of six equal steps. */
function marketOf({ instrument, profile, quote }: Contract): unknown {
  const [first] = profile.riskTiers(instrument.maxLeverage);
  const step = Math.round((first?.capNotional ?? 1e6) / quote().markPrice / instrument.lotSize);
  const initial = 1 / (first?.maxLeverage ?? 1);
  return {
    symbol: idOf(instrument),
    displayName: `${idOf(instrument)} PERPETUAL`,
    displayNameEn: `${idOf(instrument)} PERPETUAL`,
    positionOpenType: 3,
    baseCoin: instrument.symbol,
    quoteCoin: "USDT",
    settleCoin: "USDT",
    contractSize: instrument.lotSize,
    minLeverage: 1,
    maxLeverage: first?.maxLeverage ?? 1,
    priceScale: decimalsOf(instrument.tickSize),
    volScale: 0,
    amountScale: 4,
    priceUnit: instrument.tickSize,
    volUnit: 1,
    minVol: 1,
    maxVol: 6 * step,
    takerFeeRate: 0.0002,
    makerFeeRate: 0,
    maintenanceMarginRate: first?.maintenanceMarginRate ?? 0.004,
    initialMarginRate: initial,
    riskBaseVol: step,
    riskIncrVol: step,
    riskIncrMmr: first?.maintenanceMarginRate ?? 0.004,
    riskIncrImr: initial,
    riskLevelLimit: 6,
    state: 0,
    isNew: false,
    isHot: false,
    isHidden: false,
  };
}

/** All contracts, or with `symbol` the one as an object of its own. */
const detail: Route = (query, venue) =>
  query.has("symbol")
    ? forSymbol((contract) => answer(marketOf(contract)))(query, venue)
    : answer(venue.contracts.map(marketOf));

const ticker = ({ quote, lastDay, instrument }: Contract): unknown => {
  const { lastPrice, markPrice, indexPrice, openInterest, fundingRate, time } = quote();
  const day = lastDay();
  return {
    contractId: 10,
    symbol: idOf(instrument),
    lastPrice: asNumber(lastPrice, instrument),
    bid1: asNumber(lastPrice - instrument.tickSize, instrument),
    ask1: asNumber(lastPrice + instrument.tickSize, instrument),
    volume24: inContracts(day.volume, instrument),
    amount24: day.quoteVolume,
    holdVol: inContracts(openInterest, instrument),
    lower24Price: asNumber(day.low, instrument),
    high24Price: asNumber(day.high, instrument),
    riseFallRate: lastPrice / day.open - 1,
    riseFallValue: lastPrice - day.open,
    indexPrice: asNumber(indexPrice, instrument),
    fairPrice: asNumber(markPrice, instrument),
    fundingRate,
    timestamp: time,
  };
};

const tickers: Route = (query, venue) =>
  query.has("symbol")
    ? forSymbol((contract) => answer(ticker(contract)))(query, venue)
    : answer(venue.contracts.map(ticker));

const minutesOf = (interval: string | null): number | undefined =>
  durationOf(
    (interval ?? "Min1").replace(
      /^(Min|Hour|Day)(\d+)$/,
      (_, unit: string, n: string) => `${n}${unit === "Min" ? "m" : unit === "Hour" ? "h" : "d"}`,
    ),
  );

/** Columns of a window that holds both its ends; without a start the newest. */
const klines = (column: (candle: Candle) => Candle["mark"], withVolume: boolean): Route =>
  forSymbol((contract, query, venue) => {
    const intervalMs = minutesOf(query.get("interval"));
    if (intervalMs === undefined) return refuse(600, "Parameter error!");
    const until = Math.min(venue.now(), (integer(query, "end") ?? Infinity) * 1_000);
    const start = integer(query, "start");
    const since = start === undefined ? until - (maxRows - 1) * intervalMs : start * 1_000;
    const rows = contract.candles(intervalMs, since, until + 1).slice(-maxRows);
    const { instrument } = contract;
    const prices = (name: keyof Candle["mark"]): unknown =>
      rows.map((candle) => asNumber(column(candle)[name], instrument));
    return answer({
      time: rows.map(({ openTime }) => seconds(openTime)),
      open: prices("open"),
      close: prices("close"),
      high: prices("high"),
      low: prices("low"),
      vol: rows.map(({ volume }) => (withVolume ? inContracts(volume, instrument) : 0)),
      amount: rows.map(({ quoteVolume }) => (withVolume ? quoteVolume : 0)),
    });
  });

const depth = forSymbol(({ book, instrument }, query) => {
  const { bids, asks, time } = book();
  const limit = integer(query, "limit") ?? Infinity;
  const side = (levels: typeof bids): unknown =>
    levels.slice(0, limit).map(([at, base]) => [asNumber(at, instrument), inContracts(base, instrument), 1]);
  return answer({ asks: side(asks), bids: side(bids), version: time, timestamp: time });
});

/** MEXC contract v1: contracts of one lot, numbers, candles as columns in seconds, HTTP 200 with a code. */
export const mexc: Dialect = {
  profile: {
    id: "mexc",
    openInterestShare: 0.07,
    liquidationFeeRate: 0,
    long: { hedgedShare: 0.3, leverageShares: [4, 8, 13, 17, 16, 11, 5, 2] },
    short: { hedgedShare: 0.38, leverageShares: [6, 10, 13, 15, 14, 9, 4, 2] },
    riskTiers: tiersOf([
      [1_500_000, 0.004, 125],
      [3_000_000, 0.008, 62],
      [4_500_000, 0.012, 41],
      [6_000_000, 0.016, 31],
      [7_500_000, 0.02, 25],
      [Infinity, 0.024, 20],
    ]),
  },
  routes: {
    "/api/v1/contract/ping": (_query, venue) => answer(venue.now()),
    "/api/v1/contract/detail": detail,
    "/api/v1/contract/ticker": tickers,
    "/api/v1/contract/kline/*": klines((candle) => candle, true),
    "/api/v1/contract/kline/fair_price/*": klines(({ mark }) => mark, false),
    "/api/v1/contract/depth/*": depth,
    // the unified list asks for spot pairs too
    "/api/v3/exchangeInfo": () => ok({ timezone: "CST", rateLimits: [], symbols: [] }),
  },
  unknownPath: { status: 404, body: { success: false, code: 404, message: "Not Found" } },
  tooManyRequests: { status: 429, body: { success: false, code: 510, message: "Requests are too frequent" } },
  feed: silentFeed,
};
