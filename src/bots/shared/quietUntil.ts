import { DateTime } from "luxon";
import type { QuietHours } from "../../alerts/subscription.ts";

/** When the quiet hours that hold now end, epoch ms; undefined outside of them. A night that changes its clock counts. */
export function quietUntil(
  hours: QuietHours | undefined,
  zone: string | undefined,
  now: number,
): number | undefined {
  if (hours === undefined) return undefined;
  const local = DateTime.fromMillis(now, { zone: zone ?? "UTC" });
  const minute = local.hour * 60 + local.minute;
  const isOvernight = hours.from > hours.to;
  const isQuiet = isOvernight
    ? minute >= hours.from || minute < hours.to
    : minute >= hours.from && minute < hours.to;
  if (!isQuiet) return undefined;
  const endsTomorrow = isOvernight && minute >= hours.from;
  const day = local.startOf("day").plus({ days: endsTomorrow ? 1 : 0 });
  return day.set({ hour: Math.floor(hours.to / 60), minute: hours.to % 60 }).toMillis();
}
