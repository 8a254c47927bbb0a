import type { VenueRequest } from "../../support/venueServer.ts";
import { type Change, type Dialect, otherSymbols, str } from "../dialect.ts";
import { barMs, grid, markOf, openTimes, type Truth } from "../world.ts";

const contractSize = 0.0001;
const inContracts = (base: number): number => base / contractSize;

const gateMarket = (base: string, more: object = {}): object => ({
  name: `${base}_USDT`,
  type: "direct",
  quanto_multiplier: str(contractSize),
  mark_type: "index",
  mark_price: "90020",
  last_price: "90021",
  order_price_round: "0.1",
  order_price_deviate: "0.5",
  order_size_min: 1,
  order_size_max: 1_000_000,
  leverage_min: "1",
  leverage_max: "125",
  maintenance_rate: "0.004",
  funding_rate: "0.0001",
  in_delisting: false,
  status: "trading",
  create_time: 1_574_035_200,
  ...more,
});

/** Gate counts in seconds; a window has both ends and no limit, and both ends belong to it. */
function gateTimes(query: VenueRequest["query"], now: number): readonly number[] {
  const from = query["from"];
  if (from === undefined) return openTimes(now, Number(query["limit"]));
  if (query["limit"] !== undefined) return [];
  return grid(Number(from) * 1000, Math.min(Number(query["to"]) * 1000, now), barMs);
}

const gateTickers = (truth: Truth, now: number, change: Change = {}): object[] =>
  ["DOGE", "BTC", "ETH"].map((base) =>
    Object.assign(
      {
        contract: `${base}_USDT`,
        last: "90021",
        mark_price: str(truth.markPrice),
        index_price: "90015.1",
        total_size: str(inContracts(truth.openInterest(now))),
        funding_rate: str(truth.fundingRate),
        funding_rate_indicative: "0.00012",
        volume_24h: "0",
        quanto_base_rate: "",
      },
      base === "BTC" ? change : {},
    ),
  );

/** What was liquidated from a row's time on, in contracts. */
export const gateLiquidated = { long: 1_200, short: 300 };

export const gate: Dialect = {
  id: "gate",
  lacks: ["venue time"],
  paths: {
    markets: "/gate/api/v4/futures/usdt/contracts",
    mark: "/gate/api/v4/futures/usdt/tickers",
    candles: "/gate/api/v4/futures/usdt/candlesticks?contract=^(?!mark_)",
    marks: "/gate/api/v4/futures/usdt/candlesticks?contract=^mark_",
    history: "/gate/api/v4/futures/usdt/contract_stats",
    windows: "/gate/api/v4/futures/usdt/candlesticks?contract=^(?!mark_)",
  },
  markField: "mark_price",
  markAnswer: (truth, change, now) => gateTickers(truth, now, change),
  unknownSymbol: {
    status: 400,
    json: { label: "CONTRACT_NOT_FOUND", message: "CONTRACT_NOT_FOUND" },
  },
  routes: (truth, now) => ({
    "/gate/api/v4/futures/usdt/contracts": () => ({
      json: [
        ...["BTC", "ETH", ...otherSymbols].map((base) => gateMarket(base)),
        gateMarket("LUNA", { status: "suspend" }),
        gateMarket("SOL", { name: "SOL_USDT_20261225", expire_time: 1_798_185_600 }),
      ],
    }),
    "/gate/api/v4/futures/usdt/tickers": () => ({ json: gateTickers(truth, now()) }),
    "/gate/api/v4/futures/usdt/candlesticks?contract=^(?!mark_)": ({ query }) => ({
      json: gateTimes(query, now()).map((time) => {
        const { open, high, low, close, volume } = truth.candle(time);
        return {
          t: time / 1000,
          o: str(open),
          h: str(high),
          l: str(low),
          c: str(close),
          v: inContracts(volume),
          sum: str(volume * close),
        };
      }),
    }),
    "/gate/api/v4/futures/usdt/candlesticks?contract=^mark_": ({ query }) => ({
      json: gateTimes(query, now()).map((time) => {
        const { open, close, ...wicks } = truth.candle(time);
        const { high, low } = markOf(wicks);
        return { t: time / 1000, o: str(open), h: str(high), l: str(low), c: str(close) };
      }),
    }),
    "/gate/api/v4/futures/usdt/contract_stats": ({ query }) => {
      const from = query["from"];
      const limit = Math.min(Number(query["limit"]), 100);
      const times =
        from === undefined
          ? openTimes(now(), limit)
          : grid(Number(from) * 1000, now(), barMs).slice(0, limit);
      return {
        json: times.map((time) => ({
          time: time / 1000,
          lsr_taker: 0.42660506698284,
          lsr_account: truth.longShortRatio,
          long_liq_size: gateLiquidated.long,
          long_liq_amount: gateLiquidated.long * contractSize,
          long_liq_usd: 1,
          short_liq_size: gateLiquidated.short,
          short_liq_amount: gateLiquidated.short * contractSize,
          short_liq_usd: 1,
          open_interest: inContracts(truth.openInterest(time)),
          open_interest_usd: truth.openInterest(time) * truth.markPrice,
          top_lsr_account: 1.15,
          top_lsr_size: 0.98,
          mark_price: truth.markPrice,
        })),
      };
    },
    "/gate/api/v4/futures/usdt/risk_limit_tiers": () => ({
      json: [
        {
          tier: 1,
          maintenance_rate: "0.004",
          initial_rate: "0.008",
          leverage_max: "125",
          risk_limit: "1000000",
        },
        {
          tier: 2,
          maintenance_rate: "0.005",
          initial_rate: "0.01",
          leverage_max: "100",
          risk_limit: "2000000",
        },
      ],
    }),
  }),
};
