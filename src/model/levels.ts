import type { ContractType } from "./types.ts";

/**
 * One side of a venue's modelled exposure by log distance from the mark: bin i is centred at
 * `nearest + i × binWidth`, outwards; quantities in contracts' own unit.
 */
export interface SideLevels {
  readonly nearest: number;
  readonly quantities: Float64Array;
}

/** What `seriesLevels` says about one venue's contract. */
export interface VenueLevels {
  readonly contractType: ContractType;
  readonly markPrice: number;
  readonly long: SideLevels;
  readonly short: SideLevels;
}
