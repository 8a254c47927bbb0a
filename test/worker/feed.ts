import type { Bar, SeriesSpec } from "../../src/model/types.ts";
import type { Observation } from "../../src/poller/contracts.ts";
import type { VenueRecord } from "../../src/store/contracts/rounds.ts";
import { aSpec, fiveMinutes, walkBars } from "../support/market.ts";

/** A market that moves, its open interest with it: bar n opens at n × 5 min. */
export const bars: readonly Bar[] = walkBars(
  Array.from({ length: 400 }, (_, i) => ({
    move: 0.004 * Math.sin(i / 7) + 0.002 * Math.cos(i / 3),
    wickUp: 0.001,
    wickDown: 0.001,
    volume: 0.03,
    change: 0.5 * Math.sin(i / 5),
  })),
);

export const barAt = (index: number): Bar => {
  const bar = bars[index];
  if (bar === undefined) throw new RangeError(`there is no bar ${index}`);
  return bar;
};

export const specOf = (venue: string): SeriesSpec => aSpec({ venue });

/** A history on its way to the worker: bars [from, to). */
export const history = (venue: string, from: number, to: number) => ({
  venue,
  spec: specOf(venue),
  bars: bars.slice(from, to),
});

/** When bar `index` has been forming for a minute. */
export const timeIn = (index: number): number => index * fiveMinutes + 60_000;

/** What a venue says while bar `forming` forms, asked for everything after `cursor` (index), at most 99 bars. */
export function observed(venue: string, cursor: number, forming: number): Observation {
  const formingBar = barAt(forming);
  const markPrice = formingBar.close;
  const openInterest = formingBar.openInterest ?? 0;
  return {
    spec: specOf(venue),
    tierSource: { kind: "venue", asOf: "2026-11-20" },
    observedAt: timeIn(forming),
    receivedAt: timeIn(forming),
    markPrice,
    openInterest,
    openInterestUsd: openInterest * markPrice,
    closedBars: bars.slice(Math.max(cursor + 1, forming - 99), forming),
    formingBar,
  };
}

/** The same as Redis keeps it. */
export const polled = (venue: string, cursor: number, forming: number): VenueRecord => ({
  venue,
  observation: observed(venue, cursor, forming),
});

/** An observation that counts how often its forming bar is read: once for each time its levels are made. */
export function watched(said: Observation): {
  readonly observation: Observation;
  readonly reads: () => number;
} {
  let reads = 0;
  const observation = new Proxy(said, {
    get: (target, name) => {
      if (name === "formingBar") reads += 1;
      return Reflect.get(target, name);
    },
  });
  return { observation, reads: () => reads };
}
