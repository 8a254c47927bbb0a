import type { Imbalance } from "../model/types.ts";

/** The direction in which the nearer liquidations lie: up = short-squeeze, down = long-flush. */
export type Direction = "up" | "down";

/** Why an imbalance can't decide anything. */
export type BadData = "stale" | "thin" | "one-sided" | "invalid-number";

/** The numbers of an imbalance that has them all, each finite and above 0. */
export interface UsableData {
  readonly markPrice: number;
  readonly notionalUsd: number;
  readonly downDistanceUsd: number;
  readonly upDistanceUsd: number;
  readonly downDistanceRatio: number;
  readonly upDistanceRatio: number;
  readonly ratio: number;
  /** The ratio itself where there is no mean (a user's own notional). */
  readonly ratioMean: number;
}

export type JudgedData =
  { readonly usable: true; readonly data: UsableData } | { readonly usable: false; readonly reason: BadData };

/** Whether anything may be decided, or said, from this imbalance. */
export function judgeData(imbalance: Imbalance): JudgedData {
  if (imbalance.regime === "stale") return { usable: false, reason: "stale" };
  const { markPrice, notionalUsd, downDistanceUsd, upDistanceUsd, ratio } = imbalance;
  const { downDistanceRatio, upDistanceRatio } = imbalance;
  if ((downDistanceUsd === null) !== (upDistanceUsd === null)) return { usable: false, reason: "one-sided" };
  if (imbalance.regime === "thin" || ratio === null || notionalUsd === null || markPrice === null) {
    return { usable: false, reason: "thin" };
  }
  if (downDistanceUsd === null || upDistanceUsd === null) return { usable: false, reason: "thin" };
  if (downDistanceRatio === null || upDistanceRatio === null) return { usable: false, reason: "thin" };
  const data: UsableData = {
    markPrice,
    notionalUsd,
    downDistanceUsd,
    upDistanceUsd,
    downDistanceRatio,
    upDistanceRatio,
    ratio,
    ratioMean: imbalance.ratioMean ?? ratio,
  };
  const sound = Object.values(data).every((value) => Number.isFinite(value) && value > 0);
  return sound ? { usable: true, data } : { usable: false, reason: "invalid-number" };
}

/** How lopsided a ratio is in a direction, above 1 when it leans there: 0.4 is 2.5 downwards. */
export function strength(ratio: number, direction: Direction): number {
  return direction === "up" ? ratio : 1 / ratio;
}
