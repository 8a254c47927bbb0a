import { certainPart, drawnParts } from "./draws.ts";
import { binWidth } from "./grid.ts";
import type { SideLevels, VenueLevels } from "./levels.ts";
import type { MeasuredPosition, Side } from "./types.ts";

/** A position seen longer ago may have been closed, moved or topped up since. */
export const oldestPositionMs = 30 * 60_000;

export interface MeasuredLevels {
  readonly levels: VenueLevels;
  /** Share of open interest whose positions are known, both sides' mean; 0 to 1. */
  readonly share: number;
}

/**
 * Lays known positions where their venue says they are liquidated; only the open interest that nobody's position
 * accounts for stays modelled: levels = measured + (1 − Σq/OI)·modelled, each side by itself. A position that the
 * mark has passed is gone, one that nothing liquidates covers its part and lies nowhere. Known positions that sum to
 * more than the open interest are partly out of date, and count in proportion.
 */
export function withMeasured(
  modelled: VenueLevels,
  positions: readonly MeasuredPosition[],
  openInterest: number,
  now: number,
): MeasuredLevels {
  const current = positions.filter(
    (position) => now - position.observedAt <= oldestPositionMs && isAhead(position, modelled.markPrice),
  );
  if (current.length === 0 || !(openInterest > 0)) return { levels: modelled, share: 0 };
  const long = measuredSide("long", modelled, current, openInterest);
  const short = measuredSide("short", modelled, current, openInterest);
  return {
    levels: { ...modelled, long: long.levels, short: short.levels },
    share: (long.share + short.share) / 2,
  };
}

function isAhead({ side, liquidationPrice }: MeasuredPosition, markPrice: number): boolean {
  if (liquidationPrice === undefined) return true;
  return side === "long" ? liquidationPrice < markPrice : liquidationPrice > markPrice;
}

function measuredSide(
  side: Side,
  modelled: VenueLevels,
  positions: readonly MeasuredPosition[],
  openInterest: number,
): { readonly levels: SideLevels; readonly share: number } {
  const own = positions.filter((position) => position.side === side);
  const held = own.reduce((sum, { quantity }) => sum + quantity, 0);
  const share = Math.min(1, held / openInterest);
  const believed = held > openInterest ? openInterest / held : 1;
  const { nearest, quantities, parts } = modelled[side];
  const laid = new Float64Array(quantities.length);
  for (const { quantity, liquidationPrice } of own) {
    const bin = binOf(liquidationPrice, modelled.markPrice, nearest);
    if (bin !== undefined && bin < laid.length) laid[bin] = (laid[bin] ?? 0) + quantity * believed;
  }
  const rest = 1 - share;
  const sum = quantities.map((quantity, bin) => rest * quantity + (laid[bin] ?? 0));
  return { share, levels: { nearest, quantities: sum, ...(parts && { parts: partsOf(parts, rest, laid) }) } };
}

/** The bin in which a price lies; undefined where there is none. */
function binOf(price: number | undefined, markPrice: number, nearest: number): number | undefined {
  if (price === undefined) return undefined;
  const distance = Math.abs(Math.log(price / markPrice));
  return Math.max(0, Math.round((distance - nearest) / binWidth));
}

function partsOf(parts: readonly Float64Array[], rest: number, laid: Float64Array): readonly Float64Array[] {
  return Array.from({ length: drawnParts }, (_, part) => {
    if (part === certainPart) return laid;
    return parts[part]?.map((quantity) => rest * quantity) ?? new Float64Array(laid.length);
  });
}
