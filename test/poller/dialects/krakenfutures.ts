import type { VenueRequest, VenueRoute } from "../../support/venueServer.ts";
import { type Change, type Dialect, otherSymbols, str } from "../dialect.ts";
import { barMs, grid, rowsBetween, type Truth } from "../world.ts";

const ownName = (base: string): string => (base === "BTC" ? "XBT" : base);

const krakenAnswer = (more: object, now: number): object => ({
  result: "success",
  ...more,
  serverTime: new Date(now).toISOString(),
});

const krakenMarket = (base: string, more: object = {}): object => ({
  symbol: `PF_${ownName(base)}USD`,
  type: "flexible_futures",
  tradeable: true,
  tickSize: 1,
  contractSize: 1,
  contractValueTradePrecision: 4,
  impactMidSize: 1,
  maxPositionSize: 1_000_000,
  marginLevels: [
    { numNonContractUnits: 0, initialMargin: 0.02, maintenanceMargin: 0.01 },
    { numNonContractUnits: 500_000, initialMargin: 0.04, maintenanceMargin: 0.02 },
    { numNonContractUnits: 2_000_000, initialMargin: 0.1, maintenanceMargin: 0.05 },
  ],
  openingDate: "2022-03-22T00:00:00.000Z",
  tags: [],
  ...more,
});

/** The funding rate is in dollars a contract and hour. */
const krakenTickers = (truth: Truth, now: number, change: Change = {}): object[] => [
  { symbol: "in_xbtusd", last: 90_000, lastTime: new Date(now).toISOString() },
  ...["DOGE", "BTC", "ETH"].map((base) =>
    Object.assign(
      {
        tag: "perpetual",
        pair: `${ownName(base)}:USD`,
        symbol: `PF_${ownName(base)}USD`,
        markPrice: truth.markPrice,
        indexPrice: 90_015.1,
        openInterest: truth.openInterest(now),
        fundingRate: (truth.fundingRate / 8) * truth.markPrice,
        fundingRatePrediction: 0.5,
        suspended: false,
        postOnly: false,
      },
      base === "BTC" ? change : {},
    ),
  ),
];

const krakenCandles =
  (truth: Truth, now: () => number): VenueRoute =>
  ({ query }: VenueRequest) => {
    const times = grid(Number(query["from"]) * 1000, Math.min(Number(query["to"]) * 1000, now()), barMs);
    return {
      json: {
        candles: times.map((time) => {
          const cells = Object.entries(truth.candle(time)).map(([name, value]) => [name, str(value)]);
          return { time, ...Object.fromEntries(cells) };
        }),
        more_candles: false,
      },
    };
  };

const charts = "/krakenfutures/api/charts/v1";
const derivatives = "/krakenfutures/derivatives/api/v3";

export const krakenfutures: Dialect = {
  id: "krakenfutures",
  candlesOnClose: true,
  lacks: ["history", "ratio", "marks"],
  market: "BTC/USD:USD",
  paths: {
    markets: `${derivatives}/instruments`,
    mark: `${derivatives}/tickers`,
    candles: `${charts}/trade/*/5m`,
    marks: "",
    history: "",
    windows: `${charts}/trade/*/5m`,
  },
  markField: "markPrice",
  markAnswer: (truth, change, now) => krakenAnswer({ tickers: krakenTickers(truth, now, change) }, now),
  rowsAsked: ({ from, to }) => rowsBetween(Number(from) * 1000, Number(to) * 1000),
  unknownSymbol: { status: 404, json: { result: "error", error: "contractNotFound", serverTime: "" } },
  routes: (truth, now) => ({
    [`${derivatives}/instruments`]: () => ({
      json: krakenAnswer(
        {
          instruments: [
            ...["BTC", "ETH", ...otherSymbols].map((base) => krakenMarket(base)),
            krakenMarket("LUNA", { tradeable: false }),
            krakenMarket("SOL", { symbol: "FF_SOLUSD_261225", lastTradingTime: "2026-12-25T16:00:00.000Z" }),
            { symbol: "in_xbtusd", type: "spot index", tradeable: false },
          ],
        },
        now(),
      ),
    }),
    [`${derivatives}/tickers`]: () => ({
      json: krakenAnswer({ tickers: krakenTickers(truth, now()) }, now()),
    }),
    [`${charts}/trade/*/5m`]: krakenCandles(truth, now),
  }),
};
