import { alertContent } from "../alerts/content.ts";
import { decideRules, type Sighting } from "../alerts/decide.ts";
import { type Decision, isSaid, type RuleSettings, type SaidDecision } from "../alerts/decision.ts";
import type { EpisodeMemory } from "../alerts/episode.ts";
import { indexRules, notionalsOf, type RuleIndex } from "../alerts/ruleIndex.ts";
import { parseRuleKey, type RuleKey } from "../alerts/rules.ts";
import { judgeSources } from "../alerts/sources.ts";
import type { VenueInput } from "../model/aggregate.ts";
import type { Imbalance } from "../model/types.ts";
import type { Rules, RulesInUse } from "../store/contracts/destinations.ts";
import type { RuleAlert } from "../store/contracts/symbols.ts";
import { opposedShare } from "./opposition.ts";

/** What a recompute knows when its rules are decided. */
export interface Look {
  readonly imbalance: Imbalance;
  readonly inputs: readonly VenueInput[];
  /** Venues that are asked about the symbol. */
  readonly configured: number;
  /** The same map at a sum of somebody's own, USD. */
  readonly measure: (notionalUsd: number) => Imbalance;
  readonly memory: EpisodeMemory;
  readonly now: number;
}

export interface Outcome {
  readonly decisions: readonly Decision[];
  readonly memory: EpisodeMemory;
  /** In the order in which they are to be said. */
  readonly alerts: readonly RuleAlert[];
}

/** A symbol's rules: which are in use, and what they decide. */
export interface RuleWatch {
  /** Brings up to date which rules are in use, where the set of them has another name than known. */
  readonly refresh: (version: string) => Promise<void>;
  readonly decide: (look: Look) => Outcome;
}

/** `always` are watched whoever is subscribed. */
export function createRuleWatch(
  symbol: string,
  rules: Rules,
  { settings, always }: { readonly settings: RuleSettings; readonly always: readonly RuleKey[] },
): RuleWatch {
  let known: RulesInUse | undefined;
  let index: RuleIndex = indexRules(always);
  const operators = new Set(always);
  return {
    refresh: async (version) => {
      if (known?.version === version) return;
      known = await rules.inUse(symbol, known);
      index = indexRules(new Set([...known.members.keys(), ...always]));
    },
    decide: (look) => decideAndTell(symbol, look, { index, operators, settings }),
  };
}

interface Deciding {
  readonly index: RuleIndex;
  /** The operator's own rules: their alerts carry the whole imbalance, which webhooks pass on. */
  readonly operators: ReadonlySet<RuleKey>;
  readonly settings: RuleSettings;
}

function decideAndTell(symbol: string, look: Look, { index, operators, settings }: Deciding): Outcome {
  const imbalances = measureAll(look, index);
  const { memory, now } = look;
  const decideWith = (opposed: number) => {
    const hold = judgeSources(look.imbalance, { configured: look.configured, opposedShare: opposed });
    const sighting: Sighting = { symbol, imbalances, ...(hold !== undefined && { hold }) };
    return decideRules(memory, sighting, index, settings, now);
  };
  const first = decideWith(0);
  // asking each venue by itself takes as long as all the rest: only when something may come of it
  const opposed = first.decisions.some(mayMatter) ? opposedShare(look.imbalance, look.inputs) : 0;
  const decided = opposed > 0 ? decideWith(opposed) : first;
  const said = decided.decisions.filter(isSaid);
  return { ...decided, alerts: said.map((one) => toAlert(one, imbalances, operators.has(one.rule))) };
}

function measureAll(look: Look, index: RuleIndex): Sighting["imbalances"] {
  const open = Object.keys(look.memory.open).flatMap((key) => parseRuleKey(key) ?? []);
  const sums = notionalsOf([...index, ...open]);
  return new Map<number | "auto", Imbalance>([
    ["auto", look.imbalance],
    ...[...sums].map((sum) => [sum, look.measure(sum)] as const),
  ]);
}

/** Says something, or moves on or drops what is pending: nothing that contradictory data may do. */
function mayMatter(decision: Decision): boolean {
  const { kind, reason } = decision;
  return isSaid(decision) || kind === "pending" || kind === "quiet" || reason === "rising";
}

/** With thousands of rules the whole imbalance in each alert would hold up Redis; `isWhole` is for a few. */
function toAlert(decision: SaidDecision, imbalances: Sighting["imbalances"], isWhole: boolean): RuleAlert {
  const { alertId, episodeId, rule, kind } = decision;
  const imbalance = imbalances.get(parseRuleKey(rule)?.notionalUsd ?? "auto");
  if (imbalance === undefined) throw new Error(`${rule} was decided without a measurement`);
  return {
    alertId,
    kind: kind === "fire" || kind === "escalate" ? "push" : "edit",
    episodeId,
    content: JSON.stringify({ ...alertContent(imbalance, decision), ...(isWhole && { imbalance }) }),
    rule,
  };
}
