import type { DestinationSettings, QuietHours } from "./subscription.ts";
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
  let minute = Math.floor(now / minuteMs);
  if (!isQuietMinute(hours, zone, minute)) return undefined;
  while (isQuietMinute(hours, zone, minute)) {
    const end = minute + ((hours.to - minuteOfDay(zone, minute) + minutesPerDay) % minutesPerDay);
    // up to a change of the clock its face may be trusted, and no further
    minute = setAt(zone, minute, end) ?? end;
  }
  return minute * minuteMs;
}

/** Whether nothing may sound in a place: muted, or in its quiet hours. */
export function isHushed(
  { mutedUntil = 0, quietHours, zone = "UTC" }: Partial<DestinationSettings>,
  now: number,
): boolean {
  return mutedUntil > now || (quietHours !== undefined && quietUntil(quietHours, zone, now) !== undefined);
}

const minuteOfDay = (zone: string, minute: number): number => localTime(zone, minute * minuteMs).minute;

const isQuietMinute = (hours: QuietHours, zone: string, minute: number): boolean =>
  isQuietAt(hours, minuteOfDay(zone, minute));

/** The first minute whose offset isn't that of `from`, if it has changed by `to`, at most a day later. */
function setAt(zone: string, from: number, to: number): number | undefined {
  const offset = (minute: number): number =>
    (minuteOfDay(zone, minute) - (minute % minutesPerDay) + minutesPerDay) % minutesPerDay;
  const old = offset(from);
  if (offset(to) === old) return undefined;
  let [before, after] = [from, to];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (offset(middle) === old) before = middle;
    else after = middle;
  }
  return after;
}
