import { InvalidArgumentError } from "commander";

/** ISO 8601 (UTC where it names no zone) or epoch ms → epoch ms. */
export function parseTime(text: string): number {
  if (/^\d{11,14}$/.test(text)) return Number(text);
  const iso = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/.exec(text);
  const withTime = text.length > "2026-01-01".length;
  const time = iso === null ? Number.NaN : Date.parse(withTime && iso[1] === undefined ? `${text}Z` : text);
  if (Number.isNaN(time))
    throw new InvalidArgumentError("Write 2026-01-31, 2026-01-31T14:00Z or epoch milliseconds.");
  return time;
}
