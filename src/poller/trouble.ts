import type { Log } from "../ops/log.ts";
import type { PollFailure } from "./contracts.ts";

/**
 * Says once that something of a symbol fails, and once that it works again; a failure of the same kind as the last
 * one is not repeated. Undefined: it worked.
 */
export function createTroubleLog(
  venue: string,
  what: string,
  log: Log,
): (symbol: string, failure: PollFailure | undefined) => void {
  const failing = new Map<string, string>();
  return (symbol, failure) => {
    const before = failing.get(symbol);
    if (failure === undefined) {
      if (failing.delete(symbol)) log.info({ venue, symbol }, `${what} work again`);
      return;
    }
    failing.set(symbol, failure.kind);
    if (before !== failure.kind)
      log.warn({ venue, symbol, kind: failure.kind }, `${what}: ${failure.reason}`);
  };
}
