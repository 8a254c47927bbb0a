import type { Log } from "../ops/log.ts";
import type { PollFailure } from "./contracts.ts";

/** Takes how one thing went; undefined: it worked. */
export type Troubles = (
  what: "polls" | "histories",
  symbol: string,
  failure: PollFailure | undefined,
) => void;

/**
 * Says once that a venue fails, and once that all of it works again. A venue that is down fails for every symbol
 * and every kind of request: one line says it. What a venue refuses of one symbol is said of each symbol.
 */
export function createTroubles(venue: string, log: Log): Troubles {
  const failing = new Map<string, PollFailure["kind"]>();
  return (what, symbol, failure) => {
    const key = `${what} ${symbol}`;
    if (failure === undefined) {
      const before = failing.get(key);
      failing.delete(key);
      if (before !== undefined && ![...failing.values()].some(isOfVenue))
        log.info({ venue }, `${what} work again`);
      return;
    }
    const known = isOfVenue(failure.kind)
      ? [...failing.values()].find((kind) => kind === failure.kind)
      : failing.get(key);
    failing.set(key, failure.kind);
    if (known !== failure.kind) log.warn({ venue, symbol, kind: failure.kind }, `${what}: ${failure.reason}`);
  };
}

/** A symbol that the venue doesn't list is that symbol's trouble: it must not hide that the others work again. */
const isOfVenue = (kind: PollFailure["kind"]): boolean => kind !== "give-up-symbol";
