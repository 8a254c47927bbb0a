import { edgeOf } from "./alertId.ts";
import { loudOn, noteLoud, notePush, type Push, type Pushes } from "./pushes.ts";
import { quietUntil } from "./quietHours.ts";
import { parseRuleKey, type Rule, type RuleKey } from "./rules.ts";
import type { DestinationRecord, DestinationSettings, Subscription } from "./subscription.ts";
import { localTime } from "./zone.ts";

/** Between two pushes about a symbol in one place. */
export const floorMs = 10 * 60_000;

/** Pushes in a row that come sooner, because it grew stronger. */
export const mostBreaks = 2;

/** A push on its way to one destination. */
export interface GatedAlert {
  readonly symbol: string;
  readonly alertId: string;
  readonly episodeId: string;
  readonly rule: RuleKey;
  /** The strength its message names; undefined where that can't be read. */
  readonly told?: number | undefined;
  /** Epoch ms, when its episode fired. */
  readonly firedAt?: number | undefined;
}

export type SkipReason =
  "forgotten" | "disabled" | "unsubscribed" | "off" | "muted" | "cooling-down" | "floor" | "unknown-rule";

/** What becomes of a push in one place, always with why. */
export type GateDecision =
  | {
      readonly kind: "send";
      readonly loud: boolean;
      readonly reason: "loud" | "silent-mode" | "budget-spent";
      /** To be kept once it was sent for certain; else those before it stay, or it would hold up its own repeat. */
      readonly pushes: Pushes;
    }
  /** Into the summary at `until`, epoch ms. */
  | { readonly kind: "hold"; readonly reason: "quiet-hours"; readonly until: number }
  | { readonly kind: "skip"; readonly reason: SkipReason };

/**
 * Whether a push is said in a place now. Pure; everything it asks about survives restarts, because it comes out of
 * the record and the pushes. Decided once for a crowd that wants the same and was told the same: in one millisecond of
 * a fan-out there are many of it, and records and pushes of the same text share their parts.
 */
export function decidePush(
  alert: GatedAlert,
  record: DestinationRecord | undefined,
  pushes: Pushes,
  now: number,
): GateDecision {
  if (
    newest === undefined ||
    !isAskedAgain(newest, alert, record) ||
    newest.pushes !== pushes ||
    newest.now !== now
  )
    newest = { alert, record, pushes, now, decision: decide(alert, record, pushes, now) };
  return newest.decision;
}

interface Decided {
  readonly alert: GatedAlert;
  readonly record: DestinationRecord | undefined;
  readonly pushes: Pushes;
  readonly now: number;
  readonly decision: GateDecision;
}

let newest: Decided | undefined;

/** Compares the parts by identity, not by what they say: where equal ones are other objects it is decided once more. */
function isAskedAgain(
  before: Decided,
  { symbol, alertId, episodeId, rule, told, firedAt }: GatedAlert,
  record: DestinationRecord | undefined,
): boolean {
  const { alert, record: other } = before;
  return (
    alert.alertId === alertId &&
    alert.symbol === symbol &&
    alert.episodeId === episodeId &&
    alert.rule === rule &&
    alert.told === told &&
    alert.firedAt === firedAt &&
    other?.subscriptions === record?.subscriptions &&
    other?.settings === record?.settings &&
    other?.disabled === record?.disabled
  );
}

function decide(
  alert: GatedAlert,
  record: DestinationRecord | undefined,
  pushes: Pushes,
  now: number,
): GateDecision {
  if (record === undefined) return skip("forgotten");
  if (record.disabled !== undefined) return skip("disabled");
  const rule = ruleOf(alert.rule);
  if (rule === undefined) return skip("unknown-rule");
  const asking = record.subscriptions.filter((one) => one.symbol === alert.symbol && asksFor(one, rule));
  if (asking.length === 0) return skip("unsubscribed");
  const wanted = asking.filter((one) => one.mode !== "off");
  if (wanted.length === 0) return skip("off");
  const { mutedUntil = now, quietHours, zone = "UTC" } = record.settings;
  if (mutedUntil > now) return skip("muted");
  const rested = wanted.filter((one) => !isCooling(one, alert, pushes, now));
  if (rested.length === 0) return skip("cooling-down");
  const until = quietHours && quietUntil(quietHours, zone, now);
  if (until !== undefined) return { kind: "hold", reason: "quiet-hours", until };
  const push = passFloor(alert, rule, pushes.symbols[alert.symbol], now);
  return push === undefined ? skip("floor") : send(alert, record, { pushes, push, asking: rested });
}

let newestRule: { readonly key: RuleKey; readonly rule: Rule | undefined } | undefined;

