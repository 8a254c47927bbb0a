import type { Side } from "./types.ts";

/**
 * What the filter believes before any liquidation was seen. Every figure is a prior: positions' leverage is not
 * public anywhere, so these stand until calibration on realised liquidations moves them.
 */

/** Nominal leverages of the tiers 2–3, 5, 10, 20–25, 50 and 75–125×. */
export const tierLeverages = [2, 3, 5, 10, 20, 25, 50, 100] as const;
export const tierCount = tierLeverages.length;

export interface Mix {
  /** Share that never liquidates: hedged, market making, collateral to spare. */
  readonly hedged: number;
  /** Share of each tier, in the order of `tierLeverages`; with `hedged` they sum to 1. */
  readonly tiers: readonly number[];
}

const longMix: Mix = { hedged: 0.34, tiers: [0.08, 0.12, 0.14, 0.14, 0.05, 0.05, 0.05, 0.03] };

/** The short side hedges more: basis and spot-hedge positions are short the perpetual. */
const shortHedged = 0.42;

export const priorMix: Readonly<Record<Side, Mix>> = {
  long: longMix,
  short: {
    hedged: shortHedged,
    tiers: longMix.tiers.map((share) => (share * (1 - shortHedged)) / (1 - longMix.hedged)),
  },
};

/**
 * Effective leverage is L·U with U uniform on [0.3, 1]: it stands for cross margin, added margin and the sizes
 * a tier's holders really choose.
 */
export const leverageSpread = { least: 0.3, most: 1 } as const;

/** Notional of a position as venues mostly see them; it picks the maintenance bracket of a whole tier. */
export const typicalTicketUsd = 25_000;

/** Half-life of a tier's positions in days of usual volume: 72 minutes at 100×, a day at 5× (docs/model.md). */
export function halfLifeDays(leverage: number): number {
  return (0.05 * 100) / leverage;
}

/** Hedges are rolled slowly, near the life of a 1× position. */
export const hedgedHalfLifeDays = 10;

/**
 * Gains are realised 1.5 times as readily as losses (Odean 1998, "Are investors reluctant to realize their
 * losses?": PGR .148, PLR .098). Half of it speeds gains up, half slows losses down.
 */
export const dispositionRatio = 1.5;

/** Profit on margin at which the disposition is felt in full. */
export const dispositionScale = 0.5;

/** Volume time runs against the usual volume, an average with this half-life. */
export const usualVolumeHalfLifeDays = 7;

/** Last-price wicks overshoot the mark: it goes about this far along a wick (measured on hourly bars). */
export const markShareOfWick = 0.95;
