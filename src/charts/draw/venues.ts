import type { VenueShare } from "../../model/types.ts";
import type { Texts } from "../../texts/texts.ts";
import { venueName } from "../../texts/venues.ts";

/** More than this many missing venues are counted, not named. */
const mostNamedMissing = 2;

/**
 * Who is behind the picture, fresh ones by size, in at most the room there is: the longest wording that `fits`, or
 * the shortest there is.
 */
export function venuesLine(
  venues: readonly VenueShare[],
  texts: Texts,
  fits: (text: string) => boolean,
): string {
  if (venues.length === 0) return "";
  const fresh = venues.filter(({ status }) => status === "fresh");
  const bySize = fresh.toSorted((a, b) => (b.openInterestUsd ?? 0) - (a.openInterestUsd ?? 0));
  const missing = missingText(
    venues.filter(({ status }) => status !== "fresh"),
    texts,
  );
  const names = bySize.map(({ id }) => venueName(id));
  if (names.length === 0) return texts.say("chart-venues-none", { missing: missing ?? "" });
  const wordings = names.map((_, dropped) =>
    lineOf(shownNames(names, names.length - dropped, texts), fresh.length, venues.length, missing, texts),
  );
  return wordings.find(fits) ?? wordings.at(-1) ?? "";
}

function shownNames(names: readonly string[], count: number, texts: Texts): string {
  const more = names.length - count;
  const shown = names.slice(0, count).join(" · ");
  return more === 0 ? shown : texts.say("names-more", { names: shown, count: texts.count(more) });
}

function lineOf(
  names: string,
  fresh: number,
  total: number,
  missing: string | undefined,
  texts: Texts,
): string {
  if (missing === undefined) return texts.say("chart-venues-all", { names });
  const counts = { fresh: texts.count(fresh), total: texts.count(total) };
  return texts.say("chart-venues-some", { names, ...counts, missing });
}

function missingText(missing: readonly VenueShare[], texts: Texts): string | undefined {
  if (missing.length === 0) return undefined;
  if (missing.length > mostNamedMissing)
    return texts.say("chart-venues-missing", { count: texts.count(missing.length) });
  return missing.map((venue) => describeMissing(venue, texts)).join(" · ");
}

function describeMissing({ id, status }: VenueShare, texts: Texts): string {
  const name = venueName(id);
  if (status === "fresh") return name;
  return texts.say("chart-venue-missing", { name, status: texts.say(`chart-status-${status}`) });
}
