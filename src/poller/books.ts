import type { BookDepth } from "../model/types.ts";
import { oldestMs } from "./adapter.ts";
import { bookDepthOf } from "./bookDepth.ts";
import type { BookSource } from "./contracts.ts";
import type { Desk } from "./desk.ts";
import { checkFresh } from "./read.ts";
import { roomOf } from "./room.ts";

/** Undefined where nobody asks the venue for its books. */
export function openBooks({ adapter, line, markets, clock, log }: Desk): BookSource | undefined {
  const { orderBook, id: venue } = adapter;
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
    perMinute: (symbols, pollIntervalMs) => roomOf(adapter, { symbols, pollIntervalMs }).books,
  };
}
