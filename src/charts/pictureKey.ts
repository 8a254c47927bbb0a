import type { HistoryRequest, Look, MapRequest, ReliabilityRequest } from "./contracts.ts";

/** Counts changes of what pictures look like, so that no replica shows an older one's. */
const drawingVersion = 1;

type MapKeyed = Pick<MapRequest, "imbalance" | "stackedBy" | "look"> & {
  readonly map: Pick<MapRequest["map"], "symbol" | "time">;
};

/** `map:BTC:1795351200000:…`: the snapshot, how it reads now, and the look. */
export function mapKey({ map, imbalance, stackedBy = "leverage", look }: MapKeyed): string {
  const warned = imbalance.regime === "stale" ? "stale" : "live";
  return join("map", map.symbol, map.time, warned, stackedBy, lookKey(look));
}

type SpanKeyed = Pick<HistoryRequest, "symbol" | "imbalance" | "from" | "to" | "look">;

/** Of a heatmap or a history: the newest snapshot, how it reads now, the span and the look. */
export function spanKey(
  kind: "heatmap" | "history",
  { symbol, imbalance, from, to, look }: SpanKeyed,
): string {
  const warned = imbalance.regime === "stale" ? "stale" : "live";
  return join(kind, symbol, imbalance.time, warned, Math.round((to - from) / 60_000), lookKey(look));
}

/** How many recordings, and until when: nobody keeps these pictures, but every picture has a key. */
export function reliabilityKey({ recordings, look }: ReliabilityRequest): string {
  const newest = recordings.reduce((latest, { to }) => Math.max(latest, to), 0);
  return join("reliability", recordings.length, newest, lookKey(look));
}

function lookKey({ theme, format, language }: Look): string {
  return `${theme}-${format}-${language}`;
}

function join(...parts: readonly (string | number)[]): string {
  return [...parts, `v${drawingVersion}`].join(":");
}
