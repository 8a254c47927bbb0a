import type { HttpSources } from "../../src/http/contracts.ts";
import { exampleTime, referenceImbalance } from "../alerts/examples.ts";
import { aMap } from "../store/builders.ts";

/** A worker that has just recomputed BTC and knows nothing yet of ETH, seen `sinceMs` later. */
export function sourcesOf(sinceMs = 0, over: Partial<HttpSources> = {}): HttpSources {
  const known = <T>(value: T) => {
    return async (symbol: string): Promise<T | undefined> => (symbol === "BTC" ? value : undefined);
  };
  return {
    symbols: ["BTC", "ETH"],
    imbalance: known(referenceImbalance),
    map: known(aMap({ time: exampleTime })),
    ping: async () => undefined,
    metrics: async () => ({ contentType: "text/plain; version=0.0.4", text: "lopside_polls_total 1\n" }),
    clock: { now: () => exampleTime + sinceMs, realMs: (ms) => ms, sleep: async () => undefined },
    staleAfterMs: 180_000,
    ...over,
  };
}
