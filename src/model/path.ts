import { outwards } from "./grid.ts";
import { markShareOfWick } from "./priors.ts";
import type { Bar, Side } from "./types.ts";

/** What a bar's path means to one side, in its outward coordinate (bins). */
export interface BarSpan {
  /** The traded price farthest from, and nearest to, this side's liquidations. */
  readonly inner: number;
  readonly outer: number;
  /** Geometric mean of high, low and close. */
  readonly typical: number;
  /** How far outwards the mark went: what lies before it was triggered. */
  readonly reach: number;
  readonly close: number;
  /** Share of the bar's entries made after the mark's extreme: how much of the range price came back from it. */
  readonly lateShare: number;
}

export function spanOf(side: Side, bar: Bar): BarSpan {
  const high = outwards(side, Math.log(bar.high));
  const low = outwards(side, Math.log(bar.low));
  const open = outwards(side, Math.log(bar.open));
  const close = outwards(side, Math.log(bar.close));
  const inner = Math.min(high, low);
  const outer = Math.max(high, low);
  // rounding may put the mean a hair outside of a bar without range
  const typical = Math.min(outer, Math.max(inner, (high + low + close) / 3));
  const reach = reachOf(side, bar, Math.max(open, close), outer);
  const lateShare = outer > inner ? Math.min(1, Math.max(0, (reach - close) / (outer - inner))) : 0;
  return { inner, outer, typical, reach, close, lateShare };
}

/** The mark's own extreme where the venue gives it, else the wick shrunk towards the body. */
function reachOf(side: Side, bar: Bar, body: number, outer: number): number {
  const mark = side === "long" ? bar.markLow : bar.markHigh;
  if (mark !== undefined) return outwards(side, Math.log(mark));
  return body + markShareOfWick * (outer - body);
}
