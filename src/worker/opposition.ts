import type { VenueInput } from "../model/aggregate.ts";
import { ownRatio } from "../model/imbalance.ts";
import type { Imbalance } from "../model/types.ts";

/** Beyond this, or its inverse, a venue's own map leans; the same as where the model's regimes begin. */
const leaningRatio = 1.25;

/**
 * Share of the fresh open interest on venues whose own map leans against the whole, each measured at its share of the
 * notional. A venue that leans neither way opposes nothing.
 */
export function opposedShare(imbalance: Imbalance, inputs: readonly VenueInput[]): number {
  const { ratio, notionalUsd } = imbalance;
  const fresh = inputs.filter(({ status }) => status === "fresh");
  const total = fresh.reduce((sum, { openInterestUsd }) => sum + (openInterestUsd ?? 0), 0);
  if (ratio === null || notionalUsd === null || total === 0 || fresh.length < 2) return 0;
  const opposing = fresh.filter((input) => {
    const own = ownRatio(input, ((input.openInterestUsd ?? 0) / total) * notionalUsd);
    return own !== null && (ratio > 1 ? own < 1 / leaningRatio : own > leaningRatio);
  });
  return opposing.reduce((sum, { openInterestUsd }) => sum + (openInterestUsd ?? 0), 0) / total;
}
