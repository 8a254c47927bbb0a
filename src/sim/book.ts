import type { Instrument } from "./instruments.ts";
import { createRandom } from "./random.ts";

/** [price, base units], nearest first. */
export type BookLevel = readonly [price: number, quantity: number];

export interface OrderBook {
  readonly time: number;
  readonly bids: readonly BookLevel[];
  readonly asks: readonly BookLevel[];
}

const reach = 0.05;
const rungs = 400;
/** Resting within ±5 %, a side, as a share of the open interest. */
const depthShare = 0.03;

/**
 * Resting orders within ±5 % of `price`: the amount up to distance d is depth·(d/5 %)^1.2, each rung jittered.
 * Pure in its arguments, so that a second look at the same time sees the same book.
 */
export function orderBookAt(
  instrument: Instrument,
  price: number,
  openInterest: number,
  time: number,
  seed: number,
): OrderBook {
  const depth = openInterest * depthShare;
  const side = (sign: 1 | -1): readonly BookLevel[] => {
    const random = createRandom(seed ^ (time / 1000) ^ sign);
    let resting = 0;
    return Array.from({ length: rungs }, (_, rung) => {
      const distance = reach * ((rung + 1) / rungs) ** 1.5;
      const upTo = depth * (distance / reach) ** 1.2;
      const quantity = (upTo - resting) * (0.5 + random.next());
      resting = upTo;
      const lots = Math.max(1, Math.round(quantity / instrument.lotSize));
      return [price * (1 + sign * distance), lots * instrument.lotSize];
    });
  };
  return { time, bids: side(-1), asks: side(1) };
}
