import type { Texts } from "../../texts/texts.ts";
import type { MapRequest } from "../contracts.ts";
import type { Watermark } from "../draw/watermark.ts";

/** How the map was made, in a line. */
export function noteOf({ imbalance, detail }: MapRequest, texts: Texts): string {
  const fresh = imbalance.venues.filter(({ status }) => status === "fresh");
  const sum = (venues: typeof fresh): number =>
    venues.reduce((total, venue) => total + (venue.openInterestUsd ?? 0), 0);
  const measured = sum(fresh.filter(({ method }) => method === "measured"));
  const made =
    measured > 0
      ? texts.say("chart-note-measured", { share: texts.percent(measured / sum(fresh)) })
      : texts.say("chart-note-map");
  return detail === undefined || detail.long.band.length === 0
    ? made
    : `${made} · ${texts.say("chart-note-band")}`;
}

/** What must not be overlooked before anything is read off the map. */
export function warningOf({ imbalance, map }: MapRequest, texts: Texts): Watermark | undefined {
  if (imbalance.regime === "thin")
    return { word: texts.say("chart-watermark-thin"), why: texts.say("chart-thin-why") };
  if (imbalance.regime !== "stale") return undefined;
  const ageMs = imbalance.venues.reduce<number | null>(
    (least, venue) => (venue.ageMs === null ? least : Math.min(least ?? Infinity, venue.ageMs)),
    null,
  );
  const computed = map.long.length > 0 || map.short.length > 0;
  const why =
    computed && ageMs !== null
      ? texts.say("chart-stale-why", { age: texts.age(ageMs) })
      : texts.say("chart-stale-now");
  return { word: texts.say("chart-watermark-stale"), why };
}
