import type { Imbalance } from "../../../src/model/types.ts";
import { imbalanceOf, mirrored } from "../../alerts/examples.ts";

/** What is seen of the market, in the place of what the model makes of venues' data. */
export interface Sightings {
  readonly setRatio: (symbol: string, ratio: number) => void;
  readonly setLost: (symbol: string, isLost: boolean) => void;
  readonly at: (symbol: string, time: number) => Imbalance;
}

let shown: Sightings | undefined;

/** The worker's own code asks for it by this (the test puts it in the place of `measureImbalance`). */
export function sighted(symbol: string, time: number): Imbalance {
  if (shown === undefined) throw new Error("there is nothing to be seen");
  return shown.at(symbol, time);
}

/** From here on these are what is seen. */
export function showSightings(): Sightings {
  const ratios = new Map<string, number>();
  const lost = new Set<string>();
  let nth = 0;
  shown = {
    setRatio: (symbol, ratio) => void ratios.set(symbol, ratio),
    setLost: (symbol, isLost) => void (isLost ? lost.add(symbol) : lost.delete(symbol)),
    at: (symbol, time) => {
      // no two sightings are alike: what a message shows says which it shows
      const ratio = (ratios.get(symbol) ?? 1) * (1 + (nth++ % 500) / 10_000);
      const leaning = { ...imbalanceOf(Math.max(ratio, 1 / ratio)), symbol, time };
      const one = ratio >= 1 ? leaning : mirrored(leaning);
      return lost.has(symbol) ? { ...one, regime: "stale" } : one;
    },
  };
  return shown;
}
