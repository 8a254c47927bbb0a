import type { BadData, Direction } from "./data.ts";
import type { RuleKey } from "./rules.ts";

/** When to alert. Durations in ms, on the one clock of the process. */
export interface RuleSettings {
  /** How long a crossing must hold, and at least two recomputes. */
  readonly holdMs: number;
  /** Quiet time after a firing, for each rule by itself; the end of an episode doesn't shorten it. */
  readonly cooldownMs: number;
  /** Silence after a cold start. */
  readonly warmupMs: number;
}

/** For one threshold on the map's own notional, in both directions: what an operator sets. */
export interface AlertRule extends RuleSettings {
  /** τ > 1. */
  readonly ratio: number;
}

/** Why nothing may be decided of a symbol now. */
export type HoldReason = BadData | "few-venues" | "low-coverage" | "contradiction" | "uncertain";

interface Common {
  readonly rule: RuleKey;
  readonly direction: Direction;
}

interface OfEpisode extends Common {
  /** The alertId of its first push. */
  readonly episodeId: string;
  /** Epoch ms. */
  readonly firedAt: number;
}

/** Something to say. `alertId` is safe as a part of a key: `^[A-Za-z0-9_.-]+$`. */
export interface FireDecision extends OfEpisode {
  readonly kind: "fire";
  readonly reason: "held";
  readonly alertId: string;
}

export interface EscalateDecision extends OfEpisode {
  readonly kind: "escalate";
  /** 1.5 and 2 times the threshold. */
  readonly reason: "half-again" | "double";
  readonly alertId: string;
}

/** Nobody is pushed anything: the messages there are say it. */
export interface UpdateDecision extends OfEpisode {
  readonly kind: "update";
  readonly reason: "grown";
  readonly alertId: string;
}

export interface ResolveDecision extends OfEpisode {
  readonly kind: "resolve";
  readonly reason: "resolved";
  readonly alertId: string;
}

export type SaidDecision = FireDecision | EscalateDecision | UpdateDecision | ResolveDecision;

/** What was decided of a rule that is beyond its threshold, or was. */
export type Decision =
  | SaidDecision
  | (OfEpisode & {
      readonly kind: "firing";
      /** `within-hysteresis`: weaker than τ, but not back at the exit level. */
      readonly reason: "already-firing" | "within-hysteresis" | "rising";
    })
  | (Common & { readonly kind: "pending"; readonly reason: "pending-hold"; readonly heldMs: number })
  | (Common & { readonly kind: "quiet"; readonly reason: "below-threshold" })
  /** Nothing may be decided now; what was pending or firing stays so. */
  | (Common & { readonly kind: "hold"; readonly reason: HoldReason | "warming-up" | "cooling-down" });

export function isSaid(decision: Decision): decision is SaidDecision {
  return "alertId" in decision;
}
