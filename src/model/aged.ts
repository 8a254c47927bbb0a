import type { Imbalance } from "./types.ts";

/**
 * The stored imbalance as it must be read at `now`: ages go on growing, and past `staleAfterMs` without a newer
 * one nothing in it may be taken for the present, so its numbers are absent.
 */
export function agedImbalance(stored: Imbalance, now: number, staleAfterMs: number): Imbalance {
  const sinceMs = Math.max(0, now - stored.time);
  const grown = (ageMs: number | null): number | null => (ageMs === null ? null : ageMs + sinceMs);
  const venues = stored.venues.map((venue) => ({ ...venue, ageMs: grown(venue.ageMs) }));
  const ageMs = grown(stored.ageMs);
  if (ageMs !== null && ageMs <= staleAfterMs) return { ...stored, venues, ageMs };
  return {
    ...stored,
    regime: "stale",
    ageMs: null,
    coverage: 0,
    venues: venues.map((venue) =>
      venue.status === "fresh" ? { ...venue, status: "stale" as const } : venue,
    ),
    downDistanceUsd: null,
    upDistanceUsd: null,
    downDistanceRatio: null,
    upDistanceRatio: null,
    ratio: null,
    ratioMean: null,
    ratioLow: null,
    ratioHigh: null,
    ratioPercentiles: null,
    downDistanceIntervalUsd: null,
    upDistanceIntervalUsd: null,
    excessRatio: null,
    percentile: null,
    bands: [],
  };
}
