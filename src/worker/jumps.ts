import type { VenueRecord } from "../store/contracts/rounds.ts";

/** A series' open interest as it was believed last, with the venue's time of it. */
export type OpenInterestMemory = Readonly<Record<string, { readonly at: number; readonly value: number }>>;

export interface Judged {
  /** Why a series' newest open interest is not believed. */
  readonly doubts: ReadonlyMap<string, string>;
  readonly memory: OpenInterestMemory;
}

const minuteMs = 60_000;
/** Open interest doesn't grow or shrink by more in a minute; a figure that did is of another unit, or half a reset. */
const mostPerMinute = 1.3;

/**
 * Holds each series' open interest against the last one that was believed: |ln(new / old)| ≤ ln 1.3 · minutes
 * between them, at least one. A jump that stays is believed in the end (a doubling after three minutes), because the
 * time since the believed figure grows.
 */
export function judgeJumps(records: readonly VenueRecord[], before: OpenInterestMemory): Judged {
  const doubts = new Map<string, string>();
  const memory: Record<string, { at: number; value: number }> = {};
  for (const { venue, observation } of records) {
    const known = before[venue];
    if (known !== undefined) memory[venue] = known;
    if (observation === undefined) continue;
    const { openInterest: value, observedAt: at } = observation;
    const minutes = Math.max(1, (at - (known?.at ?? -Infinity)) / minuteMs);
    const change = known === undefined ? 0 : Math.abs(Math.log(value / known.value));
    if (change <= minutes * Math.log(mostPerMinute)) memory[venue] = { at, value };
    else doubts.set(venue, `open interest jumped from ${known?.value} to ${value}`);
  }
  return { doubts, memory };
}
