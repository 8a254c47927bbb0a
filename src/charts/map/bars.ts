import { binWidth } from "../../model/grid.ts";
import type { LiquidationMap, MapLevel, Side } from "../../model/types.ts";
import type { PriceWindow } from "./window.ts";

/** Notional of one side by equal steps of price, from the mark outwards. */
export interface Bars {
  readonly side: Side;
  /** Price of bar i's inner edge is mark ± i × step. */
  readonly step: number;
  readonly notionalUsd: Float64Array;
  /** cumulativeUsd[i] = notional of bars 0 … i. */
  readonly cumulativeUsd: Float64Array;
}

/** `count` bars a side, none of them across the mark; what lies beyond the window is in none. */
export function barsOf(map: LiquidationMap, side: Side, { mark, high }: PriceWindow, count: number): Bars {
  const step = (high - mark) / count;
  const notionalUsd = new Float64Array(count);
  for (const level of map[side]) addLevel(notionalUsd, level, side, mark, step);
  const cumulativeUsd = new Float64Array(count);
  let sum = 0;
  for (let i = 0; i < count; i += 1) {
    sum += notionalUsd[i] ?? 0;
    cumulativeUsd[i] = sum;
  }
  return { side, step, notionalUsd, cumulativeUsd };
}

/**
 * A level stands for a bin of the model's grid and lies evenly over it. Bars are not multiples of bins: giving each
 * level to one bar would draw a comb that is not in the data.
 */
function addLevel(
  notionalUsd: Float64Array,
  [price, amount]: MapLevel,
  side: Side,
  mark: number,
  step: number,
): void {
  const outward = side === "long" ? -1 : 1;
  const centre = (outward * (price - mark)) / step;
  const half = (price * binWidth) / 2 / step;
  const from = Math.max(0, centre - half);
  const to = Math.max(from + 1e-9, centre + half);
  const last = Math.min(notionalUsd.length - 1, Math.floor(to));
  for (let bar = Math.floor(from); bar <= last; bar += 1) {
    const overlap = Math.min(to, bar + 1) - Math.max(from, bar);
    if (overlap > 0) notionalUsd[bar] = (notionalUsd[bar] ?? 0) + (amount * overlap) / (to - from);
  }
}

/** Price of a bar's inner edge. */
export function edgeOf({ side, step }: Bars, mark: number, bar: number): number {
  return side === "long" ? mark - bar * step : mark + bar * step;
}

/** Notional between the mark and a price of the bars' side. */
export function cumulativeAt({ step, notionalUsd, cumulativeUsd }: Bars, distance: number): number {
  const position = Math.max(0, distance / step);
  const bar = Math.floor(position);
  const before = cumulativeUsd[Math.min(bar, cumulativeUsd.length) - 1] ?? 0;
  return before + (position - bar) * (notionalUsd[bar] ?? 0);
}
