import { z } from "zod";
import type { TrueLiquidation } from "../contracts.ts";
import type { Instrument } from "../instruments.ts";
import { contracts, familyOf, idOf } from "./okxUnits.ts";
import { type Feed, jsonOf, groupBy, newestBy, price } from "./dialect.ts";

const argSchema = z.object({
  channel: z.string(),
  instType: z.string().optional(),
  instId: z.string().optional(),
});
const requestSchema = z.object({
  op: z.string(),
  id: z.string().optional(),
  args: z.array(argSchema).default([]),
});

const topicOf = (arg: z.infer<typeof argSchema>): string =>
  `${arg.channel}:${arg.instType ?? arg.instId ?? ""}`;

const receive: Feed["receive"] = (text) => {
  if (text === "ping") return { frames: ["pong"] };
  const request = requestSchema.safeParse(jsonOf(text));
  if (!request.success) return { frames: [{ event: "error", code: "60012", msg: "Invalid request" }] };
  const { op, args } = request.data;
  const frames = args.map((arg) => ({ event: op, arg, connId: "sim" }));
  const topics = args.map(topicOf);
  return op === "unsubscribe" ? { frames, unsubscribe: topics } : { frames, subscribe: topics };
};

/** At most one a second and contract; what gathered since the last push comes as several details of one row. */
const publish: Feed["publish"] = (liquidations, topics, known) => {
  if (!topics.has("liquidation-orders:SWAP")) return [];
  const shown = newestBy(liquidations, ({ symbol, time }) => `${symbol} ${Math.floor(time / 1_000)}`);
  return [...groupBy(shown, ({ symbol }) => symbol)].flatMap(([symbol, events]) => {
    const instrument = known.get(symbol);
    if (instrument === undefined) return [];
    const details = events.map((event) => detailOf(event, instrument));
    const family = { instFamily: familyOf(instrument), uly: familyOf(instrument) };
    const row = { details, instType: "SWAP", instId: idOf(instrument), ...family };
    return [{ arg: { channel: "liquidation-orders", instType: "SWAP" }, data: [row] }];
  });
};

const detailOf = (event: TrueLiquidation, instrument: Instrument): unknown => ({
  bkLoss: "0",
  bkPx: price(event.bankruptcyPrice, instrument),
  ccy: "",
  posSide: event.liquidatedSide,
  side: event.liquidatedSide === "long" ? "sell" : "buy",
  sz: contracts(event.quantity, event.triggerPrice, instrument),
  ts: String(event.time),
});

const beat: Feed["beat"] = (topics, beats) =>
  beats
    .filter(({ instrument }) => topics.has(`tickers:${idOf(instrument)}`))
    .map(({ instrument, quote }) => ({
      arg: { channel: "tickers", instId: idOf(instrument) },
      data: [
        {
          instType: "SWAP",
          instId: idOf(instrument),
          last: price(quote.lastPrice, instrument),
          ts: String(quote.time),
        },
      ],
    }));

/** `/ws/v5/public`: JSON ops beside a bare "ping", one channel for all swaps. */
export const okxFeed: Feed = { receive, publish, beat };
