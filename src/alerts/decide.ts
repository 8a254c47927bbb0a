import type { Imbalance } from "../model/types.ts";
import type { Decision, HoldReason, RuleSettings } from "./decision.ts";
import type { Episode, EpisodeMemory } from "./episode.ts";
import { type Lean, leanOf } from "./lean.ts";
import { classKey, crossedRules, type KeyedRule, type RuleIndex, rulesInUse } from "./ruleIndex.ts";
import { parseRuleKey, type Rule, type RuleKey } from "./rules.ts";
import { interrupt, type Recompute, stepRule } from "./step.ts";
import { advanceWatch, gapLimitMs, type Watch } from "./watch.ts";

/** What a recompute saw of a symbol. */
export interface Sighting {
  readonly symbol: string;
  /** By notional; "auto" is the reference. */
  readonly imbalances: ReadonlyMap<number | "auto", Imbalance>;
  /** Why none of them may decide anything, where each for itself looks good. */
  readonly hold?: HoldReason;
}

export interface Decided {
  /** One for every rule that is beyond its threshold or was; the highest thresholds first. */
  readonly decisions: readonly Decision[];
  readonly memory: EpisodeMemory;
}

/**
 * The alert rules of one symbol at one recompute. Pure: the same arguments give the same decisions. Bad data never
 * fires, never resolves and never advances a hold; a pending crossing outlives it, unless the gap between two good
 * recomputes gets too long (`gapLimitMs`). The work grows with the rules that are beyond their threshold, not with
 * those in use. Where nobody is subscribed to a rule any more, a crossing that is pending is forgotten, and an episode
 * goes on to its end for the messages there are, with nothing to push.
 */
export function decideRules(
  memory: EpisodeMemory,
  sighting: Sighting,
  rules: RuleIndex,
  settings: RuleSettings,
  now: number,
): Decided {
  if (!Number.isFinite(now)) return { decisions: [], memory };
  const leans = createLeans(sighting);
  const gapMs = gapLimitMs(memory.watch, settings.holdMs);
  const watch = isBlind(sighting, leans) ? memory.watch : nextWatch(memory, now, gapMs);
  const { symbol } = sighting;
  const isInUse = rulesInUse(rules);
  const at: Recompute = { symbol, now, startedAt: memory.startedAt, watch, gapMs, settings, isInUse };
  const ledger = openLedger(memory, isInUse);
  const touched = touchedRules(ledger, rules, leans);
  const decisions = touched.map((rule) => decideOne(ledger, rule, leans(rule), at));
  const { held: _before, ...kept } = memory;
  const held = leans(usual);
  return {
    decisions,
    memory: { ...kept, watch, ...closeLedger(ledger, at), ...(typeof held === "string" && { held }) },
  };
}

const usual: Omit<Rule, "ratio"> = { direction: "up", notionalUsd: "auto", confidence: 50 };

function nextWatch({ watch, held }: EpisodeMemory, now: number, gapMs: number): Watch {
  const next = advanceWatch(watch, now, gapMs);
  // time without sight is no usual step
  return held === undefined ? next : { ...next, stepMs: watch.stepMs };
}

type Judged = Lean | HoldReason;

/**
 * Nobody can decide anything now: the venues are away, or our clock is ahead, so that all they say looks old. What of
 * this time has really passed is known when they are heard again, and counts then.
 */
function isBlind({ hold }: Sighting, leans: (rule: Omit<Rule, "ratio">) => Judged): boolean {
  return hold !== undefined || leans(usual) === "stale";
}

/** Each class is judged once. */
function createLeans({ imbalances, hold }: Sighting): (rule: Omit<Rule, "ratio">) => Judged {
  const known = new Map<string, Judged>();
  const judge = ({ direction, notionalUsd, confidence }: Omit<Rule, "ratio">): Judged => {
    const imbalance = imbalances.get(notionalUsd);
    if (imbalance === undefined) return "thin";
    const result = leanOf(imbalance, direction, confidence);
    if (!result.usable) return result.reason;
    return hold ?? result.lean;
  };
  return (rule) => {
    const key = classKey(rule);
    const judged = known.get(key) ?? judge(rule);
    known.set(key, judged);
    return judged;
  };
}

function touchedRules(
  { open }: Ledger,
  rules: RuleIndex,
  leans: (rule: Omit<Rule, "ratio">) => Judged,
): readonly KeyedRule[] {
  const touched = new Map<RuleKey, KeyedRule>();
  for (const key of open.keys()) {
    const rule = parseRuleKey(key);
    if (rule !== undefined) touched.set(key, { ...rule, key });
  }
  for (const one of rules) {
    const lean = leans(one);
    if (typeof lean === "string") continue;
    for (const rule of crossedRules(one, lean.weakest)) touched.set(rule.key, rule);
  }
  return [...touched.values()].toSorted((a, b) => b.ratio - a.ratio || b.confidence - a.confidence);
}

/** The episodes while they are worked on: copying them for each rule would cost their square. */
interface Ledger {
  readonly open: Map<RuleKey, Episode>;
  readonly cooling: Map<RuleKey, number>;
  episodes: number;
}

function openLedger({ open, cooling, episodes }: EpisodeMemory, isInUse: Recompute["isInUse"]): Ledger {
  const wanted = Object.entries(open).filter(([key, { status }]) => {
    const rule = status === "pending" ? parseRuleKey(key) : undefined;
    return rule === undefined || isInUse(rule);
  });
  return { open: new Map(wanted), cooling: new Map(Object.entries(cooling)), episodes };
}

function closeLedger(
  { open, cooling, episodes }: Ledger,
  { watch, settings }: Recompute,
): Pick<EpisodeMemory, "open" | "cooling" | "episodes"> {
  const stillCooling = [...cooling].filter(([, firedMs]) => watch.elapsedMs - firedMs < settings.cooldownMs);
  return { open: Object.fromEntries(open), cooling: Object.fromEntries(stillCooling), episodes };
}

function decideOne(ledger: Ledger, rule: KeyedRule, lean: Judged, at: Recompute): Decision {
  const { key, direction } = rule;
  const before = ledger.open.get(key);
  if (typeof lean === "string") {
    if (before !== undefined) ledger.open.set(key, interrupt(before));
    return { rule: key, direction, kind: "hold", reason: lean };
  }
  const state = { episode: before, firedMs: ledger.cooling.get(key), episodes: ledger.episodes };
  const { decision, episode } = stepRule(rule, state, lean, at);
  if (episode === undefined) ledger.open.delete(key);
  else ledger.open.set(key, episode);
  if (decision.kind === "fire") ledger.episodes += 1;
  if (decision.kind === "resolve" && before?.status === "firing") ledger.cooling.set(key, before.firedMs);
  return decision;
}
