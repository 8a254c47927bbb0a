import type { Aggregate, VenueInput } from "./aggregate.ts";
import { certainPart, drawnParts } from "./draws.ts";
import { binWidth, mapReach } from "./grid.ts";
import type { PartProfile } from "./parts.ts";
import { drawWithin } from "./posterior.ts";
import { notionalWithin, priceShares, type Profile } from "./profile.ts";
import { tierLeverages } from "./priors.ts";
import type { Side } from "./types.ts";

/**
 * What a map is made of, for pictures: shares by price and confidence by distance. Shares and factors instead of
 * dollars, because they stay true for a map that is some minutes newer.
 */
export interface MapDetail {
  readonly time: number;
  readonly markPrice: number;
  /** ln price from one bin to the next; bins begin at the mark and go outwards. */
  readonly binWidth: number;
  /** The highest nominal leverage of each group, ascending. */
  readonly leverages: readonly number[];
  /** ccxt ids of those that are in it. */
  readonly venues: readonly string[];
  readonly long: SideDetail;
  readonly short: SideDetail;
}

export interface SideDetail {
  /** By bin: the share that was measured rather than modelled. */
  readonly measured: Float32Array;
  /** Bin after bin, the share of each leverage in what was modelled; they sum to 1, or to 0 in empty bins. */
  readonly byLeverage: Float32Array;
  /** Bin after bin, the share of each venue in all of it. */
  readonly byVenue: Float32Array;
  readonly band: readonly BandFactor[];
}

/** Within a distance (share of the mark), the 10th and 90th percentile of the notional over the notional. */
export type BandFactor = readonly [distanceRatio: number, low: number, high: number];

/** Model bins to one of the detail's: 20 bp, where shares change little. */
const binsToOne = 4;

/** Tiers by group; their highest leverage names them. */
const groups: readonly (readonly number[])[] = [[2, 3], [5], [10], [20, 25], [50], [100]];
const leverages = groups.map((group) => Math.max(...group));
const groupOfTier = tierLeverages.map((leverage) => groups.findIndex((group) => group.includes(leverage)));

/** Distances at which the draws are asked, near ones closer together; each costs as much as a whole band. */
const bandDistances = [0.0025, 0.005, 0.01, 0.015, 0.02, 0.03, 0.04, 0.06, 0.08, 0.1, 0.15, 0.2, mapReach];

/** Undefined where no venue is fresh. `inputs` are those that were aggregated. */
export function detailOf(aggregate: Aggregate, inputs: readonly VenueInput[]): MapDetail | undefined {
  const { markPrice, time, shares } = aggregate;
  if (markPrice === undefined) return undefined;
  const fresh = new Set(shares.filter(({ status }) => status === "fresh").map(({ id }) => id));
  const contributing = inputs.filter(({ id, levels }) => fresh.has(id) && levels !== undefined);
  return {
    time,
    markPrice,
    binWidth: binWidth * binsToOne,
    leverages,
    venues: contributing.map(({ id, series = id }) => series),
    long: sideDetail(aggregate.long, aggregate.longParts, contributing),
    short: sideDetail(aggregate.short, aggregate.shortParts, contributing),
  };
}

function sideDetail(profile: Profile, parts: PartProfile, inputs: readonly VenueInput[]): SideDetail {
  const bins = Math.ceil(parts.bins / binsToOne);
  const measured = new Float32Array(bins);
  const byLeverage = new Float32Array(bins * groups.length);
  for (let bin = 0; bin < bins; bin += 1) {
    const masses = massesOf(parts, bin);
    const all = masses.reduce((sum, mass) => sum + mass, 0);
    if (!(all > 0)) continue;
    const certain = masses[certainPart] ?? 0;
    measured[bin] = certain / all;
    if (certain < all) byLeverage.set(leverageShares(masses, bin), bin * groups.length);
  }
  return {
    measured,
    byLeverage,
    byVenue: venueShares(profile.side, bins, inputs),
    band: bandOf(profile, parts),
  };
}

/** A detail's bin by part, USD. */
function massesOf({ bins, cumulativeUsd }: PartProfile, bin: number): number[] {
  const last = Math.min(bins, (bin + 1) * binsToOne) - 1;
  const within = (part: number, end: number): number =>
    end < 0 ? 0 : (cumulativeUsd[part * bins + end] ?? 0);
  return Array.from(
    { length: drawnParts },
    (_, part) => within(part, last) - within(part, bin * binsToOne - 1),
  );
}

/**
 * Parts without tiers, the mirrored side and the kernels, are taken to be made up like the tiers at the same price;
 * where there are none, by the leverage that is liquidated that far away.
 */
function leverageShares(masses: readonly number[], bin: number): number[] {
  const shares = groups.map(() => 0);
  groupOfTier.forEach((group, tier) => {
    shares[group] = (shares[group] ?? 0) + Math.max(0, masses[tier] ?? 0);
  });
  const known = shares.reduce((sum, mass) => sum + mass, 0);
  if (known > 0) return shares.map((mass) => mass / known);
  const liquidated = 1 / ((bin + 0.5) * binsToOne * binWidth);
  const group = leverages.findIndex((leverage) => leverage >= liquidated);
  shares[group === -1 ? groups.length - 1 : group] = 1;
  return shares;
}

function venueShares(side: Side, bins: number, inputs: readonly VenueInput[]): Float32Array {
  const shares = new Float32Array(bins * inputs.length);
  inputs.forEach(({ levels, markPrice = 0 }, venue) => {
    if (levels === undefined) return;
    const { nearest, quantities } = levels[side];
    quantities.forEach((quantity, i) => {
      const modelBin = Math.floor(nearest / binWidth + i);
      const at = Math.floor(modelBin / binsToOne) * inputs.length + venue;
      const price = levels.contractType === "linear" ? markPrice * (priceShares[side][modelBin] ?? 0) : 1;
      if (at < shares.length && price > 0) shares[at] = (shares[at] ?? 0) + quantity * price;
    });
  });
  return eachBinToOne(shares, inputs.length);
}

function eachBinToOne(amounts: Float32Array, width: number): Float32Array {
  for (let at = 0; at < amounts.length; at += width) {
    const bin = amounts.subarray(at, at + width);
    const sum = bin.reduce((total, amount) => total + amount, 0);
    if (sum > 0) bin.forEach((amount, i) => (bin[i] = amount / sum));
  }
  return amounts;
}

function bandOf(profile: Profile, parts: PartProfile): BandFactor[] {
  return bandDistances.flatMap((distance): BandFactor[] => {
    const within = notionalWithin(profile, distance);
    if (!(within > 0)) return [];
    const { low, high } = drawWithin(parts, distance);
    return [[distance, low / within, high / within]];
  });
}

/** The detail's bin of a price; those beyond its ends belong to the first and the last. */
export function detailBin(detail: MapDetail, side: Side, price: number): number {
  const outward = Math.log(price / detail.markPrice) * (side === "long" ? -1 : 1);
  const last = detail[side].measured.length - 1;
  return Math.min(last, Math.max(0, Math.floor(outward / detail.binWidth)));
}
