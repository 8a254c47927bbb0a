import type { Decision } from "../alerts/episode.ts";
import type { Imbalance } from "../model/types.ts";
import type { Log } from "../ops/log.ts";
import type { Metrics } from "../ops/metrics.ts";

/** Meters every decision and logs a symbol's when its reason is another than last time. */
export function createRecorder(
  metrics: Metrics,
  log: Log,
): (imbalance: Imbalance, decision: Decision) => void {
  const last = new Map<string, string>();
  return (imbalance, decision) => {
    const { symbol, ratio, regime, coverage } = imbalance;
    for (const { id, ageMs } of imbalance.venues) {
      if (ageMs !== null) metrics.feedAge.set({ venue: id, symbol }, ageMs / 1000);
    }
    if (decision.kind === "fire") metrics.alerts.inc({ symbol, regime });
    if (decision.kind === "hold") metrics.suppressed.inc({ reason: decision.reason });
    const said = `${decision.kind}: ${decision.reason}`;
    if (last.get(symbol) === said) return;
    last.set(symbol, said);
    log.info(
      { symbol, ratio, regime, coverage, decision: decision.kind, reason: decision.reason },
      "decided",
    );
  };
}
