import type { VenueInput } from "./aggregate.ts";
import type { ContractShare, VenueShare } from "./types.ts";

/**
 * What each venue brings, its contracts together: open interest is their sum, status, age and reason those of the
 * largest. `freshUsd` is the open interest that the map is made of, by input; 0 for what isn't in it.
 */
export function sharesOf(
  inputs: readonly VenueInput[],
  freshUsd: (input: VenueInput) => number,
): VenueShare[] {
  const total = inputs.reduce((sum, input) => sum + freshUsd(input), 0);
  const byVenue = new Map<string, VenueInput[]>();
  for (const input of inputs) byVenue.set(input.id, [...(byVenue.get(input.id) ?? []), input]);
  return [...byVenue.values()].flatMap((contracts) => {
    const [largest] = contracts.toSorted((a, b) => (knownUsd(b) ?? -1) - (knownUsd(a) ?? -1));
    if (largest === undefined) return [];
    const fresh = contracts.reduce((sum, input) => sum + freshUsd(input), 0);
    return [venueShare(largest, contracts, total > 0 ? fresh / total : undefined)];
  });
}

function venueShare(
  largest: VenueInput,
  contracts: readonly VenueInput[],
  weight: number | undefined,
): VenueShare {
  const { id, status, ageMs, method, measuredShare, reason } = largest;
  const known = contracts.flatMap((input) => knownUsd(input) ?? []);
  return {
    id,
    status,
    ageMs,
    openInterestUsd: known.length === 0 ? null : known.reduce((sum, usd) => sum + usd, 0),
    method,
    ...(weight === undefined ? {} : { weight }),
    ...(measuredShare === undefined ? {} : { measuredShare }),
    ...(reason === undefined ? {} : { reason }),
    ...(contracts.length < 2 ? {} : { contracts: contracts.map(contractShare) }),
  };
}

function contractShare(input: VenueInput): ContractShare {
  const { id, series = id, status, ageMs, reason } = input;
  const share = { series, status, ageMs, openInterestUsd: knownUsd(input) ?? null };
  return reason === undefined ? share : { ...share, reason };
}

/** Open interest that can be one; of what isn't fresh, the last known. */
export function knownUsd({ openInterestUsd = NaN }: VenueInput): number | undefined {
  return Number.isFinite(openInterestUsd) && openInterestUsd > 0 ? openInterestUsd : undefined;
}
