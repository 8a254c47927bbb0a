import { setImmediate as nextTurn } from "node:timers/promises";
import type { Direction } from "../../alerts/data.ts";
import { strength } from "../../alerts/data.ts";
import type { RuleSettings } from "../../alerts/decision.ts";
import type { Episode } from "../../alerts/episode.ts";
import { type Rule, ruleKey } from "../../alerts/rules.ts";
import { stepRule } from "../../alerts/step.ts";
import { advanceWatch, gapLimitMs, startWatch, type Watch } from "../../alerts/watch.ts";
import type { Clock } from "../../ops/clock.ts";
import type { HistoryPoint } from "../../store/contracts/symbols.ts";
import type { BotPorts, Firings } from "../contracts.ts";

const dayMs = 24 * 3_600_000;
const lookedBackDays = 30;

/** Of one rule: what it is doing, and how often it fired. */
interface Rehearsed {
  readonly rule: Rule & { readonly key: string };
  episode: Episode | undefined;
  firedMs: number | undefined;
  firings: number;
}

/** By whoever is shown what it would have done. */
const isInUse = (): boolean => true;

/** The alert rule over recorded minutes, by the same steps as when they happened; one at a time. */
export function rehearse(ratios: readonly number[], settings: RuleSettings) {
  const rules = ratios.flatMap((ratio) => [rehearsed("up", ratio), rehearsed("down", ratio)]);
  const calm = { ...settings, warmupMs: 0 };
  let watch: Watch | undefined;
  const see = ({ time, ratio }: HistoryPoint): void => {
    if (ratio === null || !(ratio > 0)) return;
    const before = watch ?? startWatch(time);
    const gapMs = gapLimitMs(before, settings.holdMs);
    watch = advanceWatch(before, time, gapMs);
    const at = { symbol: "X", now: time, startedAt: 0, watch, gapMs, settings: calm, isInUse };
    const strengths = { up: strength(ratio, "up"), down: strength(ratio, "down") };
    for (const one of rules) stepOne(one, strengths[one.rule.direction], at);
  };
  const counts = (): ReadonlyMap<number, number> => {
    const sums = new Map(ratios.map((ratio) => [ratio, 0]));
    for (const { rule, firings } of rules) sums.set(rule.ratio, (sums.get(rule.ratio) ?? 0) + firings);
    return sums;
  };
  return { see, counts };
}

function rehearsed(direction: Direction, ratio: number): Rehearsed {
  const rule: Rule = { direction, ratio, notionalUsd: "auto", confidence: 50 };
  return { rule: { ...rule, key: ruleKey(rule) }, episode: undefined, firedMs: undefined, firings: 0 };
}

function stepOne(one: Rehearsed, now: number, at: Parameters<typeof stepRule>[3]): void {
  const { rule, episode, firedMs, firings } = one;
  // most rules sleep most of the time
  if (episode === undefined && now < rule.ratio) return;
  const step = stepRule(rule, { episode, firedMs, episodes: firings }, { weakest: now, strongest: now }, at);
  if (step.decision.kind === "fire") one.firings += 1;
  if (episode?.status === "firing") one.firedMs = episode.firedMs;
  one.episode = step.episode;
}

/** Minutes looked at before others get their turn. */
const slice = 2_000;
/** A month changes little in this time. */
const validMs = 10 * 60_000;

/** How often each ratio would have fired in the minutes that were recorded, at most thirty days of them. */
export function createFirings(
  points: BotPorts["points"],
  settings: RuleSettings,
  clock: Clock,
): BotPorts["firings"] {
  const known = new Map<string, { readonly at: number; readonly firings: Promise<Firings> }>();
  const count = async (symbol: string, ratios: readonly number[], now: number): Promise<Firings> => {
    const recorded = await points(symbol, now - lookedBackDays * dayMs, now);
    const rehearsal = rehearse(ratios, settings);
    for (const [index, point] of recorded.entries()) {
      if (index % slice === slice - 1) await nextTurn();
      rehearsal.see(point);
    }
    const first = recorded[0]?.time ?? now;
    const days = Math.min(lookedBackDays, Math.floor((now - first) / dayMs));
    const reconstructed = recorded.filter((point) => point.reconstructed === true).length;
    return { days, isReconstructed: reconstructed > recorded.length / 2, counts: rehearsal.counts() };
  };
  return async (symbol, ratios) => {
    const now = clock.now();
    const before = known.get(symbol);
    if (before !== undefined && now - before.at < validMs) return before.firings;
    const firings = count(symbol, ratios, now);
    known.set(symbol, { at: now, firings });
    // a failure is not remembered
    firings.catch(() => known.delete(symbol));
    return firings;
  };
}
