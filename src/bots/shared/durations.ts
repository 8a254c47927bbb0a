import parse from "parse-duration";
import { accept, quoted, refuse, type Parsed } from "./refusal.ts";

const minuteMs = 60_000;
const leastMs = minuteMs;
const mostMs = 30 * 24 * 60 * minuteMs;

// parse-duration alone skips words it doesn't know, and takes "1 banana" for 1 ms
const shape =
  /^(?:\d+(?:[.,]\d+)?\s*(?:minutes?|mins?|minutos?|m|hours?|hrs?|horas?|h|days?|d[ií]as?|d|weeks?|semanas?|w)\s*)+$/iu;

const inEnglish: readonly (readonly [RegExp, string])[] = [
  [/minutos?/giu, "m"],
  [/horas?/giu, "h"],
  [/d[ií]as?/giu, "d"],
  [/semanas?/giu, "w"],
  [/,/gu, "."],
];

/** "2h", "90m", "1h 30m", "2 días" → ms, from a minute to thirty days. */
export function parseDuration(typed: string, example: string): Parsed<number> {
  const text = typed.trim();
  if (/^\d+(?:[.,]\d+)?$/u.test(text)) {
    return refuse("bot-duration-no-unit", { typed: quoted(text) }, example);
  }
  const english = inEnglish.reduce((rest, [word, unit]) => rest.replaceAll(word, unit), text);
  const value = text.length <= 40 && shape.test(text) ? parse(english) : null;
  if (value !== null && value >= leastMs && value <= mostMs) return accept(Math.round(value));
  return refuse("bot-duration-wrong", { typed: quoted(text) }, example);
}
