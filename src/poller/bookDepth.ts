import { bookReach } from "../model/cascade.ts";
import { binWidth, distanceRatio, logDistance } from "../model/grid.ts";
import type { BookDepth, Side } from "../model/types.ts";
import type { BookLevel } from "./adapter.ts";
import { Malformed } from "./read.ts";

/** A book as a venue gave it; quantities in base units. */
export interface Book {
  readonly venue: string;
  readonly observedAt: number;
  readonly bids: readonly BookLevel[];
  readonly asks: readonly BookLevel[];
  /** A side of so many levels was cut off. */
  readonly levels: number;
}

/**
 * Dollars by the map's bins within ±5 %, each named by its middle. Distances are from the middle of the spread, which
 * stands for the mark: books are asked for beside the polls, and the mark of half a minute ago would shift them more.
 */
export function bookDepthOf({ venue, observedAt, bids, asks, levels }: Book): BookDepth {
  const [bid, ask] = [bids[0]?.[0], asks[0]?.[0]];
  if (bid === undefined || ask === undefined) throw new Malformed("a side of the book is empty");
  if (bid >= ask) throw new Malformed(`best bid ${bid} is not below best ask ${ask}`);
  const middle = (bid + ask) / 2;
  const bidReach = reachOf("long", bids, middle, levels);
  const askReach = reachOf("short", asks, middle, levels);
  return {
    venue,
    observedAt,
    bids: binned("long", bids, middle),
    asks: binned("short", asks, middle),
    ...(bidReach === undefined ? {} : { bidReach }),
    ...(askReach === undefined ? {} : { askReach }),
  };
}

/** Longs are sold into bids: bids lie where longs' levels do. */
const outwardsOf = (side: Side, price: number, middle: number): number =>
  side === "long" ? Math.log(middle / price) : Math.log(price / middle);

function binned(side: Side, levels: readonly BookLevel[], middle: number): [number, number][] {
  const bins = new Float64Array(Math.floor(logDistance(side, bookReach) / binWidth));
  for (const [price, quantity] of levels) {
    const bin = Math.floor(outwardsOf(side, price, middle) / binWidth);
    if (bin < 0) throw new Malformed(`a level at ${price} lies on the wrong side of ${middle}`);
    if (bin < bins.length) bins[bin] = (bins[bin] ?? 0) + price * quantity;
  }
  return [...bins].flatMap((notionalUsd, bin): [number, number][] =>
    notionalUsd > 0
      ? [[significant(distanceRatio(side, (bin + 0.5) * binWidth)), Math.round(notionalUsd)]]
      : [],
  );
}

const significant = (value: number): number => Number(value.toPrecision(6));

/** Undefined where the side is known as far as it is wanted. */
function reachOf(side: Side, book: readonly BookLevel[], middle: number, most: number): number | undefined {
  if (book.length < most) return undefined;
  const farthest = Math.max(...book.map(([price]) => outwardsOf(side, price, middle)));
  const reach = distanceRatio(side, farthest);
  return reach < bookReach ? significant(reach) : undefined;
}
