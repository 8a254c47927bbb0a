import { tiersAhead } from "../ahead.ts";
import { outwards } from "../grid.ts";
import { tierCount } from "../priors.ts";
import { partsWithin, scalesOf } from "../stack.ts";
import { applyStacked, createStacked } from "../stackedSeries.ts";
import type { Bar, SeriesSpec } from "../types.ts";
import type { MapModel } from "./mapModel.ts";

/**
 * The published map by the parts that are drawn: the filter's tiers, then the other parts, scaled to the fuel the
 * filter had consumed: (S_1/S_j)·X_j.
 */
export function ownMap(spec: SeriesSpec): MapModel {
  const stacked = createStacked(spec);
  const { series, stack } = stacked;
  return {
    within: (side, distance) => {
      const scales = scalesOf(stack);
      const { state } = series;
      const price = outwards(side, Math.log(state.lastPrice ?? NaN));
      const [, ...others] = partsWithin(stack, state, side, distance);
      return [
        ...tiersAhead(state[side], price, state.lastPrice === undefined ? 0 : distance),
        ...others.map((mass, other) => mass * (scales[other + 1] ?? 0)),
      ];
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

/** The stack's four parts of what `ownMap` says: its tiers are one. */
export function asStack(parts: readonly Float64Array[]): Float64Array[] {
  const filter = new Float64Array(parts[0]?.length ?? 0);
  for (const tier of parts.slice(0, tierCount)) {
    for (let cell = 0; cell < filter.length; cell += 1)
      filter[cell] = (filter[cell] ?? 0) + (tier[cell] ?? 0);
  }
  return [filter, ...parts.slice(tierCount)];
}
