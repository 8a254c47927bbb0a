import type { QuietHours } from "./subscription.ts";
import { localTime } from "./zone.ts";

const minuteMs = 60_000;
const minutesPerDay = 1_440;

/** Are they on at this minute of the day? From 22:00 to 7:00 they are at 22:00, and not at 7:00. */
export function isQuietAt({ from, to }: QuietHours, minute: number): boolean {
  return from < to ? minute >= from && minute < to : minute >= from || minute < to;
}

/**
 * When the quiet hours that are on at `now` end (epoch ms, on a full minute), by the zone's clock: where it is set
 * forward or back meanwhile they are shorter or longer. Undefined while they aren't on.
 */
export function quietUntil(hours: QuietHours, zone: string, now: number): number | undefined {
  const { minute } = localTime(zone, now);
  if (!isQuietAt(hours, minute)) return undefined;
  const left = (hours.to - minute + minutesPerDay) % minutesPerDay;
  // a clock that is set back while it is quiet may show a quiet time again, one set forward skips some: look around
  let end = Math.floor(now / minuteMs) * minuteMs + left * minuteMs;
  while (isQuietAt(hours, localTime(zone, end).minute)) end += minuteMs * stepsLeft(hours, zone, end);
  return earliestEnd(hours, zone, { quiet: now, loud: end });
}

function stepsLeft({ to }: QuietHours, zone: string, at: number): number {
  return (to - localTime(zone, at).minute + minutesPerDay) % minutesPerDay;
}

/** The first minute that isn't quiet, between one that is and one that isn't. */
function earliestEnd(hours: QuietHours, zone: string, between: { quiet: number; loud: number }): number {
  let [quiet, loud] = [Math.floor(between.quiet / minuteMs), between.loud / minuteMs];
  while (loud - quiet > 1) {
    const middle = Math.floor((quiet + loud) / 2);
    if (isQuietAt(hours, localTime(zone, middle * minuteMs).minute)) quiet = middle;
    else loud = middle;
  }
  return loud * minuteMs;
}
