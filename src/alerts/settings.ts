import { languages } from "../texts/texts.ts";
import type { Edit } from "./change.ts";
import { changeSettings, type Place } from "./edits.ts";
import { isWithin, mostLoudPerDay, mostMuteMs, refuse } from "./limits.ts";
import type { DestinationSettings, QuietHours } from "./subscription.ts";
import { isZone } from "./zone.ts";

const minutesPerDay = 1_440;

/** `undefined` ends them. */
export function setQuietHours(place: Place, hours: QuietHours | undefined): Edit {
  if (hours === undefined) return set(place, "quietHours", undefined);
  if (!isMinute(hours.from) || !isMinute(hours.to) || hours.from === hours.to) {
    return () => refuse("refused-quiet-hours");
  }
  return set(place, "quietHours", hours);
}

/** An IANA name, in the platform's own spelling. */
export function setZone(place: Place, zone: string): Edit {
  return isZone(zone) ? set(place, "zone", zone) : () => refuse("refused-zone");
}

export function setLanguage(place: Place, language: string): Edit {
  const isKnown = languages.some((known) => known === language);
  return isKnown ? set(place, "language", language) : () => refuse("refused-language");
}

/** `until` (epoch ms) at most a year away; undefined or past unmutes. */
export function setMute(place: Place, until: number | undefined, now: number): Edit {
  if (until === undefined || until <= now) return set(place, "mutedUntil", undefined);
  return until - now <= mostMuteMs ? set(place, "mutedUntil", until) : () => refuse("refused-mute");
}

/** `undefined`: as many as there are. */
export function setLoudPerDay(place: Place, most: number | undefined): Edit {
  const isSound = most === undefined || (Number.isInteger(most) && isWithin(most, 1, mostLoudPerDay));
  return isSound ? set(place, "loudPerDay", most) : () => refuse("refused-loud-per-day");
}

export function setFeedNotices(place: Place, wanted: boolean): Edit {
  return set(place, "feedNotices", wanted ? true : undefined);
}

export function setStyle(place: Place, style: "embed" | undefined): Edit {
  return set(place, "style", style);
}

export function setCrosspost(place: Place, wanted: boolean): Edit {
  return set(place, "crosspost", wanted ? true : undefined);
}

function isMinute(minute: number): boolean {
  return Number.isInteger(minute) && isWithin(minute, 0, minutesPerDay - 1);
}

function set<K extends Exclude<keyof DestinationSettings, "kind">>(
  place: Place,
  name: K,
  value: DestinationSettings[K] | undefined,
): Edit {
  return changeSettings(place, (settings) => {
    const { [name]: _before, ...others } = settings;
    const next = value === undefined ? {} : { [name]: value };
    return { ...others, ...next, kind: settings.kind };
  });
}
