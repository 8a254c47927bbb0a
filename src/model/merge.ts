import { certainPart } from "./draws.ts";
import { binWidth } from "./grid.ts";
import type { SideLevels, VenueLevels } from "./levels.ts";
import { addPart, createPartMasses, partProfileOf, type PartProfile } from "./parts.ts";
import { emptyNotional, fillCumulative, priceShares, profileOf, type Profile } from "./profile.ts";
import type { Side } from "./types.ts";

interface Contribution {
  readonly levels: VenueLevels;
}

/** One side of all venues' levels around the mark; empty without one. */
export function mergeSide(
  side: Side,
  venues: readonly Contribution[],
  markPrice: number | undefined,
): Profile {
  const notional = emptyNotional(side);
  if (markPrice === undefined) return profileOf(side, notional);
  for (const { levels } of venues) addLevels(notional, side, levels[side], unitOf(levels, markPrice));
  return profileOf(side, notional);
}

/** Parts lie on the common bins already; what has none is certain as a whole. */
export function mergeParts(
  side: Side,
  venues: readonly Contribution[],
  markPrice: number | undefined,
): PartProfile {
  const masses = createPartMasses(side);
  for (const { levels } of markPrice === undefined ? [] : venues) {
    const unit = unitOf(levels, markPrice ?? NaN);
    const { parts } = levels[side];
    parts?.forEach((part, index) => addPart(masses, index, part, unit));
    if (parts !== undefined) continue;
    const certain = emptyNotional(side);
    addLevels(certain, side, levels[side], unit);
    addPart(masses, certainPart, certain, undefined);
  }
  return partProfileOf(masses);
}

// scratch of `readProfiles`
const own: Readonly<Record<Side, Profile>> = {
  long: profileOf("long", emptyNotional("long")),
  short: profileOf("short", emptyNotional("short")),
};

/**
 * Reads one map's two sides, of contracts of which one is worth `unit` at the mark; of dollars without one. The profiles
 * are the next reader's when `read` returns.
 */
export function readProfiles<T>(
  levels: VenueLevels,
  unit: number | undefined,
  read: (sides: Readonly<Record<Side, Profile>>) => T,
): T {
  for (const side of ["long", "short"] as const) {
    addLevels(own[side].notionalUsd.fill(0), side, levels[side], unit);
    fillCumulative(own[side]);
  }
  return read(own);
}

/** Linear contracts are counted in base units, inverse ones in USD. */
export function unitOf({ contractType }: VenueLevels, markPrice: number): number | undefined {
  return contractType === "linear" ? markPrice : undefined;
}

function addLevels(notional: Float64Array, side: Side, levels: SideLevels, unit: number | undefined): void {
  const position = levels.nearest / binWidth - 0.5;
  if (position === 0) addAligned(notional, side, levels.quantities, unit);
  else addBetween(notional, side, levels, unit);
}

/** Bins that begin at the mark are the common ones. */
function addAligned(
  notional: Float64Array,
  side: Side,
  quantities: Float64Array,
  unit: number | undefined,
): void {
  const shares = priceShares[side];
  const bins = Math.min(notional.length, quantities.length);
  for (let bin = 0; bin < bins; bin += 1) {
    const price = unit === undefined ? 1 : unit * (shares[bin] ?? NaN);
    notional[bin] = (notional[bin] ?? 0) + (quantities[bin] ?? 0) * price;
  }
}

/** A venue's bins lie between two common ones: both get their part, so total and mean distance stay. */
function addBetween(
  notional: Float64Array,
  side: Side,
  { nearest, quantities }: SideLevels,
  unit: number | undefined,
): void {
  const position = nearest / binWidth - 0.5;
  const shift = Math.floor(position);
  const outer = position - shift;
  const shares = priceShares[side];
  let carried = 0;
  for (let i = 0; i <= quantities.length; i += 1) {
    const quantity = quantities[i] ?? 0;
    const bin = Math.max(0, i + shift);
    if (bin >= notional.length) return;
    const price = unit === undefined ? 1 : unit * (shares[bin] ?? NaN);
    notional[bin] = (notional[bin] ?? 0) + (carried + quantity * (1 - outer)) * price;
    carried = quantity * outer;
  }
}
