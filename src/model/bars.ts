import type { Bar } from "./types.ts";

/** Limits of what can be a market at all; outside of them it is a broken feed, not a price. */
const leastPrice = 1e-12;
const mostPrice = 1e12;
const mostQuantity = 1e18;

/** A bar that trades at over twice, or under half, the last price is a unit change or a typo. */
const mostJump = 2;

/** Marks follow an index of several venues; this far from every trade of the bar they are not its marks. */
const mostMarkGap = 1.25;

/** Why a bar cannot be believed, or undefined when it can. `lastPrice` is the newest close that was believed. */
export function faultOf(bar: Bar, lastPrice: number | undefined): string | undefined {
  return faultOfFigures(bar) ?? faultOfShape(bar) ?? faultOfMarks(bar) ?? faultOfJump(bar, lastPrice);
}

function faultOfFigures(bar: Bar): string | undefined {
  if (!Number.isFinite(bar.openTime)) return `open time ${bar.openTime}`;
  for (const field of ["open", "high", "low", "close"] as const) {
    if (!isPrice(bar[field])) return `${field} ${bar[field]} is no price`;
  }
  if (!isQuantity(bar.volume)) return `volume ${bar.volume}`;
  if (bar.openInterest !== undefined && !isQuantity(bar.openInterest)) {
    return `open interest ${bar.openInterest}`;
  }
  return undefined;
}

function faultOfShape({ open, high, low, close }: Bar): string | undefined {
  if (high < low) return `high ${high} is below low ${low}`;
  const inside = Math.max(open, close) <= high && Math.min(open, close) >= low;
  return inside ? undefined : `open ${open} or close ${close} lies outside ${low} to ${high}`;
}

function faultOfMarks({ high, low, markHigh, markLow }: Bar): string | undefined {
  for (const mark of [markHigh, markLow]) {
    if (mark === undefined) continue;
    if (!isPrice(mark)) return `mark ${mark} is no price`;
    if (mark > high * mostMarkGap || mark < low / mostMarkGap) {
      return `mark ${mark} is far from trades between ${low} and ${high}`;
    }
  }
  const crossed = markHigh !== undefined && markLow !== undefined && markHigh < markLow;
  return crossed ? `mark high ${markHigh} is below mark low ${markLow}` : undefined;
}

function faultOfJump({ open, high, low }: Bar, lastPrice: number | undefined): string | undefined {
  const reference = lastPrice ?? open;
  if (high <= reference * mostJump && low >= reference / mostJump) return undefined;
  return `price jumped from ${reference} to ${high > reference * mostJump ? high : low}`;
}

/** Whether a figure can be the price of a market at all. */
export function isPrice(value: number): boolean {
  return value >= leastPrice && value <= mostPrice;
}

function isQuantity(value: number): boolean {
  return value >= 0 && value <= mostQuantity;
}
