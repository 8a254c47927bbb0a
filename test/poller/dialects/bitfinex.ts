import { bitfinex as spoken } from "../../../src/sim/dialects/bitfinex.ts";
import type { Change } from "../dialect.ts";
import { changeFirst, simulated } from "../simulated.ts";

/** Cells by their names. */
const cells: Readonly<Record<string, string>> = { "mark price": "15" };
const byCell = (change: Change): Change =>
  Object.fromEntries(Object.entries(change).map(([name, value]) => [cells[name] ?? name, value]));

export const bitfinex = simulated(spoken, {
  lacks: ["history", "ratio", "marks"],
  candlesOnClose: true,
  paths: {
    markets: "/bitfinex/v2/conf/*",
    mark: "/bitfinex/v2/status/deriv",
    candles: "/bitfinex/v2/candles/*/hist",
    marks: "",
    history: "",
    windows: "/bitfinex/v2/candles/*/hist",
  },
  markField: "mark price",
  changed: (body, change) => changeFirst(body, byCell(change)),
  unknownSymbol: { status: 500, json: ["error", 10020, "symbol: invalid"] },
});
