import type { Imbalance } from "../model/types.ts";
import type { HoldReason } from "./decision.ts";

/** What is known of where an imbalance comes from, beside itself. */
export interface Sources {
  /** Venues that are to be asked about the symbol. */
  readonly configured: number;
  /** Share of the fresh open interest, 0 to 1, whose own map leans the other way. */
  readonly opposedShare: number;
}

/** Fewer can't contradict each other. */
const leastFreshVenues = 2;

/** Under this share of the last known open interest too much of the map is missing. */
const leastCoverage = 0.5;

/** More open interest than this on venues whose mark is far from the others', and it is not known who is right. */
const mostQuarantinedShare = 0.25;

/** From here on the venues don't tell one story. */
const mostOpposedShare = 1 / 3;

/** Why the sources are not to be trusted with an alert; undefined where they are. */
export function judgeSources(
  imbalance: Imbalance,
  { configured, opposedShare }: Sources,
): HoldReason | undefined {
  const fresh = imbalance.venues.filter(({ status }) => status === "fresh");
  if (configured >= leastFreshVenues && fresh.length < leastFreshVenues) return "few-venues";
  if (imbalance.coverage < leastCoverage) return "low-coverage";
  const quarantined = openInterest(imbalance.venues.filter(({ status }) => status === "quarantined"));
  const isTorn = quarantined > mostQuarantinedShare * (quarantined + openInterest(fresh));
  return isTorn || opposedShare >= mostOpposedShare ? "contradiction" : undefined;
}

function openInterest(venues: Imbalance["venues"]): number {
  return venues.reduce((sum, { openInterestUsd }) => sum + (openInterestUsd ?? 0), 0);
}
