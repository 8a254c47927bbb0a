import type { VenueRequest, VenueRoute } from "../support/venueServer.ts";
import { barMs, grid, hourMs, markOf, openTimes, type Truth } from "./world.ts";

/**
 * Three venues telling the same truth in their own paths, units and orders, in the shapes ccxt's source shows beside
 * its parsers. Sizes: Binance in base, Bybit's open interest on both sides, OKX in contracts of 0.01.
 */
export interface Dialect {
  readonly id: string;
  readonly routes: (truth: Truth, now: () => number) => Readonly<Record<string, VenueRoute>>;
  readonly paths: Readonly<Record<"markets" | "mark" | "candles" | "marks" | "history" | "windows", string>>;
  /** A whole answer of the mark path with one field of BTC replaced. */
  readonly markAnswer: (truth: Truth, change: Readonly<Record<string, unknown>>, now: number) => unknown;
  readonly markField: string;
  readonly unknownSymbol: { readonly status: number; readonly json: unknown };
}

const otherSymbols = ["DOGE", "XRP"];
const str = String;

function windowed(times: readonly number[], query: VenueRequest["query"], limit: number): readonly number[] {
  return times.slice(-Math.min(Number(query["limit"] ?? limit), limit));
}

// ---- Binance USD-M

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

const binanceMarks = (truth: Truth, now: number): Record<string, unknown>[] =>
  ["DOGE", "BTC", "ETH"].map((base) => ({
    symbol: `${base}USDT`,
    markPrice: str(truth.markPrice),
    indexPrice: "90015.1",
    estimatedSettlePrice: "90012.2",
    lastFundingRate: str(truth.fundingRate),
    interestRate: "0.00010000",
    nextFundingTime: now + hourMs,
    time: now,
  }));

