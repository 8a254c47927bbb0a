import { mapReach } from "../../model/grid.ts";
import type { Imbalance } from "../../model/types.ts";

/**
 * The stretch of prices a map shows: the same share of the mark to both sides, so that lengths compare, and the price
 * stands in the middle.
 */
export interface PriceWindow {
  readonly mark: number;
  readonly low: number;
  readonly high: number;
}

/** Of the farther distance: what lies beyond a callout says whether it was a cluster's edge or its middle. */
const roomBeyond = 1.6;
const leastReach = 0.015;
/** Of a stale map, whose distances nobody may read any more. */
const staleReach = 0.1;

/** Both callouts are visible; where a side can't reach the notional, the whole map is. */
export function windowOf(mark: number, imbalance: Imbalance): PriceWindow {
  const { downDistanceRatio, upDistanceRatio, regime } = imbalance;
  const known = downDistanceRatio !== null && upDistanceRatio !== null;
  const unknownReach = regime === "stale" ? staleReach : mapReach;
  const farther = known ? Math.max(downDistanceRatio, upDistanceRatio) * roomBeyond : unknownReach;
  const reach = Math.min(mapReach, Math.max(leastReach, farther));
  return { mark, low: mark * (1 - reach), high: mark * (1 + reach) };
}
