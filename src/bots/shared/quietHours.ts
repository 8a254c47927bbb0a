import type { QuietHours } from "../../alerts/subscription.ts";
import { accept, quoted, refuse, type Parsed } from "./refusal.ts";

const shape =
  /^(\d{1,2})(?:[:.h](\d{2}))?\s*(am|pm)?\s*(?:-|–|—|to|until|a|hasta)\s*(\d{1,2})(?:[:.h](\d{2}))?\s*(am|pm)?$/iu;

const offWords = new Set(["off", "none", "no", "never", "nunca", "ninguna"]);

/** "22:00-07:00", "22-7", "10pm to 7am"; "off" for none. */
export function parseQuietHours(typed: string, example: string): Parsed<QuietHours | "off"> {
  const text = typed.trim();
  if (offWords.has(text.toLowerCase())) return accept("off");
  const [, fromHour, fromMinute, fromHalf, toHour, toMinute, toHalf] = shape.exec(text) ?? [];
  const from = minuteOfDay(fromHour, fromMinute, fromHalf);
  const to = minuteOfDay(toHour, toMinute, toHalf);
  if (from === undefined || to === undefined || from === to) {
    return refuse("bot-quiet-wrong", { typed: quoted(text) }, example);
  }
  return accept({ from, to });
}

function minuteOfDay(hour = "", minute = "0", half = ""): number | undefined {
  const written = Number(hour === "" ? Number.NaN : hour);
  const isHalved = half !== "";
  if (isHalved && (written < 1 || written > 12)) return undefined;
  const afternoon = half.toLowerCase() === "pm" ? 12 : 0;
  const hours = isHalved ? (written % 12) + afternoon : written;
  const minutes = Number(minute);
  // midnight at the end of a day is the midnight at its beginning
  return hours <= 24 && minutes < 60 && hours * 60 + minutes <= 1_440
    ? (hours * 60 + minutes) % 1_440
    : undefined;
}

/** 1320 → "22:00". */
export function clockText(minuteOfTheDay: number): string {
  const [hours, minutes] = [Math.floor(minuteOfTheDay / 60), minuteOfTheDay % 60];
  return `${String(hours).padStart(2, "0")}:${String(minutes).padStart(2, "0")}`;
}

export function quietHoursText({ from, to }: QuietHours): string {
  return `${clockText(from)}–${clockText(to)}`;
}
