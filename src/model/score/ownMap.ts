import { tiersAhead } from "../ahead.ts";
import { outwards } from "../grid.ts";
import { pathOnly } from "../nullMap.ts";
import { tierCount } from "../priors.ts";
import { partsWithin, scalesOf } from "../stack.ts";
import { applyStacked, createStacked } from "../stackedSeries.ts";
import type { SeriesSpec } from "../types.ts";
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

/** The same map of the same prices, for a market whose open interest and volume never change. */
export function pathOnlyMap(spec: SeriesSpec): MapModel {
  const map = ownMap(spec);
  return {
    within: map.within,
    absorb: (bar) => map.absorb(pathOnly(bar, spec.intervalMs)),
  };
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
