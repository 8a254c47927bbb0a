import { kucoinfutures as spoken } from "../../../src/sim/dialects/kucoinfutures.ts";
import { changeFirst, simulated } from "../simulated.ts";
import { rowsBetween } from "../world.ts";

const unified = "/kucoinfutures/api/ua/v1/market";

/** The answer with a time is the one about open interest; the other bulk call tells marks. */
export const kucoinfutures = simulated(spoken, {
  lacks: ["ratio"],
  marketsInRound: true,
  paths: {
    markets: "/kucoinfutures/api/v1/contracts/active",
    mark: `${unified}/open-interest?!interval`,
    candles: "/kucoinfutures/api/v1/kline/query",
    marks: `${unified}/kline`,
    history: `${unified}/open-interest?interval=5min`,
    windows: "/kucoinfutures/api/v1/kline/query",
  },
  rowsAsked: ({ from, to }) => rowsBetween(Number(from), Number(to)),
  markField: "openInterest",
  changed: (body, change) => ({ ...Object(body), data: changeFirst(Object(body).data, change) }),
  unknownSymbol: { status: 400, json: { code: "100003", msg: "Contract parameter invalid." } },
});
