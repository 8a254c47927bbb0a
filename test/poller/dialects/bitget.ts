import type { VenueRequest, VenueRoute } from "../../support/venueServer.ts";
import { type Change, type Dialect, otherSymbols, str } from "../dialect.ts";
import { barMs, grid, markOf, openTimes, type Truth } from "../world.ts";

const bitgetAnswer = (data: unknown, now: number): object => ({
  code: "00000",
  msg: "success",
  requestTime: now,
  data,
});

const bitgetMarket = (base: string, more: object = {}): object => ({
  symbol: `${base}USDT`,
  baseCoin: base,
  quoteCoin: "USDT",
  supportMarginCoins: ["USDT"],
  symbolType: "perpetual",
  symbolStatus: "normal",
  minTradeNum: "0.0001",
  priceEndStep: "1",
  volumePlace: "4",
  pricePlace: "1",
  sizeMultiplier: "0.0001",
  minTradeUSDT: "5",
  makerFeeRate: "0.0002",
  takerFeeRate: "0.0006",
  minLever: "1",
  maxLever: "125",
  deliveryTime: "",
  ...more,
});

/** Oldest first; a window leaves its end out. */
function bitgetTimes(query: VenueRequest["query"], now: number, limit: number): readonly number[] {
  const start = query["startTime"];
  const wanted = Math.min(Number(query["limit"]), limit);
  if (start === undefined) return openTimes(now, wanted);
  return grid(Number(start), Math.min(Number(query["endTime"]) - 1, now), barMs).slice(-wanted);
}

const bitgetTickers = (truth: Truth, now: number, change: Change = {}): object[] =>
  ["DOGE", "BTC", "ETH"].map((base) =>
    Object.assign(
      {
        symbol: `${base}USDT`,
        lastPr: "90021",
        indexPrice: "90015.1",
        markPrice: str(truth.markPrice),
        fundingRate: str(truth.fundingRate),
        holdingAmount: str(truth.openInterest(now)),
        ts: str(now),
        deliveryStatus: "",
      },
      base === "BTC" ? change : {},
    ),
  );

const bitgetCandles =
  (truth: Truth, now: () => number, limit: number): VenueRoute =>
  ({ query }) => ({
    json: bitgetAnswer(
      bitgetTimes(query, now(), limit).map((time) => {
        const { open, high, low, close, volume } = truth.candle(time);
        return [time, open, high, low, close, volume, volume * close].map(str);
      }),
      now(),
    ),
  });

const bitgetMarks =
  (truth: Truth, now: () => number, limit: number): VenueRoute =>
  ({ query }) => ({
    json: bitgetAnswer(
      bitgetTimes(query, now(), limit).map((time) => {
        const { open, close, ...wicks } = truth.candle(time);
        const { high, low } = markOf(wicks);
        return [time, open, high, low, close, 0, 0].map(str);
      }),
      now(),
    ),
  });

const market = "/bitget/api/v2/mix/market";

export const bitget: Dialect = {
  id: "bitget",
  lacks: ["history"],
  paths: {
    markets: `${market}/contracts`,
    mark: `${market}/tickers`,
    candles: `${market}/candles?granularity=5m&!kLineType`,
    marks: `${market}/candles?kLineType=MARK`,
    history: "",
    windows: `${market}/history-candles`,
  },
  markField: "markPrice",
  markAnswer: (truth, change, now) => bitgetAnswer(bitgetTickers(truth, now, change), now),
  unknownSymbol: {
    status: 400,
    json: { code: "40309", msg: "The symbol has been removed", requestTime: 0, data: null },
  },
  routes: (truth, now) => ({
    [`${market}/contracts`]: ({ query }) => ({
      json: bitgetAnswer(
        query["productType"] === "USDT-FUTURES"
          ? [
              ...["BTC", "ETH", ...otherSymbols].map((base) => bitgetMarket(base)),
              bitgetMarket("LUNA", { symbolStatus: "off" }),
              bitgetMarket("SOL", { symbolType: "delivery", deliveryTime: "1798185600000" }),
            ]
          : [],
        now(),
      ),
    }),
    [`${market}/tickers`]: () => ({ json: bitgetAnswer(bitgetTickers(truth, now()), now()) }),
    [`${market}/candles?granularity=5m&!kLineType`]: bitgetCandles(truth, now, 1000),
    [`${market}/candles?kLineType=MARK`]: bitgetMarks(truth, now, 1000),
    [`${market}/history-candles`]: bitgetCandles(truth, now, 200),
    [`${market}/history-mark-candles`]: bitgetMarks(truth, now, 200),
    [`${market}/account-long-short`]: () => ({
      json: bitgetAnswer(
        openTimes(now(), 30).map((time) => {
          const long = truth.longShortRatio / (1 + truth.longShortRatio);
          return {
            longAccountRatio: str(long),
            shortAccountRatio: str(1 - long),
            longShortAccountRatio: str(truth.longShortRatio / 100),
            ts: str(time),
          };
        }),
        now(),
      ),
    }),
    [`${market}/query-position-lever`]: ({ query }) => ({
      json: bitgetAnswer(
        [
          ["1", "0", "150000", "125", "0.004"],
          ["2", "150000", "1000000", "100", "0.005"],
        ].map(([level, startUnit, endUnit, leverage, keepMarginRate]) => ({
          symbol: query["symbol"],
          level,
          startUnit,
          endUnit,
          leverage,
          keepMarginRate,
        })),
        now(),
      ),
    }),
  }),
};
