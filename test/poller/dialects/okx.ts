import type { VenueRequest, VenueRoute } from "../../support/venueServer.ts";
import { type Change, type Dialect, otherSymbols, str } from "../dialect.ts";
import { barMs, grid, hourMs, markOf, openTimes, type Truth } from "../world.ts";

const okxContractSize = 0.01;
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
  return times.slice(-wanted).toReversed();
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
          str(open),
          str(high),
          str(low),
          str(close),
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

const okxMarks = (truth: Truth, now: number, change: Change = {}): object[] =>
  ["DOGE", "BTC", "ETH"].map((base) =>
    Object.assign(
      {
        instType: "SWAP",
        instId: `${base}-USDT-SWAP`,
        markPx: str(truth.markPrice),
        ts: str(now),
      },
      base === "BTC" ? change : {},
    ),
  );

export const okx: Dialect = {
  id: "okx",
  lacks: [],
  paths: {
    markets: "/okx/api/v5/public/instruments",
    mark: "/okx/api/v5/public/mark-price",
    candles: "/okx/api/v5/market/candles",
    marks: "/okx/api/v5/market/mark-price-candles",
    history: "/okx/api/v5/rubik/stat/contracts/open-interest-history",
    windows: "/okx/api/v5/market/history-candles",
  },
  markField: "markPx",
  markAnswer: (truth, change, now) => okxAnswer(okxMarks(truth, now, change)),
  unknownSymbol: { status: 200, json: { code: "51001", data: [], msg: "Instrument ID does not exist" } },
  routes: (truth, now) => ({
    "/okx/api/v5/public/instruments": () => ({
      json: okxAnswer([
        ...["BTC", "ETH", ...otherSymbols].map((base) => okxMarket(base)),
        okxMarket("LTC", "USD"),
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
