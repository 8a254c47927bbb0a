import type { BookDepth } from "../model/types.ts";
import { anyContract, oldestMs } from "./adapter.ts";
import { bookDepthOf } from "./bookDepth.ts";
import type { BookSource } from "./contracts.ts";
import { chargeOf, ourShare } from "./pace.ts";
import type { Desk } from "./poll.ts";
import { checkFresh } from "./read.ts";

/** Of our share of the limit that counts books. */
const booksShare = 0.3;
const minuteMs = 60_000;

/** Undefined where nobody asks the venue for its books. */
export function openBooks({ adapter, line, markets, clock, log }: Desk): BookSource | undefined {
  const { orderBook, declares, id: venue } = adapter;
  if (orderBook === undefined) return undefined;

  const ask = async (symbol: string, signal?: AbortSignal): Promise<BookDepth | undefined> => {
    const found = await markets.contractsOf(symbol, signal);
    if (!("main" in found) || found.main.contractType !== "linear") return undefined;
    const { main } = found;
    const read = (body: unknown): BookDepth => {
      const { at, bids, asks } = orderBook.read(body, main);
      if (at !== undefined) checkFresh(at, clock.now(), oldestMs);
      return bookDepthOf({
        venue,
        observedAt: at ?? clock.now(),
        bids,
        asks,
        levels: orderBook.levels,
      });
    };
    return line.ask(orderBook.call(main), read, { optional: true, signal });
  };

  return {
    depth: async (symbol, signal) => {
      try {
        return await ask(symbol, signal);
      } catch (error) {
        log.debug({ venue, symbol, reason: String(error) }, "no order book this time");
        return undefined;
      }
    },
    perMinute: () => {
      const charge = chargeOf(declares.limits, orderBook.call(anyContract));
      if (charge === undefined) return 0;
      const { weight, limit } = charge;
      return Math.floor((limit.weight * ourShare * booksShare * minuteMs) / limit.perMs / weight);
    },
  };
}
