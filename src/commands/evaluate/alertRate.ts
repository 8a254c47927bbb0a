import { edgeOf } from "../../alerts/alertId.ts";
import type { AlertContent } from "../../alerts/content.ts";
import type { AlertRule } from "../../alerts/decision.ts";
import type { RiskTier } from "../../model/types.ts";
import type { Recording } from "../../replay/recording.ts";
import { replay } from "../../replay/replay.ts";

/** How often the rule spoke over a recording. */
export interface AlertRate {
  readonly firings: number;
  readonly days: number;
  readonly perDay: number;
  /** Share of firings within six hours of the end of the one before. */
  readonly flapRate: number;
}

const dayMs = 86_400_000;
const flapMs = 6 * 3_600_000;

export async function measureAlertRate(
  recording: Recording,
  symbol: string,
  riskTiers: readonly RiskTier[],
  rule: AlertRule,
): Promise<AlertRate> {
  let endedAt = -Infinity;
  let flaps = 0;
  const onAlert = ({ kind, time, alertId }: AlertContent): void => {
    if (kind === "resolved") endedAt = time;
    else if (edgeOf(alertId) === "fire" && time - endedAt <= flapMs) flaps += 1;
  };
  const { firings, watchedMs } = await replay({ recording, symbol, riskTiers, rule, onAlert });
  const days = watchedMs / dayMs;
  return {
    firings,
    days,
    perDay: days > 0 ? firings / days : 0,
    flapRate: firings > 0 ? flaps / firings : 0,
  };
}
