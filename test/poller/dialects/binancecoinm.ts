import { binancecoinmOf } from "../../../src/sim/dialects/binancecoinm.ts";
import { changeFirst, simulated } from "../simulated.ts";

/** Contracts of next to nothing, so that whole ones tell every figure. */
export const binancecoinm = simulated(
  binancecoinmOf(() => 1e-8),
  {
    inverse: true,
    lacks: [],
    market: "BTC/USD:BTC",
    paths: {
      markets: "/binancecoinm/dapi/v1/exchangeInfo",
      mark: "/binancecoinm/dapi/v1/premiumIndex",
      candles: "/binancecoinm/dapi/v1/klines",
      marks: "/binancecoinm/dapi/v1/markPriceKlines",
      history: "/binancecoinm/futures/data/openInterestHist",
      windows: "/binancecoinm/dapi/v1/klines",
    },
    markField: "markPrice",
    changed: changeFirst,
    unknownSymbol: { status: 400, json: { code: -1121, msg: "Invalid symbol." } },
  },
);
