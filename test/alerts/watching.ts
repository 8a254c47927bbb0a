import { decideRules, type Sighting } from "../../src/alerts/decide.ts";
import type { Decision, RuleSettings } from "../../src/alerts/decision.ts";
import { type EpisodeMemory, freshEpisodeMemory } from "../../src/alerts/episode.ts";
import { indexRules } from "../../src/alerts/ruleIndex.ts";
import type { RuleKey } from "../../src/alerts/rules.ts";
import type { Imbalance } from "../../src/model/types.ts";
import { imbalanceOf } from "./examples.ts";

export const minute = 60_000;
export const hour = 60 * minute;
export const start = Date.UTC(2026, 10, 22);
export const settings: RuleSettings = { holdMs: 90_000, cooldownMs: hour, warmupMs: 0 };

interface Watching {
  readonly keys: readonly RuleKey[];
  readonly from?: EpisodeMemory;
  readonly hold?: Sighting["hold"];
}

/** One recompute a minute, of these imbalances. */
export function watch(imbalances: readonly Imbalance[], { keys, from, hold }: Watching) {
  const index = indexRules(keys);
  let memory = from ?? freshEpisodeMemory(start);
  const decisions = imbalances.map((imbalance, at) => {
    const sighting = {
      symbol: "BTC",
      imbalances: new Map([["auto" as const, imbalance]]),
      ...(hold && { hold }),
    };
    const decided = decideRules(
      memory,
      sighting,
      index,
      settings,
      memory.watch.wallAt + (at === 0 ? 0 : minute),
    );
    memory = decided.memory;
    return decided.decisions;
  });
  return { memory, decisions };
}

export const times = (count: number, ratio: number): readonly Imbalance[] =>
  Array.from({ length: count }, () => imbalanceOf(ratio));
export const said = (decisions: readonly Decision[] | undefined): readonly string[] =>
  (decisions ?? []).map(({ rule, kind, reason }) => `${rule} ${kind}: ${reason}`);
