import { partsWithin, scalesOf } from "../stack.ts";
import { applyStacked, createStacked } from "../stackedSeries.ts";
import type { Bar, SeriesSpec } from "../types.ts";
import type { MapModel } from "./mapModel.ts";

/** The published map by its parts, each scaled to the fuel the first one had consumed: (S_1/S_j)·X_j. */
export function ownMap(spec: SeriesSpec): MapModel {
  const stacked = createStacked(spec);
  const { series, stack } = stacked;
  return {
    within: (side, distance) => {
      const scales = scalesOf(stack);
      return partsWithin(stack, series.state, side, distance).map((mass, part) => mass * (scales[part] ?? 0));
    },
    absorb: (bar) => {
      applyStacked(stacked, bar);
    },
  };
}

const dayMs = 86_400_000;

/** Volume of the null market as a multiple of its open interest a day: what liquid perpetuals turn over. */
const nullTurnoverADay = 3;

/** The same map of the same prices, for a market whose open interest and volume never change. */
export function pathOnlyMap(spec: SeriesSpec): MapModel {
  const map = ownMap(spec);
  const volume = (nullOpenInterest * nullTurnoverADay * spec.intervalMs) / dayMs;
  return {
    within: map.within,
    absorb: (bar) => map.absorb(pathOnly(bar, volume)),
  };
}

/** Any figure will do: the level is fitted. */
const nullOpenInterest = 1e6;

function pathOnly({ openTime, open, high, low, close }: Bar, volume: number): Bar {
  return { openTime, open, high, low, close, volume, openInterest: nullOpenInterest };
}
