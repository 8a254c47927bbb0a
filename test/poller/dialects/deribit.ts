import { deribit as spoken } from "../../../src/sim/dialects/deribit.ts";
import { changeFirst, simulated } from "../simulated.ts";
import { rowsBetween } from "../world.ts";

/** Its bulk calls are about one currency each. */
const api = "/deribit/api/v2/public";

export const deribit = simulated(spoken, {
  inverse: true,
  lacks: ["history", "ratio", "marks", "bulk"],
  market: "BTC/USD:BTC",
  paths: {
    markets: `${api}/get_instruments`,
    mark: `${api}/get_book_summary_by_currency`,
    candles: `${api}/get_tradingview_chart_data`,
    marks: "",
    history: "",
    windows: `${api}/get_tradingview_chart_data`,
  },
  rowsAsked: (query) => rowsBetween(Number(query["start_timestamp"]), Number(query["end_timestamp"])),
  markField: "mark_price",
  markQuery: { currency: "BTC" },
  changed: (body, change) => ({ ...Object(body), result: changeFirst(Object(body).result, change) }),
  unknownSymbol: {
    status: 400,
    json: {
      jsonrpc: "2.0",
      error: {
        message: "Invalid params",
        data: { reason: "wrong format", param: "instrument_name" },
        code: -32602,
      },
    },
  },
});
