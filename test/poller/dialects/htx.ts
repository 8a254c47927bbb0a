import { htx as spoken } from "../../../src/sim/dialects/htx.ts";
import { simulated } from "../simulated.ts";
import { barMs } from "../world.ts";

/** No call is about all contracts; the answer with a time is the one about a contract's open interest. */
export const htx = simulated(spoken, {
  lacks: ["history", "bulk"],
  paths: {
    markets: "/htx/linear-swap-api/v1/swap_contract_info",
    mark: "/htx/v5/market/open_interest",
    candles: "/htx/linear-swap-ex/market/history/kline",
    marks: "/htx/index/market/history/linear_swap_mark_price_kline",
    history: "",
    windows: "/htx/linear-swap-ex/market/history/kline",
  },
  rowsAsked: ({ size }) => Number(size),
  markField: "volume",
  markPrice: (truth, now) => truth.candle(Math.floor(now / barMs) * barMs).close,
  markQuery: { contract_code: "BTC-USDT" },
  changed: (body, change) => ({ ...Object(body), data: { ...Object(body).data, ...change } }),
  unknownSymbol: {
    status: 200,
    json: { status: "error", err_code: 1013, err_msg: "This contract symbol doesnt exist.", ts: 0 },
  },
});