/** Thousands ask about the same one. */
function ruleOf(key: RuleKey): Rule | undefined {
  if (newestRule?.key !== key) newestRule = { key, rule: parseRuleKey(key) };
  return newestRule.rule;
}

function skip(reason: SkipReason): GateDecision {
  return { kind: "skip", reason };
}

/** Whether its rules (rulesOf) would be this one, if it were on. */
function asksFor(subscription: Subscription, rule: Rule): boolean {
  const { direction, notionalUsd, confidence, ratio } = subscription;
  const isSameWay = direction === "both" || direction === rule.direction;
  return (
    isSameWay && notionalUsd === rule.notionalUsd && confidence === rule.confidence && ratio === rule.ratio
  );
}

/** Who decides and who sends may disagree by this much about the time. */
const skewMs = 60_000;

/** The subscription's own pause; the installation's was the rule's. An episode that goes on is no new alert. */
function isCooling(one: Subscription, alert: GatedAlert, pushes: Pushes, now: number): boolean {
  const last = pushes.subscriptions[one.id];
  if (one.cooldownMs === undefined || last === undefined) return false;
  return !goesOn(alert, pushes, last) && isWithin(last, now, one.cooldownMs);
}

/** Whether the subscription was told of this episode before, also where another rule has spoken since. */
function goesOn(
  { symbol, alertId, episodeId, firedAt = Infinity }: GatedAlert,
  pushes: Pushes,
  last: number,
) {
  if (pushes.symbols[symbol]?.episodeId === episodeId) return true;
  return edgeOf(alertId) !== "fire" && last >= firedAt - skewMs;
}

/** A time further ahead than it could be is of a clock that was wrong. */
function isWithin(at: number, now: number, durationMs: number): boolean {
  return Math.abs(now - at) < durationMs;
}

const escalationFactors = { fire: 1, "escalate-1": 1.5, "escalate-2": 2, update: 1, resolve: 1 } as const;

/** The push that may follow the newest one about this symbol; undefined where it comes too soon. */
function passFloor(alert: GatedAlert, rule: Rule, last: Push | undefined, now: number): Push | undefined {
  const { alertId, episodeId, told } = alert;
  const { direction } = rule;
  const level = rule.ratio * escalationFactors[edgeOf(alertId)];
  const push = { at: now, direction, level, episodeId, breaks: 0, ...(told !== undefined && { told }) };
  if (last === undefined || !isWithin(last.at, now, floorMs)) return push;
  return isStronger(push, last) && last.breaks < mostBreaks
    ? { ...push, breaks: last.breaks + 1 }
    : undefined;
}

/** What has grown by less is no news where as much was said already. */
const grownFactor = 1.1;

/** A higher threshold, which what was said last wasn't beyond yet, or is by far less. */
function isStronger({ direction, level, told = level }: Push, last: Push): boolean {
  const { told: before = last.level } = last;
  return (
    direction === last.direction && level > last.level && (level > before || told >= grownFactor * before)
  );
}

interface Passed {
  readonly pushes: Pushes;
  readonly push: Push;
  readonly asking: readonly Subscription[];
}

function send({ symbol }: GatedAlert, { settings }: DestinationRecord, passed: Passed): GateDecision {
  const { pushes, push, asking } = passed;
  const { day, isSpent } = budgetOf(settings, pushes, push.at);
  const isLoudMode = asking.some((one) => one.mode === "loud");
  const loud = isLoudMode && !isSpent;
  const ids = asking.map((one) => one.id);
  const reason = loud ? "loud" : isLoudMode ? "budget-spent" : "silent-mode";
  return {
    kind: "send",
    loud,
    reason,
    pushes: notePush(pushes, push, { symbol, ids, loudDay: loud ? day : undefined }),
  };
}

/** The day of the destination's zone, and whether as many were loud on it as may be. */
function budgetOf(
  { zone = "UTC", loudPerDay = Infinity }: DestinationSettings,
  pushes: Pushes,
  now: number,
): { readonly day: string; readonly isSpent: boolean } {
  const { day } = localTime(zone, now);
  return { day, isSpent: loudOn(pushes, day) >= loudPerDay };
}

/** What a place is told beside its alerts makes no sound where they make none, and counts among the day's loud ones. */
export function decideSound(
  { subscriptions, settings }: DestinationRecord,
  pushes: Pushes,
  now: number,
): { readonly silent: boolean; readonly pushes: Pushes } {
  const { day, isSpent } = budgetOf(settings, pushes, now);
  const silent = isSpent || !subscriptions.some(({ mode }) => mode === "loud");
  return { silent, pushes: silent ? pushes : noteLoud(pushes, day) };
}
