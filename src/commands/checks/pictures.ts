import type { Charts } from "../../charts/contracts.ts";
import { plainLook } from "../../charts/contracts.ts";
import type { Imbalance } from "../../model/types.ts";
import type { Finding } from "./finding.ts";

/** Draws a small picture as alerts' pictures are drawn: the thread, its native part and every font. */
export async function checkPictures(charts: Charts, now: number): Promise<Finding> {
  const startedAt = performance.now();
  const request = { symbol: "BTC", from: now - 3_600_000, to: now, points: [], threshold: 2, alerts: [] };
  const drawn = await charts.history({ ...request, imbalance: nothingKnown(now), look: plainLook });
  await charts.close();
  if (drawn.kind === "picture") {
    const ms = Math.round(performance.now() - startedAt);
    return { level: "ok", message: `fonts and renderer draw pictures (${ms} ms with the start)` };
  }
  return {
    level: "error",
    message: `no pictures can be drawn: ${drawn.message}`,
    hint: "Alerts go out as text until then. Run npm run setup; in a container, build the image anew.",
  };
}

function nothingKnown(time: number): Imbalance {
  return {
    symbol: "BTC",
    time,
    markPrice: null,
    notionalUsd: null,
    downDistanceUsd: null,
    upDistanceUsd: null,
    downDistanceRatio: null,
    upDistanceRatio: null,
    ratio: null,
    ratioMean: null,
    ratioLow: null,
    ratioHigh: null,
    realisedShare: null,
    regime: "stale",
    bands: [],
    venues: [],
    coverage: 0,
    ageMs: null,
  };
}
