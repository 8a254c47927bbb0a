import type { Direction } from "./data.ts";
import { parseRuleKey, type Rule, type RuleKey } from "./rules.ts";
import type { Confidence } from "./subscription.ts";

export interface KeyedRule extends Rule {
  readonly key: RuleKey;
}

/** Rules that are decided by the same figure. */
export interface RuleClass {
  readonly direction: Direction;
  readonly notionalUsd: number | "auto";
  readonly confidence: Confidence;
  /** By threshold, the lowest first. */
  readonly rules: readonly KeyedRule[];
}

/** A symbol's rules in use, so that those beyond their threshold are found without looking at the others. */
export type RuleIndex = readonly RuleClass[];

/** Made once for each set of rules. Keys that are no rule's are left out. */
export function indexRules(keys: Iterable<RuleKey>): RuleIndex {
  const classes = new Map<string, { of: KeyedRule; rules: KeyedRule[] }>();
  for (const key of keys) {
    const rule = parseRuleKey(key);
    if (rule === undefined) continue;
    const keyed = { ...rule, key };
    const known = classes.get(classKey(rule));
    if (known === undefined) classes.set(classKey(rule), { of: keyed, rules: [keyed] });
    else known.rules.push(keyed);
  }
  return [...classes.values()].map(({ of: { direction, notionalUsd, confidence }, rules }) => ({
    direction,
    notionalUsd,
    confidence,
    rules: rules.toSorted((a, b) => a.ratio - b.ratio),
  }));
}

export function classKey({ direction, notionalUsd, confidence }: Omit<RuleClass, "rules">): string {
  return `${direction}-${notionalUsd}-${confidence}`;
}

/** The rules whose threshold isn't above `strength`. */
export function crossedRules({ rules }: RuleClass, strength: number): readonly KeyedRule[] {
  return rules.slice(0, countUpTo(rules, strength));
}

/** Says of a rule whether somebody has subscribed to it, without looking at all of them. */
export function rulesInUse(index: RuleIndex): (rule: Rule) => boolean {
  const classes = new Map(index.map((one) => [classKey(one), one.rules]));
  return (rule) => {
    const rules = classes.get(classKey(rule)) ?? [];
    return rules[countUpTo(rules, rule.ratio) - 1]?.ratio === rule.ratio;
  };
}

/** How many thresholds are `strength` at most. */
function countUpTo(rules: readonly KeyedRule[], strength: number): number {
  let [first, end] = [0, rules.length];
  while (first < end) {
    const middle = (first + end) >>> 1;
    if ((rules[middle]?.ratio ?? Infinity) <= strength) first = middle + 1;
    else end = middle;
  }
  return first;
}

/** Sums of their own that the rules ask to be measured. */
export function notionalsOf(index: Iterable<Pick<Rule, "notionalUsd">>): ReadonlySet<number> {
  return new Set([...index].map(({ notionalUsd }) => notionalUsd).filter((sum) => sum !== "auto"));
}
