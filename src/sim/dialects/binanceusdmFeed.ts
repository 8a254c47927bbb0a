import { z } from "zod";
import type { Quote } from "../contract.ts";
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

/** How one of Binance's exchanges names contracts and counts them. */
interface Naming {
  readonly nameOf: (instrument: Instrument) => string;
  readonly amountOf: (base: number, price: number, instrument: Instrument) => string;
}

/** A print of a liquidated long is a SELL: Binance gives the order's side. */
function forceOrder(event: TrueLiquidation, instrument: Instrument, naming: Naming): unknown {
  const base = naming.amountOf(event.quantity, event.triggerPrice, instrument);
  const order = {
    s: naming.nameOf(instrument),
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

function markPriceUpdate(instrument: Instrument, quote: Quote, naming: Naming): unknown {
  return {
    e: "markPriceUpdate",
    E: quote.time,
    s: naming.nameOf(instrument),
    p: price(quote.markPrice, instrument),
    i: price(quote.indexPrice, instrument),
    P: price(quote.markPrice, instrument),
    r: quote.fundingRate.toFixed(8),
    T: quote.nextFundingTime,
  };
}

/** `/market/ws`: JSON subscriptions; a stream of all symbols or one of each. Only the newest of each second goes out. */
export const binanceFeed = (naming: Naming): Feed => ({
  receive,
  beat: (topics, beats) =>
    beats.flatMap(({ instrument, quote }) => {
      const topic = `${naming.nameOf(instrument).toLowerCase()}@markPrice`;
      const asked = [...topics].some((each) => each === topic || each === `${topic}@1s`);
      return asked ? [markPriceUpdate(instrument, quote, naming)] : [];
    }),
  publish: (liquidations, topics, instruments) => {
    const all = topics.has("!forceOrder@arr");
    const wanted = liquidations.flatMap((event) => {
      const instrument = instruments.get(event.symbol);
      if (instrument === undefined) return [];
      const topic = `${naming.nameOf(instrument).toLowerCase()}@forceOrder`;
      return all || topics.has(topic) ? [{ event, instrument }] : [];
    });
    return newestBy(wanted, ({ event }) => `${event.symbol} ${Math.floor(event.time / 1_000)}`).map(
      ({ event, instrument }) => forceOrder(event, instrument, naming),
    );
  },
});

export const binanceusdmFeed: Feed = binanceFeed({
  nameOf: pairOf,
  amountOf: (base, _price, instrument) => quantity(base, instrument),
});
