import type { FiringContent } from "../alerts/content.ts";
import { binWidth, mapReach } from "../model/grid.ts";
import type { Imbalance, MapLevel, Side } from "../model/types.ts";
import type { Look, MapRequest } from "./contracts.ts";

/** Multiples of a side's distance at which the example's leverage crowds, with its share there. */
const crowds: readonly (readonly [multiple: number, share: number])[] = [
  [0.4, 0.5],
  [0.9, 1],
  [1.8, 1.2],
  [3.5, 1],
  [6, 0.8],
];

/** A made-up map that says what the content of a test alert says, marked as a test across. */
export function exampleMap(content: FiringContent, look: Look): MapRequest {
  const { symbol, time, markPrice, notionalUsd, downDistanceRatio, upDistanceRatio, ratio } = content;
  const imbalance: Imbalance = {
    symbol,
    time,
    markPrice,
    notionalUsd,
    downDistanceRatio,
    upDistanceRatio,
    ratio,
    downDistanceUsd: content.downDistanceUsd,
    upDistanceUsd: content.upDistanceUsd,
    ratioMean: ratio,
    ratioLow: null,
    ratioHigh: null,
    realisedShare: null,
    regime: ratio >= 1 ? "short-squeeze" : "long-flush",
    bands: [],
    venues: [],
    coverage: 0,
    ageMs: null,
  };
  const map = {
    symbol,
    time,
    markPrice,
    long: sideLevels("long", markPrice, downDistanceRatio, notionalUsd),
    short: sideLevels("short", markPrice, upDistanceRatio, notionalUsd),
  };
  return { map, imbalance, example: true, look };
}

/** Levels that reach `notionalUsd` at the distance. */
function sideLevels(side: Side, markPrice: number, distance: number, notionalUsd: number): MapLevel[] {
  const outward = side === "long" ? -1 : 1;
  const bins = Math.floor(mapReach / binWidth);
  const away = Array.from({ length: bins }, (_, bin) => (bin + 0.5) * binWidth);
  const weights = away.map((one) => weightAt(one / distance));
  const within = away.reduce((sum, one, bin) => sum + (one < distance ? (weights[bin] ?? 0) : 0), 0);
  return away.map((one, bin) => [
    markPrice * (1 + outward * one),
    ((weights[bin] ?? 0) * notionalUsd) / within,
  ]);
}

function weightAt(multiple: number): number {
  return crowds.reduce(
    (sum, [at, share]) => sum + share * Math.exp(-(((multiple - at) / (0.25 * at)) ** 2)),
    0.02,
  );
}
