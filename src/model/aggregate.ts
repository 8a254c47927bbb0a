import type { VenueLevels } from "./levels.ts";
import type { LiquidationMap, Method, VenueShare, VenueStatus } from "./types.ts";

/** What one venue brings to a symbol's map; figures of a venue that is not fresh are its last known. */
export interface VenueInput {
  readonly id: string;
  readonly status: VenueStatus;
  readonly ageMs: number | null;
  readonly method: Method;
  readonly markPrice?: number;
  readonly openInterestUsd?: number;
  readonly levels?: VenueLevels;
  readonly reason?: string;
}

/** One side of the merged map: notional in USD by log-distance bin from the mark, with running totals. */
export interface Profile {
  readonly notionalUsd: Float64Array;
  /** cumulativeUsd[i] = notional in bins 0 … i. */
  readonly cumulativeUsd: Float64Array;
}

export interface Aggregate {
  readonly symbol: string;
  readonly time: number;
  /** Open-interest-weighted median of fresh marks; undefined when no venue is fresh. */
  readonly markPrice: number | undefined;
  /** The same over every venue's last known mark: for display only. */
  readonly lastMarkPrice: number | undefined;
  readonly long: Profile;
  readonly short: Profile;
  readonly shares: readonly VenueShare[];
  /** Fresh open interest / last known. */
  readonly coverage: number;
  /** Age of the oldest fresh venue's data. */
  readonly ageMs: number | null;
  /** Of the fresh venues. */
  readonly openInterestUsd: number;
}

export function aggregateVenues(symbol: string, time: number, inputs: readonly VenueInput[]): Aggregate {
  throw new Error(`not built yet: ${symbol} ${time} ${inputs.length}`);
}

export function toLiquidationMap(aggregate: Aggregate): LiquidationMap {
  throw new Error(`not built yet: ${aggregate.symbol}`);
}
