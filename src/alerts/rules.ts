import type { Direction } from "./data.ts";
import type { Confidence, Subscription } from "./subscription.ts";

/**
 * What is watched once for all who asked for it: a class (direction, notional, confidence; the symbol goes without
 * saying) and a threshold on the grid of steps. A subscription in both directions belongs to two rules.
 */
export interface Rule {
  readonly direction: Direction;
  /** USD, or the map's own reference notional. */
  readonly notionalUsd: number | "auto";
  readonly confidence: Confidence;
  /** τ on the grid. */
  readonly ratio: number;
}

/** A rule as a part of a key and as a name in logs: `up-auto-80-2.5`, `down-1100000000-50-2`. */
export type RuleKey = string;

export const leastThreshold = 1.1;
export const mostThreshold = 20;
const confidences = [50, 80, 90] as const;
const directions = ["up", "down"] as const;

/** The nearest threshold on the grid: steps of 0.05 up to 5, of 0.5 above; never outside of 1.1 to 20. */
export function onGrid(ratio: number): number {
  const perUnit = ratio < 5 ? 20 : 2;
  const step = Math.round(ratio * perUnit) / perUnit;
  return Math.min(mostThreshold, Math.max(leastThreshold, step));
}

export function isOnGrid(ratio: number): boolean {
  return onGrid(ratio) === ratio;
}

/** The threshold below and the one above, one and the same at the grid's ends and on it. */
export function nearestThresholds(ratio: number): readonly [below: number, above: number] {
  const perUnit = ratio < 5 ? 20 : 2;
  const within = (step: number): number => onGrid(step / perUnit);
  return [within(Math.floor(ratio * perUnit)), within(Math.ceil(ratio * perUnit))];
}

export function ruleKey({ direction, notionalUsd, confidence, ratio }: Rule): RuleKey {
  return `${direction}-${notionalUsd}-${confidence}-${ratio}`;
}

/** Undefined where `key` was not made by `ruleKey`. */
export function parseRuleKey(key: RuleKey): Rule | undefined {
  const [way = "", sum = "", sure = "", threshold = "", ...more] = key.split("-");
  const direction = directions.find((word) => word === way);
  const confidence = confidences.find((percent) => String(percent) === sure);
  const notionalUsd = sum === "auto" ? sum : Number(sum);
  const ratio = Number(threshold);
  if (direction === undefined || confidence === undefined || more.length > 0) return undefined;
  const rule: Rule = { direction, notionalUsd, confidence, ratio };
  const sound = (notionalUsd === "auto" || notionalUsd > 0) && isOnGrid(ratio);
  return sound && ruleKey(rule) === key ? rule : undefined;
}

/** The rules a subscription belongs to; none while it is off. */
export function rulesOf(subscription: Subscription): readonly Rule[] {
  if (subscription.mode === "off") return [];
  const { notionalUsd, confidence, ratio, direction } = subscription;
  const ways = direction === "both" ? directions : [direction];
  return ways.map((way) => ({ direction: way, notionalUsd, confidence, ratio }));
}

/** What the operator's destinations are subscribed to: both directions of the map's own notional. */
export function operatorRules(ratio: number): readonly Rule[] {
  return directions.map((direction) => ({
    direction,
    notionalUsd: "auto",
    confidence: 50,
    ratio: onGrid(ratio),
  }));
}
