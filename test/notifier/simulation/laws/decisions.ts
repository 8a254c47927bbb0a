import { decideRules } from "../../../../src/alerts/decide.ts";
import { isSaid } from "../../../../src/alerts/decision.ts";
import { type EpisodeMemory, freshEpisodeMemory } from "../../../../src/alerts/episode.ts";
import { edgeOf } from "../../../../src/alerts/alertId.ts";
import { indexRules } from "../../../../src/alerts/ruleIndex.ts";
import { operatorRules, ruleKey } from "../../../../src/alerts/rules.ts";
import { judgeSources } from "../../../../src/alerts/sources.ts";
import { symbols } from "../cast.ts";
import { iso } from "../platforms.ts";
import type { Committed } from "../stage.ts";
import { rule, venues } from "../workers.ts";
import type { Evidence } from "./evidence.ts";

/** These are watched whoever is subscribed. */
const always = operatorRules(rule.ratio).map(ruleKey);
const index = indexRules(always);

/** Workers that die, disagree and follow each other decide what one of them would that never died. */
export function decisions({ history }: Evidence): readonly string[] {
  return symbols.flatMap((symbol) => {
    const own = history.commits.filter(({ commit }) => commit.symbol === symbol);
    let memory = freshEpisodeMemory(own[0]?.commit.at ?? 0);
    return own.flatMap((one) => {
      const expected = expectedOf(memory, one);
      memory = expected.memory;
      const said = saidOf(one);
      return said === expected.said
        ? []
        : [`${symbol} at ${iso(one.at)} by ${one.by}: said "${said}", not "${expected.said}"`];
    });
  });
}

/** A round is given up only where Redis is away: whoever else was faster is no reason. */
export function rounds({ history }: Evidence): readonly string[] {
  return history.failures
    .filter(({ message }) => !/Connection is closed|isn't writeable/.test(message))
    .map(({ at, by, message }) => `${by} at ${iso(at)}: ${message}`);
}

function saidOf({ commit: { ruleAlerts } }: Committed): string {
  return ruleAlerts
    .filter((one) => always.includes(one.rule))
    .map((one) => `${edgeOf(one.alertId)} ${one.rule}`)
    .join(", ");
}

function expectedOf(
  memory: EpisodeMemory,
  { commit: { symbol, imbalance, at } }: Committed,
): { readonly said: string; readonly memory: EpisodeMemory } {
  const hold = judgeSources(imbalance, { configured: venues.length, opposedShare: 0 });
  const sighting = { symbol, imbalances: new Map([["auto" as const, imbalance]]), ...(hold && { hold }) };
  const decided = decideRules(memory, sighting, index, rule, at);
  const said = decided.decisions.filter(isSaid).map((one) => `${edgeOf(one.alertId)} ${one.rule}`);
  return { said: said.join(", "), memory: decided.memory };
}
