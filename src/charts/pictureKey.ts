import type { HeatmapRequest, HistoryRequest, Look, MapRequest } from "./contracts.ts";

/** Counts changes of what pictures look like, so that no replica shows an older one's. */
const drawingVersion = 1;

/** `map:BTC:1795351200000:…`: the snapshot, how it reads now, and the look. */
export function mapKey({ map, imbalance, detail, stackedBy = "leverage", look }: MapRequest): string {
  const warned = imbalance.regime === "stale" ? "stale" : "live";
  return join("map", map.symbol, map.time, warned, detail === undefined ? "plain" : stackedBy, lookKey(look));
}

export function heatmapKey({ symbol, imbalance, from, to, look }: HeatmapRequest): string {
  return join("heatmap", symbol, imbalance.time, Math.round((to - from) / 3_600_000), lookKey(look));
}

export function historyKey({ symbol, imbalance, from, to, look }: HistoryRequest): string {
  return join("history", symbol, imbalance.time, Math.round((to - from) / 3_600_000), lookKey(look));
}

function lookKey({ theme, format, language }: Look): string {
  return `${theme}-${format}-${language}`;
}

function join(...parts: readonly (string | number)[]): string {
  return [...parts, `v${drawingVersion}`].join(":");
}
