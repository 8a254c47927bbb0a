import type { FireDecision } from "../../src/alerts/decision.ts";
import type { Imbalance } from "../../src/model/types.ts";

const referenceMark = 84_230;
export const exampleTime = Date.UTC(2026, 10, 22, 12, 40);

/** The reference case: N = $1.1B, −$2,000, +$770 at 84,230. */
export const referenceImbalance: Imbalance = {
  symbol: "BTC",
  time: exampleTime,
  markPrice: referenceMark,
  notionalUsd: 1_100_000_000,
  downDistanceUsd: 2_000,
  upDistanceUsd: 770,
  downDistanceRatio: 2_000 / referenceMark,
  upDistanceRatio: 770 / referenceMark,
  ratio: 2_000 / 770,
  ratioMean: 2.48,
  ratioLow: null,
  ratioHigh: null,
  realisedShare: null,
  regime: "short-squeeze",
  bands: [],
  venues: [
    { id: "binanceusdm", status: "fresh", ageMs: 4_200, openInterestUsd: 9.1e9, method: "estimated" },
    { id: "bybit", status: "fresh", ageMs: 3_100, openInterestUsd: 5.2e9, method: "estimated" },
    { id: "okx", status: "fresh", ageMs: 2_500, openInterestUsd: 3.4e9, method: "estimated" },
  ],
  coverage: 1,
  ageMs: 4_200,
};

/** The same with another ratio; its mean is the ratio unless told. */
export function imbalanceOf(ratio: number, ratioMean: number | null = ratio): Imbalance {
  const upDistanceUsd = 1_000;
  return {
    ...referenceImbalance,
    upDistanceUsd,
    downDistanceUsd: ratio * upDistanceUsd,
    downDistanceRatio: (ratio * upDistanceUsd) / referenceMark,
    upDistanceRatio: upDistanceUsd / referenceMark,
    ratio,
    ratioMean,
  };
}

const inverse = (ratio: number | null): number | null => (ratio === null ? null : 1 / ratio);

/** What is below and above changes places. */
export function mirrored(imbalance: Imbalance): Imbalance {
  return {
    ...imbalance,
    downDistanceUsd: imbalance.upDistanceUsd,
    upDistanceUsd: imbalance.downDistanceUsd,
    downDistanceRatio: imbalance.upDistanceRatio,
    upDistanceRatio: imbalance.downDistanceRatio,
    ratio: inverse(imbalance.ratio),
    ratioMean: inverse(imbalance.ratioMean),
    ratioLow: inverse(imbalance.ratioHigh),
    ratioHigh: inverse(imbalance.ratioLow),
    regime: imbalance.regime === "short-squeeze" ? "long-flush" : imbalance.regime,
  };
}

export const firedUp: FireDecision = {
  kind: "fire",
  reason: "held",
  rule: "up-auto-50-2",
  direction: "up",
  alertId: "BTC-up-auto-50-2-mi0example-1",
  episodeId: "BTC-up-auto-50-2-mi0example-1",
  firedAt: exampleTime,
};

const downEpisode = "BTC-down-auto-50-2-mi0example-2";

export const firedDown: FireDecision = {
  ...firedUp,
  rule: "down-auto-50-2",
  direction: "down",
  alertId: downEpisode,
  episodeId: downEpisode,
};
