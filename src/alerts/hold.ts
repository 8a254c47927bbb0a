import type { Watch } from "./watch.ts";

/** Something that has to stay true for a while before it is believed. Plain JSON. */
export interface Hold {
  /** Epoch ms of the first recompute at which it was true. */
  readonly since: number;
  readonly recomputes: number;
  /** Time between neighbouring recomputes at which it was true; what bad data interrupts doesn't count. */
  readonly heldMs: number;
  /** The watch at the newest of them. */
  readonly seenMs: number;
  readonly interrupted: boolean;
}

/** A crossing is believed when this many recomputes saw it. */
const neededRecomputes = 2;

/** True once more, or for the first time, or for the first time after a gap. */
export function seeHold(hold: Hold | undefined, at: { watch: Watch; gapMs: number; now: number }): Hold {
  const seenMs = at.watch.elapsedMs;
  const sinceSeenMs = hold === undefined ? 0 : seenMs - hold.seenMs;
  if (hold === undefined || sinceSeenMs > at.gapMs) {
    return { since: at.now, recomputes: 1, heldMs: 0, seenMs, interrupted: false };
  }
  return {
    since: hold.since,
    recomputes: hold.recomputes + 1,
    heldMs: hold.heldMs + (hold.interrupted ? 0 : sinceSeenMs),
    seenMs,
    interrupted: false,
  };
}

export function hasHeld(hold: Hold, holdMs: number): boolean {
  return hold.recomputes >= neededRecomputes && hold.heldMs >= holdMs;
}
