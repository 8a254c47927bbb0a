import type { Imbalance, RatioPercentiles } from "../model/types.ts";
import { judgeData, strength, type BadData, type Direction, type UsableData } from "./data.ts";
import type { Confidence } from "./subscription.ts";

/** How lopsided a map is in one direction, above 1 when it leans there. */
export interface Lean {
  /** To be beyond a threshold this must be. */
  readonly weakest: number;
  /** To be back below it this must be. */
  readonly strongest: number;
}

/** "uncertain": too many draws of the model can't reach the notional to say how sure it is. */
export type LeanResult =
  | { readonly usable: true; readonly lean: Lean }
  | { readonly usable: false; readonly reason: BadData | "uncertain" };

/**
 * At 50 % the ratio at the notional, which lies amid the draws, and its mean around it must both be beyond a
 * threshold, and both be back: one lucky notional mustn't decide alone. At 80 and 90 % the percentile must be beyond
 * it as well, and is what ends an episode. Where the model gives no percentiles the ratio is all of them.
 */
export function leanOf(imbalance: Imbalance, direction: Direction, confidence: Confidence): LeanResult {
  const judged = judgeData(imbalance);
  if (!judged.usable) return judged;
  const { ratioPercentiles } = imbalance;
  const both = plain(judged.data, direction);
  if (confidence === 50 || ratioPercentiles === undefined) {
    return { usable: true, lean: { weakest: Math.min(...both), strongest: Math.max(...both) } };
  }
  if (ratioPercentiles === null) return { usable: false, reason: "uncertain" };
  const sure = soundStrength(ratioPercentiles[percentileFor(direction, confidence)], direction);
  return { usable: true, lean: { weakest: Math.min(sure, ...both), strongest: sure } };
}

function plain({ ratio, ratioMean }: UsableData, direction: Direction): readonly number[] {
  return [strength(ratio, direction), strength(ratioMean, direction)];
}

/** P(ratio > τ) ≥ 80 % where its 20th percentile is above τ; downwards the mirror. */
function percentileFor(direction: Direction, confidence: 80 | 90): keyof RatioPercentiles {
  if (direction === "up") return confidence === 80 ? "p20" : "p10";
  return confidence === 80 ? "p80" : "p90";
}

/** A percentile that lies among draws without a ratio is no strength at all. */
function soundStrength(ratio: number, direction: Direction): number {
  const value = strength(ratio, direction);
  return Number.isFinite(value) && value > 0 ? value : 0;
}
