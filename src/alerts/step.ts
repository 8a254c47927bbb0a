import { alertIdOf, episodeIdOf, updateIdOf } from "./alertId.ts";
import type { Decision, RuleSettings, SaidDecision } from "./decision.ts";
import { type Episode, exitLevel, type Firing, type Pending } from "./episode.ts";
import { hasHeld, seeHold } from "./hold.ts";
import type { Lean } from "./lean.ts";
import type { KeyedRule } from "./ruleIndex.ts";
import type { Rule } from "./rules.ts";
import type { Watch } from "./watch.ts";

/** One recompute, as every rule sees it. */
export interface Recompute {
  readonly symbol: string;
  readonly now: number;
  readonly startedAt: number;
  readonly watch: Watch;
  readonly gapMs: number;
  readonly settings: RuleSettings;
  /** Whether anybody is subscribed to it. */
  readonly isInUse: (rule: Rule) => boolean;
}

/** What a rule does at a recompute whose data is good, and what it remembers; undefined: nothing. */
export interface Step {
  readonly decision: Decision;
  readonly episode: Episode | undefined;
}

export interface RuleBefore {
  readonly episode: Episode | undefined;
  /** The watch at its newest firing, where that may still matter. */
  readonly firedMs: number | undefined;
  /** Firings of all rules so far. */
  readonly episodes: number;
}

export function stepRule(rule: KeyedRule, before: RuleBefore, lean: Lean, at: Recompute): Step {
  if (before.episode?.status === "firing") return stepFiring(rule, before.episode, lean, at);
  const { key, direction } = rule;
  if (at.watch.elapsedMs < at.settings.warmupMs) {
    const decision = { rule: key, direction, kind: "hold", reason: "warming-up" } as const;
    return { decision, episode: before.episode };
  }
  if (lean.weakest < rule.ratio) {
    return {
      decision: { rule: key, direction, kind: "quiet", reason: "below-threshold" },
      episode: undefined,
    };
  }
  return stepPending(rule, { ...before, pending: before.episode }, lean, at);
}

function stepPending(
  rule: KeyedRule,
  before: RuleBefore & { readonly pending: Pending | undefined },
  lean: Lean,
  at: Recompute,
): Step {
  const { key, direction } = rule;
  const episode: Pending = { status: "pending", ...seeHold(before.pending, at) };
  if (isCooling(before.firedMs, at)) {
    return { decision: { rule: key, direction, kind: "hold", reason: "cooling-down" }, episode };
  }
  if (!hasHeld(episode, at.settings.holdMs)) {
    const { heldMs } = episode;
    return { decision: { rule: key, direction, kind: "pending", reason: "pending-hold", heldMs }, episode };
  }
  return fire(rule, before.episodes + 1, lean, at);
}

function fire({ key, direction, ratio }: KeyedRule, nth: number, lean: Lean, at: Recompute): Step {
  const episodeId = episodeIdOf(at.symbol, key, at.startedAt, nth);
  const firedMs = at.watch.elapsedMs;
  const told = { rule: key, direction, episodeId, firedAt: at.now };
  return {
    decision: { ...told, kind: "fire", reason: "held", alertId: alertIdOf(episodeId, "fire") },
    episode: {
      status: "firing",
      episodeId,
      firedAt: at.now,
      firedMs,
      // its message says how strong it is already
      level: levelOf(lean.weakest / ratio),
      said: lean.weakest,
      saidMs: firedMs,
      updates: 0,
    },
  };
}

function isCooling(firedMs: number | undefined, { watch, settings }: Recompute): boolean {
  return firedMs !== undefined && watch.elapsedMs - firedMs < settings.cooldownMs;
}

function stepFiring(rule: KeyedRule, firing: Firing, lean: Lean, at: Recompute): Step {
  const { episodeId, firedAt } = firing;
  const told = { rule: rule.key, direction: rule.direction, episodeId, firedAt };
  if (lean.strongest < exitLevel(rule.ratio)) {
    const alertId = alertIdOf(episodeId, "resolve");
    return { decision: { ...told, kind: "resolve", reason: "resolved", alertId }, episode: undefined };
  }
  const { rising: before, ...kept } = firing;
  const reached = levelOf(lean.weakest / rule.ratio);
  if (reached > firing.level && at.isInUse(rule)) {
    const rising = seeHold(before, at);
    if (hasHeld(rising, at.settings.holdMs)) return escalate(told, { ...kept, level: reached }, lean, at);
    return { decision: { ...told, kind: "firing", reason: "rising" }, episode: { ...kept, rising } };
  }
  if (hasGrown(kept, lean, at)) return update(told, kept, lean, at);
  const reason = lean.weakest >= rule.ratio ? "already-firing" : "within-hysteresis";
  return { decision: { ...told, kind: "firing", reason }, episode: kept };
}

type Told = Pick<SaidDecision, "rule" | "direction" | "episodeId" | "firedAt">;

function escalate(told: Told, firing: Firing, { weakest }: Lean, at: Recompute): Step {
  const isDouble = firing.level === 2;
  const alertId = alertIdOf(told.episodeId, isDouble ? "escalate-2" : "escalate-1");
  return {
    decision: { ...told, kind: "escalate", reason: isDouble ? "double" : "half-again", alertId },
    episode: { ...firing, said: weakest, saidMs: at.watch.elapsedMs },
  };
}

/** A message is brought up to date when the figure grew by this much since it was said, and not more often. */
const updateFactor = 1.1;
const updatePauseMs = 5 * 60_000;

function hasGrown({ said, saidMs }: Firing, { weakest }: Lean, { watch }: Recompute): boolean {
  return weakest >= updateFactor * said && watch.elapsedMs - saidMs >= updatePauseMs;
}

function update(told: Told, firing: Firing, { weakest }: Lean, at: Recompute): Step {
  const updates = firing.updates + 1;
  const alertId = updateIdOf(told.episodeId, updates);
  return {
    decision: { ...told, kind: "update", reason: "grown", alertId },
    episode: { ...firing, said: weakest, saidMs: at.watch.elapsedMs, updates },
  };
}

function levelOf(timesThreshold: number): Firing["level"] {
  if (timesThreshold >= 2) return 2;
  return timesThreshold >= 1.5 ? 1 : 0;
}

/** What data that can't be judged does to an episode: time until the next good recompute doesn't count. */
export function interrupt(episode: Episode): Episode {
  if (episode.status === "pending") return { ...episode, interrupted: true };
  if (episode.rising === undefined) return episode;
  return { ...episode, rising: { ...episode.rising, interrupted: true } };
}
