import type { Bar, Side } from "../types.ts";

/** Anything that says, at a bar's close, what lies ahead of the price. The score asks before it tells. */
export interface MapModel {
  /** Modelled contracts within `distance` (ln price, outwards) of the last close, one figure a part. */
  readonly within: (side: Side, distance: number) => readonly number[];
  /** Takes in the closed bar that was just asked about. */
  readonly absorb: (bar: Bar) => void;
}
