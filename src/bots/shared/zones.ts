import lookUpZone from "@photostructure/tz-lookup";
import { closest } from "./closest.ts";
import { accept, quoted, refuse, type Parsed } from "./refusal.ts";

/** Every zone of the machine's own table, and UTC. */
const zones: readonly string[] = ["UTC", ...Intl.supportedValuesOf("timeZone")];

const plain = (text: string): string =>
  text
    .normalize("NFD")
    .replaceAll(/\p{Mn}/gu, "")
    .toLowerCase()
    .replaceAll(/[\s_-]+/gu, " ")
    .trim();

/** By whole name and by city: "Europe/Berlin" and "berlin"; the first one with a city keeps it. */
const byName = new Map<string, string>();
for (const zone of zones) {
  byName.set(plain(zone), zone);
  const city = plain(zone.slice(zone.lastIndexOf("/") + 1));
  if (!byName.has(city)) byName.set(city, zone);
}

const suggested = [...byName.keys()];

/** "Berlin", "new york", "Europe/Madrid", "UTC+2" → the zone's IANA name. */
export function parseZone(typed: string, example: string): Parsed<string> {
  const text = typed.trim();
  const offset = fixedOffset(text);
  if (offset !== undefined) return accept(offset);
  const known = byName.get(plain(text)) ?? aliasOf(text);
  if (known !== undefined) return accept(known);
  const meant = byName.get(closest(plain(text), suggested) ?? "");
  const args = { typed: quoted(text) };
  if (meant === undefined) return refuse("bot-zone-unknown", args, example);
  return refuse("bot-zone-typo", { ...args, meant }, `${example.split(" ")[0] ?? "/zone"} ${meant}`);
}

/** "UTC+2" is Etc/GMT-2: POSIX counts westwards. */
function fixedOffset(text: string): string | undefined {
  const [, sign, hours] = /^(?:utc|gmt)?\s*([+-])\s*0?(\d{1,2})(?::?00)?$/iu.exec(text) ?? [];
  if (sign === undefined || hours === undefined) return /^(?:utc|gmt|z)$/iu.test(text) ? "UTC" : undefined;
  const value = Number(hours);
  if (value === 0) return "UTC";
  if (value > (sign === "+" ? 14 : 12)) return undefined;
  return `Etc/GMT${sign === "+" ? "-" : "+"}${value}`;
}

/** Names the table knows but doesn't list, such as Asia/Kolkata where it says Asia/Calcutta. */
function aliasOf(text: string): string | undefined {
  if (!/^[A-Za-z]{2,20}\/[A-Za-z_+/-]{2,40}$/u.test(text)) return undefined;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    return undefined; // RangeError: no such zone
  }
}

/** The zone at a place on earth; undefined for what is no place. */
export function zoneAt(latitude: number, longitude: number): string | undefined {
  if (!(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180)) return undefined;
  return lookUpZone(latitude, longitude);
}
