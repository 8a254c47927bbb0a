import type { Aggregate } from "./aggregate.ts";
import type { Imbalance } from "./types.ts";

/** What the choice of the reference notional remembers between recomputes; plain JSON. */
export interface NotionalMemory {
  /** The rung in force; null before the first. */
  readonly notionalUsd: number | null;
  /** Another rung that the rule would choose now, and since when (epoch ms) without a break. */
  readonly candidate: { readonly notionalUsd: number; readonly since: number } | null;
}

export const freshNotionalMemory: NotionalMemory = { notionalUsd: null, candidate: null };

export interface ImbalanceOptions {
  /** The user's own notional, instead of the reference rule. */
  readonly notionalUsd?: number;
  /** An alert's episode is running: the rung stays. */
  readonly episodeOpen: boolean;
}

export function measureImbalance(
  aggregate: Aggregate,
  memory: NotionalMemory,
  options: ImbalanceOptions,
): { imbalance: Imbalance; memory: NotionalMemory } {
  throw new Error(`not built yet: ${aggregate.symbol} ${memory.notionalUsd} ${options.episodeOpen}`);
}
