import type { Decision } from "../model/calibration/gate.ts";
import type { Log } from "../ops/log.ts";
import type { Metrics } from "../ops/metrics.ts";

/** Meters and logs, once a day and symbol, what became of the weights that it learned from liquidations. */
export function createCalibrationRecorder(
  metrics: Metrics,
  log: Log,
): (symbol: string, decision: Decision) => void {
  return (symbol, { kind, reason, day, skill }) => {
    metrics.calibrations.inc({ outcome: kind });
    metrics.learnedSkill.set({ symbol }, skill);
    const fields = { symbol, decision: kind, reason, skill, from: new Date(day * dayMs).toISOString() };
    log.info(fields, "learned weights judged");
  };
}

const dayMs = 86_400_000;
