import type { VenueRequest, VenueRoute } from "../../support/venueServer.ts";
import { type Change, type Dialect, otherSymbols } from "../dialect.ts";
import { barMs, grid, markOf, rowsBetween, type Truth } from "../world.ts";

const contractSize = 0.0001;
const mexcAnswer = (data: unknown): object => ({ success: true, code: 0, data });

const mexcMarket = (base: string, more: object = {}): object => ({
  symbol: `${base}_USDT`,
  displayNameEn: `${base}_USDT PERPETUAL`,
  positionOpenType: 3,
  baseCoin: base,
  quoteCoin: "USDT",
  settleCoin: "USDT",
  contractSize,
  minLeverage: 1,
  maxLeverage: 125,
  priceUnit: 0.1,
  volUnit: 1,
  minVol: 1,
  maxVol: 1_000_000,
  takerFeeRate: 0.0006,
  makerFeeRate: 0.0002,
  maintenanceMarginRate: 0.004,
  initialMarginRate: 0.008,
  riskBaseVol: 150_000,
  riskIncrVol: 150_000,
  riskIncrMmr: 0.004,
  riskIncrImr: 0.004,
  riskLevelLimit: 3,
  state: 0,
  ...more,
});

/** Columns instead of rows; a window in seconds with both its ends. */
const mexcCandles =
  (truth: Truth, now: () => number, price: (candle: ReturnType<Truth["candle"]>) => object): VenueRoute =>
  ({ query }: VenueRequest) => {
    const end = Math.min(Number(query["end"]) * 1000, now());
    const times = grid(Number(query["start"]) * 1000, end, barMs);
    const rows = times.map((time) => {
      const { volume, ...ohlc } = truth.candle(time);
      return { time: time / 1000, ...ohlc, vol: volume / contractSize, ...price(truth.candle(time)) };
    });
    const names = ["time", "open", "high", "low", "close", "vol"];
    const columns = names.map((name) => [name, rows.map((row) => Reflect.get(row, name))]);
    return { json: mexcAnswer({ ...Object.fromEntries(columns), amount: times.map(() => 1) }) };
  };

const mexcTickers = (truth: Truth, now: number, change: Change = {}): object[] =>
  ["DOGE", "BTC", "ETH"].map((base) =>
    Object.assign(
      {
        contractId: 10,
        symbol: `${base}_USDT`,
        lastPrice: 90_021,
        holdVol: truth.openInterest(now) / contractSize,
        indexPrice: 90_015.1,
        fairPrice: truth.markPrice,
        fundingRate: truth.fundingRate,
        timestamp: now,
      },
      base === "BTC" ? change : {},
    ),
  );

const contract = "/mexc/api/v1/contract";

export const mexc: Dialect = {
  id: "mexc",
  lacks: ["history", "ratio"],
  paths: {
    markets: `${contract}/detail`,
    mark: `${contract}/ticker`,
    candles: `${contract}/kline/*`,
    marks: `${contract}/kline/fair_price/*`,
    history: "",
    windows: `${contract}/kline/*`,
  },
  markField: "fairPrice",
  markAnswer: (truth, change, now) => mexcAnswer(mexcTickers(truth, now, change)),
  rowsAsked: ({ start, end }) => rowsBetween(Number(start) * 1000, Number(end) * 1000),
  unknownSymbol: { status: 200, json: { success: false, code: 1001, message: "合约不存在" } },
  routes: (truth, now) => ({
    [`${contract}/detail`]: ({ query }) => ({
      json: mexcAnswer(
        query["symbol"] === undefined
          ? [
              ...["BTC", "ETH", ...otherSymbols].map((base) => mexcMarket(base)),
              mexcMarket("LUNA", { state: 3 }),
              mexcMarket("SOL", { state: 4 }),
            ]
          : mexcMarket(query["symbol"].replace("_USDT", "")),
      ),
    }),
    [`${contract}/ticker`]: () => ({ json: mexcAnswer(mexcTickers(truth, now())) }),
    [`${contract}/kline/*`]: mexcCandles(truth, now, () => ({})),
    [`${contract}/kline/fair_price/*`]: mexcCandles(truth, now, (candle) => ({ ...markOf(candle), vol: 0 })),
  }),
};
