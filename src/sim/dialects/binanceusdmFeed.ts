import { z } from "zod";
import type { TrueLiquidation } from "../contracts.ts";
import type { Instrument } from "../instruments.ts";
import { type Feed, jsonOf, newestBy, pairOf, price, quantity } from "./dialect.ts";

const requestSchema = z.object({
  method: z.string(),
  params: z.array(z.string()).default([]),
  id: z.unknown().optional(),
});

const receive: Feed["receive"] = (text) => {
  const request = requestSchema.safeParse(jsonOf(text));
  if (!request.success) return { frames: [{ error: { code: 2, msg: "Invalid request" } }] };
  const { method, params, id } = request.data;
  const frames = [{ result: null, id }];
  return method === "UNSUBSCRIBE" ? { frames, unsubscribe: params } : { frames, subscribe: params };
};

/** A print of a liquidated long is a SELL: Binance gives the order's side. */
function forceOrder(event: TrueLiquidation, instrument: Instrument): unknown {
  const base = quantity(event.quantity, instrument);
  const order = {
    s: pairOf(instrument),
    S: event.liquidatedSide === "long" ? "SELL" : "BUY",
    o: "LIMIT",
    f: "IOC",
    q: base,
    p: price(event.bankruptcyPrice, instrument),
    ap: price(event.triggerPrice, instrument),
    X: "FILLED",
    l: base,
    z: base,
    T: event.time,
  };
  return { e: "forceOrder", E: event.time, o: order };
}

/** Only the newest of each second and symbol goes out. */
const publish: Feed["publish"] = (liquidations, topics, instruments) => {
  const all = topics.has("!forceOrder@arr");
  const wanted = liquidations.filter(
    ({ symbol }) => all || topics.has(`${symbol.toLowerCase()}usdt@forceOrder`),
  );
  return newestBy(wanted, ({ symbol, time }) => `${symbol} ${Math.floor(time / 1_000)}`).flatMap((event) => {
    const instrument = instruments.get(event.symbol);
    return instrument === undefined ? [] : [forceOrder(event, instrument)];
  });
};

/** `/market/ws`: JSON subscriptions; a stream of all symbols or one of each. */
export const binanceusdmFeed: Feed = { receive, publish };
