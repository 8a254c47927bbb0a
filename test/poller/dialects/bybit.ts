import type { VenueRequest } from "../../support/venueServer.ts";
import { type Change, type Dialect, otherSymbols, str } from "../dialect.ts";
import { barMs, grid, hourMs, markOf, openTimes, type Truth } from "../world.ts";

const bybitAnswer = (list: unknown, now: number): object => ({
  retCode: 0,
  retMsg: "OK",
  result: { category: "linear", list, nextPageCursor: "" },
  retExtInfo: {},
  time: now,
});

const bybitMarket = (base: string): object => ({
  symbol: `${base}USDT`,
  contractType: "LinearPerpetual",
  status: "Trading",
  baseCoin: base,
  quoteCoin: "USDT",
  settleCoin: "USDT",
  launchTime: "1585526400000",
  deliveryTime: "0",
  deliveryFeeRate: "",
  priceScale: "2",
  leverageFilter: { minLeverage: "1", maxLeverage: "100.00", leverageStep: "0.01" },
  priceFilter: { minPrice: "0.10", maxPrice: "1999999.80", tickSize: "0.10" },
  lotSizeFilter: { maxOrderQty: "1190.000", minOrderQty: "0.001", qtyStep: "0.001", minNotionalValue: "5" },
  unifiedMarginTrade: true,
  fundingInterval: 480,
  copyTrading: "both",
});

/** Bybit answers newest first and counts a window from its end, inclusive at both. */
function bybitTimes(
  query: VenueRequest["query"],
  now: number,
  limit: number,
  names: [string, string],
): number[] {
  const start = query[names[0]];
  const end = query[names[1]];
  const wanted = Math.min(Number(query["limit"]), limit);
  const times =
    start === undefined || end === undefined
      ? openTimes(now, wanted)
      : grid(Number(start), Math.min(Number(end), now), barMs).slice(-wanted);
  return times.toReversed();
}

const bybitTickers = (truth: Truth, now: number, change: Change = {}): object[] =>
  ["DOGE", "BTC", "ETH"].map((base) =>
    Object.assign(
      {
        symbol: `${base}USDT`,
        lastPrice: "90021.00",
        indexPrice: "90015.10",
        markPrice: str(truth.markPrice),
        openInterest: str(truth.openInterest(now) * 2),
        openInterestValue: str(truth.openInterest(now) * 2 * truth.markPrice),
        singleOpenInterest: str(truth.openInterest(now)),
        turnover24h: "2352.94",
        volume24h: "23.15",
        fundingRate: str(truth.fundingRate),
        nextFundingTime: str(now + hourMs),
      },
      base === "BTC" ? change : {},
    ),
  );

export const bybit: Dialect = {
  id: "bybit",
  lacks: [],
  paths: {
    markets: "/bybit/v5/market/instruments-info",
    mark: "/bybit/v5/market/tickers",
    candles: "/bybit/v5/market/kline",
    marks: "/bybit/v5/market/mark-price-kline",
    history: "/bybit/v5/market/open-interest",
    windows: "/bybit/v5/market/kline",
  },
  markField: "markPrice",
  markAnswer: (truth, change, now) => bybitAnswer(bybitTickers(truth, now, change), now),
  unknownSymbol: {
    status: 200,
    json: {
      retCode: 10001,
      retMsg: "params error: symbol invalid BTCUSDT",
      result: {},
      retExtInfo: {},
      time: 0,
    },
  },
  routes: (truth, now) => ({
    "/bybit/v5/market/instruments-info": ({ query }) => ({
      json: bybitAnswer(
        query["status"] === "PreLaunch" ? [] : ["BTC", "ETH", ...otherSymbols].map(bybitMarket),
        now(),
      ),
    }),
    "/bybit/v5/market/tickers": () => ({ json: bybitAnswer(bybitTickers(truth, now()), now()) }),
    "/bybit/v5/market/kline": ({ query }) => ({
      json: bybitAnswer(
        bybitTimes(query, now(), 1000, ["start", "end"]).map((time) => {
          const { open, high, low, close, volume } = truth.candle(time);
          return [time, open, high, low, close, volume, volume * close].map(str);
        }),
        now(),
      ),
    }),
    "/bybit/v5/market/mark-price-kline": ({ query }) => ({
      json: bybitAnswer(
        bybitTimes(query, now(), 1000, ["start", "end"]).map((time) => {
          const { open, close, ...wicks } = truth.candle(time);
          const { high, low } = markOf(wicks);
          return [time, open, high, low, close].map(str);
        }),
        now(),
      ),
    }),
    "/bybit/v5/market/open-interest": ({ query }) => ({
      json: bybitAnswer(
        bybitTimes(query, now(), 200, ["startTime", "endTime"]).map((time) => ({
          openInterest: str(truth.openInterest(time) * 2),
          singleOpenInterest: str(truth.openInterest(time)),
          timestamp: str(time),
        })),
        now(),
      ),
    }),
    "/bybit/v5/market/account-ratio": ({ query }) => ({
      json: bybitAnswer(
        bybitTimes(query, now(), 500, ["startTime", "endTime"]).map((time) => ({
          symbol: query["symbol"],
          buyRatio: str(truth.longShortRatio / (1 + truth.longShortRatio)),
          sellRatio: str(1 / (1 + truth.longShortRatio)),
          timestamp: str(time),
        })),
        now(),
      ),
    }),
    "/bybit/v5/market/risk-limit": ({ query }) => ({
      json: bybitAnswer(
        [
          [2, "2600000", "0.0056", "0.0111", "90.00"],
          [1, "2000000", "0.005", "0.01", "100.00"],
          [3, "3200000", "0.0062", "0.0125", "80.00"],
        ].map(([id, riskLimitValue, maintenanceMargin, initialMargin, maxLeverage]) => ({
          id,
          symbol: query["symbol"],
          riskLimitValue,
          maintenanceMargin,
          initialMargin,
          isLowestRisk: id === 1 ? 1 : 0,
          maxLeverage,
          mmDeduction: "",
        })),
        now(),
      ),
    }),
  }),
};
