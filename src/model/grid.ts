import type { Side } from "./types.ts";

/**
 * The grid of one side. Its coordinate x grows outwards, towards liquidation: x = −ln P for longs, ln P for
 * shorts, counted in bins, so both sides run the same code and a mirrored market gives a mirrored state.
 */

/** 5 bp: a 100× position is liquidated 0.6 % away, twelve bins; finer would only resolve the prior's spread. */
export const binWidth = 0.0005;

/**
 * Bins a row keeps ahead of the price: 0.64 in ln price, −47 % and +90 %. Positions whose trigger lies beyond have
 * ≤ 2.5× effective leverage; price seldom comes that far within their half-life, so they stay a sum, the overflow.
 */
export const binCount = 1280;

/** Bins the grid keeps behind the frontier and moves by: a block of 3.2 %, so that most bars move nothing. */
export const blockBins = 64;

/** The map reaches this far from the mark, as a share of it; what lies beyond is never shown. */
export const mapReach = 0.25;

/** An offset for "no price liquidates it": beyond any grid. */
export const beyondReach = 1e6;

export function outwards(side: Side, logPrice: number): number {
  return (side === "long" ? -logPrice : logPrice) / binWidth;
}

/** The first bin whose centre lies beyond x; everything before it has been crossed. */
export function firstUncrossed(x: number): number {
  return Math.floor(x - 0.5) + 1;
}

/** Log distance of a price `ratio` of the mark away: 25 % down is farther in logs than 25 % up. */
export function logDistance(side: Side, ratio: number): number {
  return side === "long" ? -Math.log1p(-ratio) : Math.log1p(ratio);
}

/** The mirror of `logDistance`: share of the mark between it and a price at this log distance. */
export function distanceRatio(side: Side, distance: number): number {
  return side === "long" ? -Math.expm1(-distance) : Math.expm1(distance);
}
