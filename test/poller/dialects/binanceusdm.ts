import type { VenueRequest } from "../../support/venueServer.ts";
import { type Change, type Dialect, otherSymbols, str } from "../dialect.ts";
import { barMs, grid, hourMs, markOf, openTimes, type Truth } from "../world.ts";

const binanceMarket = (base: string): object => ({
  symbol: `${base}USDT`,
  pair: `${base}USDT`,
  contractType: "PERPETUAL",
  deliveryDate: 4133404800000,
  onboardDate: 1569398400000,
  status: "TRADING",
  maintMarginPercent: "2.5000",
  requiredMarginPercent: "5.0000",
  baseAsset: base,
  quoteAsset: "USDT",
  marginAsset: "USDT",
  pricePrecision: 2,
  quantityPrecision: 3,
  baseAssetPrecision: 8,
  quotePrecision: 8,
  underlyingType: "COIN",
  filters: [
    { filterType: "PRICE_FILTER", minPrice: "0.10", maxPrice: "1000000", tickSize: "0.10" },
    { filterType: "LOT_SIZE", minQty: "0.001", maxQty: "1000", stepSize: "0.001" },
  ],
});

/** Binance counts a window from its start, inclusive at both ends. */
function binanceTimes(query: VenueRequest["query"], now: number, limit: number): readonly number[] {
  const start = query["startTime"];
  const wanted = Math.min(Number(query["limit"]), limit);
  if (start === undefined) return openTimes(now, wanted);
  return grid(Number(start), Math.min(Number(query["endTime"]), now), barMs).slice(0, wanted);
}

const binanceMarks = (truth: Truth, now: number, change: Change = {}): object[] =>
  ["DOGE", "BTC", "ETH"].map((base) =>
    Object.assign(
      {
        symbol: `${base}USDT`,
        markPrice: str(truth.markPrice),
        indexPrice: "90015.1",
        estimatedSettlePrice: "90012.2",
        lastFundingRate: str(truth.fundingRate),
        interestRate: "0.00010000",
        nextFundingTime: now + hourMs,
        time: now,
      },
      base === "BTC" ? change : {},
    ),
  );

export const binance: Dialect = {
  id: "binanceusdm",
  lacks: [],
  paths: {
    markets: "/binanceusdm/fapi/v1/exchangeInfo",
    mark: "/binanceusdm/fapi/v1/premiumIndex",
    candles: "/binanceusdm/fapi/v1/klines",
    marks: "/binanceusdm/fapi/v1/markPriceKlines",
    history: "/binanceusdm/futures/data/openInterestHist",
    windows: "/binanceusdm/fapi/v1/klines",
  },
  markField: "markPrice",
  markAnswer: (truth, change, now) => binanceMarks(truth, now, change),
  unknownSymbol: { status: 400, json: { code: -1121, msg: "Invalid symbol." } },
  routes: (truth, now) => ({
    "/binanceusdm/fapi/v1/exchangeInfo": () => ({
      json: {
        timezone: "UTC",
        serverTime: now(),
        rateLimits: [],
        symbols: [
          ...["BTC", "ETH", ...otherSymbols].map(binanceMarket),
          {
            ...binanceMarket("SOL"),
            symbol: "SOLUSDT_261225",
            contractType: "CURRENT_QUARTER",
            deliveryDate: 1798185600000,
          },
          { ...binanceMarket("LUNA"), status: "SETTLING" },
        ],
      },
    }),
    "/binanceusdm/fapi/v1/premiumIndex": () => ({ json: binanceMarks(truth, now()) }),
    "/binanceusdm/fapi/v1/openInterest": ({ query }) => ({
      json: { openInterest: str(truth.openInterest(now())), symbol: query["symbol"], time: now() },
    }),
    "/binanceusdm/fapi/v1/klines": ({ query }) => ({
      json: binanceTimes(query, now(), 1500).map((time) => {
        const { open, high, low, close, volume } = truth.candle(time);
        const taker = str(volume / 4);
        return [
          time,
          str(open),
          str(high),
          str(low),
          str(close),
          str(volume),
          time + barMs - 1,
          str(volume * close),
          308,
          taker,
          "1",
          "0",
        ];
      }),
    }),
    "/binanceusdm/fapi/v1/markPriceKlines": ({ query }) => ({
      json: binanceTimes(query, now(), 1500).map((time) => {
        const { open, close, ...wicks } = truth.candle(time);
        const { high, low } = markOf(wicks);
        return [
          time,
          str(open),
          str(high),
          str(low),
          str(close),
          "0",
          time + barMs - 1,
          "0",
          60,
          "0",
          "0",
          "0",
        ];
      }),
    }),
    "/binanceusdm/futures/data/openInterestHist": ({ query }) => ({
      json: binanceTimes(query, now(), 500).map((time) => ({
        symbol: query["symbol"],
        sumOpenInterest: str(truth.openInterest(time)),
        sumOpenInterestValue: str(truth.openInterest(time) * truth.markPrice),
        CMCCirculatingSupply: "19820000.00000000",
        timestamp: time,
      })),
    }),
    "/binanceusdm/futures/data/globalLongShortAccountRatio": ({ query }) => ({
      json: binanceTimes(query, now(), 500).map((time) => ({
        symbol: query["symbol"],
        longAccount: "0.5556",
        longShortRatio: str(truth.longShortRatio),
        shortAccount: "0.4444",
        timestamp: time,
      })),
    }),
  }),
};
