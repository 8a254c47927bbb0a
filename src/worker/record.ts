import type { Decision } from "../alerts/decision.ts";
import { type Quarantine, quarantinesOf } from "../alerts/quarantine.ts";
import type { Imbalance } from "../model/types.ts";
import type { Log } from "../ops/log.ts";
import type { Metrics } from "../ops/metrics.ts";
import type { Outcome } from "./ruleWatch.ts";

type Recorder = (imbalance: Imbalance, outcome: Pick<Outcome, "decisions" | "memory">) => void;

/**
 * Meters every decision, and logs those whose reason is another than last time: of a symbol whether anything can be
 * decided, of a rule what it does while it is beyond its threshold.
 */
export function createRecorder(metrics: Metrics, log: Log): Recorder {
  const last = new Map<string, ReadonlyMap<string, string>>();
  const meterQuarantines = createQuarantineMeter(metrics, log);
  return (imbalance, { decisions, memory: { held } }) => {
    const { symbol, ratio, regime, coverage } = imbalance;
    meter(metrics, imbalance, decisions);
    meterQuarantines(symbol, quarantinesOf(imbalance));
    const suppressed = decisions.flatMap(({ kind, reason }) =>
      kind === "hold" && reason !== held ? [reason] : [],
    );
    for (const reason of held === undefined ? suppressed : [held, ...suppressed])
      metrics.suppressed.inc({ reason });
    const before = last.get(symbol);
    const said = new Map([
      ["", held ?? "watching"],
      ...decisions.map(({ rule, kind, reason }) => [rule, `${kind}: ${reason}`] as const),
    ]);
    last.set(symbol, said);
    const fields = { symbol, ratio, regime, coverage };
    if (before?.get("") !== said.get("")) log.info({ ...fields, reason: said.get("") }, "data judged");
    for (const { rule, kind, reason } of decisions) {
      if (before?.get(rule) !== said.get(rule))
        log.info({ ...fields, rule, decision: kind, reason }, "decided");
    }
  };
}

function meter(
  metrics: Metrics,
  { symbol, regime, venues }: Imbalance,
  decisions: readonly Decision[],
): void {
  for (const { id, ageMs } of venues) {
    if (ageMs !== null) metrics.feedAge.set({ venue: id, symbol }, ageMs / 1000);
  }
  for (const { kind, reason } of decisions) {
    if (kind === "fire") metrics.alerts.inc({ symbol, regime });
    metrics.decisions.inc({ decision: kind, reason });
  }
}

/** Says of each series when it is set aside, and when it is believed again. */
function createQuarantineMeter(metrics: Metrics, log: Log) {
  const known = new Map<string, readonly Quarantine[]>();
  return (symbol: string, now: readonly Quarantine[]): void => {
    const before = known.get(symbol) ?? [];
    known.set(symbol, now);
    for (const { series, cause } of before.filter((each) => !holds(now, each))) {
      metrics.quarantined.set({ series, symbol, reason: cause }, 0);
      log.info({ symbol, series, cause }, "believed again");
    }
    for (const { series, cause, reason } of now.filter((each) => !holds(before, each))) {
      metrics.quarantined.set({ series, symbol, reason: cause }, 1);
      metrics.quarantines.inc({ series, reason: cause });
      log.warn({ symbol, series, cause }, `set aside: ${reason}`);
    }
  };
}

const holds = (all: readonly Quarantine[], { series, cause }: Quarantine): boolean =>
  all.some((each) => each.series === series && each.cause === cause);
