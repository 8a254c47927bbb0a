import type { HoldReason, RuleSettings } from "./decision.ts";
import type { EpisodeMemory } from "./episode.ts";
import { type Rule, ruleKey } from "./rules.ts";

/** Epoch ms; "cooling-down" counts from the firing. */
export type RuleState =
  | { readonly status: "firing"; readonly since: number; readonly level: 0 | 1 | 2 }
  | { readonly status: "pending"; readonly since: number }
  | { readonly status: "cooling-down"; readonly until: number };

/** What a symbol's rules are doing, for people who ask. */
export interface SymbolRules {
  /** Why nothing is decided now, if so. */
  readonly hold?: HoldReason | "warming-up";
  /** Undefined for a rule that waits for its threshold. */
  readonly stateOf: (rule: Rule) => RuleState | undefined;
}

export function symbolRules(memory: EpisodeMemory, settings: RuleSettings): SymbolRules {
  const { watch, held, open, cooling } = memory;
  const isWarm = watch.elapsedMs >= settings.warmupMs;
  const hold = held ?? (isWarm ? undefined : "warming-up");
  const untilOf = (firedMs: number): number =>
    watch.wallAt + settings.cooldownMs - (watch.elapsedMs - firedMs);
  return {
    ...(hold !== undefined && { hold }),
    stateOf: (rule) => {
      const key = ruleKey(rule);
      const episode = open[key];
      const firedMs = cooling[key];
      if (episode?.status === "firing")
        return { status: "firing", since: episode.firedAt, level: episode.level };
      if (firedMs !== undefined) return { status: "cooling-down", until: untilOf(firedMs) };
      return episode === undefined ? undefined : { status: "pending", since: episode.since };
    },
  };
}
