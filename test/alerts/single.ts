import { decideRules } from "../../src/alerts/decide.ts";
import { type AlertRule, type Decision, isSaid } from "../../src/alerts/decision.ts";
import type { EpisodeMemory } from "../../src/alerts/episode.ts";
import { indexRules } from "../../src/alerts/ruleIndex.ts";
import { operatorRules, ruleKey } from "../../src/alerts/rules.ts";
import type { Imbalance } from "../../src/model/types.ts";

export type SingleDecision = Decision | { readonly kind: "quiet" | "hold"; readonly reason: string };

/** What is decided of one threshold in both directions: what is said of either, or else what keeps it from that. */
export function decideAlert(
  memory: EpisodeMemory,
  imbalance: Imbalance,
  rule: AlertRule,
  now: number,
): { decision: SingleDecision; memory: EpisodeMemory } {
  const index = indexRules(operatorRules(rule.ratio).map(ruleKey));
  const sighting = { symbol: imbalance.symbol, imbalances: new Map([["auto" as const, imbalance]]) };
  const decided = decideRules(memory, sighting, index, rule, now);
  const said = decided.decisions.find(isSaid) ?? decided.decisions.find(({ kind }) => kind !== "quiet");
  return { decision: said ?? idle(decided.memory, rule), memory: decided.memory };
}

function idle({ held, watch }: EpisodeMemory, { warmupMs }: AlertRule): SingleDecision {
  if (held !== undefined) return { kind: "hold", reason: held };
  if (watch.elapsedMs < warmupMs) return { kind: "hold", reason: "warming-up" };
  return { kind: "quiet", reason: "below-threshold" };
}
