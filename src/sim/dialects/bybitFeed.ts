import { z } from "zod";
import type { TrueLiquidation } from "../contracts.ts";
import type { Instrument } from "../instruments.ts";
import { amount, bothSides } from "./bybitUnits.ts";
import { type Feed, jsonOf, groupBy, pairOf, price } from "./dialect.ts";

const requestSchema = z.object({
  op: z.string(),
  req_id: z.unknown().optional(),
  args: z.array(z.string()).default([]),
});

const receive: Feed["receive"] = (text) => {
  const request = requestSchema.safeParse(jsonOf(text));
  if (!request.success) return { frames: [{ success: false, ret_msg: "error:Invalid request" }] };
  const { op, req_id, args } = request.data;
  const answer = { success: true, ret_msg: op === "ping" ? "pong" : "", conn_id: "sim", req_id, op };
  if (op === "ping") return { frames: [answer] };
  return op === "unsubscribe"
    ? { frames: [answer], unsubscribe: args }
    : { frames: [answer], subscribe: args };
};

/** Every liquidation, pushed each 500 ms; side is the position's ("Buy" was long), price its bankruptcy price. */
const publish: Feed["publish"] = (liquidations, topics, known) => {
  const wanted = liquidations.filter(({ symbol }) => {
    const instrument = known.get(symbol);
    return instrument !== undefined && topics.has(`allLiquidation.${pairOf(instrument)}`);
  });
  const batches = groupBy(wanted, ({ symbol, time }) => `${symbol} ${Math.ceil(time / 500) * 500}`);
  return [...batches].flatMap(([key, batch]) => {
    const [symbol = "", pushedAt] = key.split(" ");
    const instrument = known.get(symbol);
    if (instrument === undefined) return [];
    const data = batch.map((event) => liquidationRow(event, instrument));
    return [{ topic: `allLiquidation.${pairOf(instrument)}`, type: "snapshot", ts: Number(pushedAt), data }];
  });
};

const liquidationRow = (event: TrueLiquidation, instrument: Instrument): unknown => ({
  T: event.time,
  s: pairOf(instrument),
  S: event.liquidatedSide === "long" ? "Buy" : "Sell",
  v: amount(event.quantity, event.triggerPrice, instrument),
  p: price(event.bankruptcyPrice, instrument),
});

const beat: Feed["beat"] = (topics, beats) =>
  beats
    .filter(({ instrument }) => topics.has(`tickers.${pairOf(instrument)}`))
    .map(({ instrument, quote }) => ({
      topic: `tickers.${pairOf(instrument)}`,
      type: "snapshot",
      data: {
        symbol: pairOf(instrument),
        lastPrice: price(quote.lastPrice, instrument),
        markPrice: price(quote.markPrice, instrument),
        indexPrice: price(quote.indexPrice, instrument),
        openInterest: bothSides(quote.openInterest, quote.markPrice, instrument),
        fundingRate: quote.fundingRate.toFixed(8),
        nextFundingTime: String(quote.nextFundingTime),
      },
      cs: quote.time,
      ts: quote.time,
    }));

/** `/v5/public/linear` and `/inverse`: JSON ops, one topic a symbol. */
export const bybitFeed: Feed = { receive, publish, beat };
