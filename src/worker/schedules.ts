import type { Log } from "../ops/log.ts";

/** Real time. What a schedule lost in Redis may cost is this and a slot. */
const mendMs = 20_000;

/**
 * Says every venue's schedule again and again, because each only makes its next job when the last one starts: one
 * that was lost (flushed, restored from an old backup, overtaken by a changed clock) would never come back by
 * itself. Returns how to stop.
 */
export function keepSchedules(
  venues: readonly string[],
  schedule: (venue: string) => Promise<void>,
  log: Log,
): () => void {
  const mend = async (venue: string): Promise<void> => {
    try {
      await schedule(venue);
    } catch (error) {
      log.debug({ venue, error }, "the schedule could not be looked after; soon again");
    }
  };
  const timer = setInterval(() => {
    for (const venue of venues) void mend(venue);
  }, mendMs);
  return () => clearInterval(timer);
}
