import type { Imbalance } from "../../model/types.ts";
import type { Texts } from "../../texts/texts.ts";
import type { MapRequest } from "../contracts.ts";
import type { Watermark } from "../draw/watermark.ts";

/** How the map was made, in a line. */
export function noteOf({ imbalance, detail, example }: MapRequest, texts: Texts): string {
  if (example === true) return texts.say("chart-test-why");
  const measured = measuredShare(imbalance);
  const made =
    measured < leastMeasured
      ? texts.say("chart-note-map")
      : texts.say("chart-note-measured", { share: texts.percent(measured) });
  return detail === undefined || detail.long.band.length === 0
    ? made
    : `${made} · ${texts.say("chart-note-band")}`;
}

/** Less is not worth a line. */
const leastMeasured = 0.005;

/** Of the fresh open interest, what was seen position by position. */
function measuredShare({ venues }: Imbalance): number {
  const fresh = venues.filter(({ status }) => status === "fresh");
  const seen = fresh.filter(({ method }) => method === "measured");
  const all = fresh.reduce((sum, { openInterestUsd }) => sum + (openInterestUsd ?? 0), 0);
  const measured = seen.reduce(
    (sum, { openInterestUsd, measuredShare = 1 }) => sum + (openInterestUsd ?? 0) * measuredShare,
    0,
  );
  return all > 0 ? measured / all : 0;
}

/** What must not be overlooked before anything is read off the map. */
export function warningOf({ imbalance, map, example }: MapRequest, texts: Texts): Watermark | undefined {
  if (example === true) return { word: texts.say("chart-watermark-test"), why: texts.say("chart-test-why") };
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
