/** Share of the time by which what is late catches up: the platform bears more than the rate that is used of it. */
const catchUp = 0.1;
/** Later than so many places, or than this, it is the calls that take long, not a stall of this process. */
const mostPlaces = 5;
const mostMs = 250;
/** Timers are as late as this at any time. */
const jitterMs = 5;
/** No timer can wait for less. */
const timerMs = 0.5;

/**
 * Keeps the distances of booked places where a process was held up: all that were due meanwhile would go out in one
 * burst, which a platform refuses. Everything after a late one is as late as that one was, and less with time.
 */
export interface Lateness {
  /**
   * Ms until what was booked for this moment (monotonic) may go; 0: now, and it counts as gone. Before `surelyAt` it
   * doesn't go either.
   */
  readonly waitFor: (bookedAt: number, surelyAt?: number) => number;
}

export function createLateness(monotonicMs: () => number): Lateness {
  let late = 0;
  let at = monotonicMs();
  let newest = at;
  let placeMs = mostMs / mostPlaces;
  const note = (bookedAt: number): void => {
    placeMs += (Math.min(mostMs, Math.max(0, bookedAt - newest)) - placeMs) / 32;
    newest = Math.max(newest, bookedAt);
  };
  return {
    waitFor: (bookedAt, surelyAt = bookedAt) => {
      const now = monotonicMs();
      late = Math.max(0, late - (now - at) * catchUp);
      at = now;
      const wait = Math.max(bookedAt + late, surelyAt) - now;
      if (wait > timerMs) return wait;
      note(bookedAt);
      if (bookedAt + late - now < -jitterMs) late = Math.min(mostMs, mostPlaces * placeMs, now - bookedAt);
      return 0;
    },
  };
}