export const binance: Dialect = {
  id: "binanceusdm",
  paths: {
    markets: "/binanceusdm/fapi/v1/exchangeInfo",
    mark: "/binanceusdm/fapi/v1/premiumIndex",
    candles: "/binanceusdm/fapi/v1/klines",
    marks: "/binanceusdm/fapi/v1/markPriceKlines",
    history: "/binanceusdm/futures/data/openInterestHist",
    windows: "/binanceusdm/fapi/v1/klines",
  },
  markField: "markPrice",
  markAnswer: (truth, change, now) =>
    binanceMarks(truth, now).map((row) => (row["symbol"] === "BTCUSDT" ? { ...row, ...change } : row)),
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
        const prices = [open, high, low, close].map(str);
        return [time, ...prices, str(volume), time + barMs - 1, str(volume * close), 308, taker, "1", "0"];
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

// ---- Bybit v5

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

const bybitTickers = (truth: Truth, now: number): Record<string, unknown>[] =>
  ["DOGE", "BTC", "ETH"].map((base) => ({
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
  }));

export const bybit: Dialect = {
  id: "bybit",
  paths: {
    markets: "/bybit/v5/market/instruments-info",
    mark: "/bybit/v5/market/tickers",
    candles: "/bybit/v5/market/kline",
    marks: "/bybit/v5/market/mark-price-kline",
    history: "/bybit/v5/market/open-interest",
    windows: "/bybit/v5/market/kline",
  },
  markField: "markPrice",
  markAnswer: (truth, change, now) =>
    bybitAnswer(
      bybitTickers(truth, now).map((row) => (row["symbol"] === "BTCUSDT" ? { ...row, ...change } : row)),
      now,
    ),
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

// ---- OKX v5

export const okxContractSize = 0.01;
const okxAnswer = (data: unknown): object => ({ code: "0", msg: "", data });
const inContracts = (base: number): string => str(base / okxContractSize);

const okxMarket = (base: string, quote = "USDT"): object => ({
  alias: "",
  baseCcy: "",
  category: "1",
  ctMult: "1",
  ctType: quote === "USD" ? "inverse" : "linear",
  ctVal: quote === "USD" ? "100" : str(okxContractSize),
  ctValCcy: quote === "USD" ? "USD" : base,
  expTime: "",
  instFamily: `${base}-${quote}`,
  instId: `${base}-${quote}-SWAP`,
  instType: "SWAP",
  lever: "100",
  listTime: "1611916828000",
  lotSz: "0.01",
  minSz: "0.01",
  optType: "",
  quoteCcy: "",
  settleCcy: quote === "USD" ? base : quote,
  state: "live",
  stk: "",
  tickSz: "0.1",
  uly: `${base}-${quote}`,
});

/** OKX answers newest first; both bounds leave the named time out. */
function okxTimes(
  query: VenueRequest["query"],
  now: number,
  limit: number,
  names: { older: string; newer: string; step?: number },
): number[] {
  const older = query[names.older];
  const newer = query[names.newer];
  const wanted = Math.min(Number(query["limit"]), limit);
  if (older === undefined || newer === undefined) return openTimes(now, wanted).toReversed();
  const times = grid(Number(newer) + 1, Math.min(Number(older) - 1, now), names.step ?? barMs);
  return windowed(times, query, limit).toReversed();
}

const okxCandles =
  (truth: Truth, now: () => number, limit: number): VenueRoute =>
  ({ query }) => ({
    json: okxAnswer(
      okxTimes(query, now(), limit, { older: "after", newer: "before" }).map((time) => {
        const { open, high, low, close, volume } = truth.candle(time);
        const confirm = time + barMs <= now() ? "1" : "0";
        return [
          str(time),
          ...[open, high, low, close].map(str),
          inContracts(volume),
          str(volume),
          "9",
          confirm,
        ];
      }),
    ),
  });

const okxMarkCandles =
  (truth: Truth, now: () => number): VenueRoute =>
  ({ query }) => ({
    json: okxAnswer(
      okxTimes(query, now(), 100, { older: "after", newer: "before" }).map((time) => {
        const { open, close, ...wicks } = truth.candle(time);
        const { high, low } = markOf(wicks);
        return [time, open, high, low, close, time + barMs <= now() ? 1 : 0].map(str);
      }),
    ),
  });

const okxMarks = (truth: Truth, now: number): Record<string, unknown>[] =>
  ["DOGE", "BTC", "ETH"].map((base) => ({
    instType: "SWAP",
    instId: `${base}-USDT-SWAP`,
    markPx: str(truth.markPrice),
    ts: str(now),
  }));

export const okx: Dialect = {
  id: "okx",
  paths: {
    markets: "/okx/api/v5/public/instruments",
    mark: "/okx/api/v5/public/mark-price",
    candles: "/okx/api/v5/market/candles",
    marks: "/okx/api/v5/market/mark-price-candles",
    history: "/okx/api/v5/rubik/stat/contracts/open-interest-history",
    windows: "/okx/api/v5/market/history-candles",
  },
  markField: "markPx",
  markAnswer: (truth, change, now) =>
    okxAnswer(
      okxMarks(truth, now).map((row) => (row["instId"] === "BTC-USDT-SWAP" ? { ...row, ...change } : row)),
    ),
  unknownSymbol: { status: 200, json: { code: "51001", data: [], msg: "Instrument ID does not exist" } },
  routes: (truth, now) => ({
    "/okx/api/v5/public/instruments": () => ({
      json: okxAnswer([
        ...["BTC", "ETH", ...otherSymbols].map((base) => okxMarket(base)),
        okxMarket("BTC", "USD"),
        { instId: "ETH-USD_UM-SWAP", instType: "SWAP", state: "preopen" },
      ]),
    }),
    "/okx/api/v5/public/open-interest": () => ({
      json: okxAnswer(
        ["DOGE", "BTC", "ETH"].map((base) => ({
          instId: `${base}-USDT-SWAP`,
          instType: "SWAP",
          oi: inContracts(truth.openInterest(now())),
          oiCcy: str(truth.openInterest(now())),
          oiUsd: str(truth.openInterest(now()) * truth.markPrice),
          ts: str(now()),
        })),
      ),
    }),
    "/okx/api/v5/public/mark-price": () => ({ json: okxAnswer(okxMarks(truth, now())) }),
    "/okx/api/v5/public/funding-rate": ({ query }) => ({
      json: okxAnswer([
        {
          instId: query["instId"],
          instType: "SWAP",
          fundingRate: str(truth.fundingRate),
          fundingTime: str(now() + hourMs),
          nextFundingTime: str(now() + 9 * hourMs),
          ts: str(now()),
        },
      ]),
    }),
    "/okx/api/v5/market/candles": okxCandles(truth, now, 300),
    "/okx/api/v5/market/history-candles": okxCandles(truth, now, 100),
    "/okx/api/v5/market/mark-price-candles": okxMarkCandles(truth, now),
    "/okx/api/v5/market/history-mark-price-candles": okxMarkCandles(truth, now),
    "/okx/api/v5/rubik/stat/contracts/open-interest-history": ({ query }) => {
      const step = query["period"] === "1H" ? hourMs : barMs;
      return {
        json: okxAnswer(
          okxTimes(query, now(), 100, { older: "end", newer: "begin", step }).map((time) => {
            const base = truth.openInterest(time);
            return [str(time), inContracts(base), str(base), str(base * truth.markPrice)];
          }),
        ),
      };
    },
    "/okx/api/v5/rubik/stat/contracts/long-short-account-ratio-contract": ({ query }) => ({
      json: okxAnswer(
        okxTimes(query, now(), 100, { older: "end", newer: "begin" }).map((time) => [
          str(time),
          str(truth.longShortRatio),
        ]),
      ),
    }),
    "/okx/api/v5/public/position-tiers": ({ query }) => ({
      json: okxAnswer(
        [
          ["1", "0", "500", "0.004", "0.01", "100"],
          ["2", "500.01", "1000", "0.005", "0.0125", "80"],
          ["3", "1000.01", "2000", "0.0065", "0.0133", "75"],
        ].map(([tier, minSz, maxSz, mmr, imr, maxLever]) => ({
          baseMaxLoan: "",
          imr,
          instFamily: query["instFamily"],
          instId: "",
          maxLever,
          maxSz,
          minSz,
          mmr,
          optMgnFactor: "0",
          quoteMaxLoan: "",
          tier,
          uly: query["instFamily"],
        })),
      ),
    }),
  }),
};

export const dialects: readonly Dialect[] = [binance, bybit, okx];
