import type { VenueInput } from "../model/aggregate.ts";
import type { VenueLevels } from "../model/levels.ts";
import { withMeasured } from "../model/measured.ts";
import type { MeasuredPosition, VenueStatus } from "../model/types.ts";
import type { VenueRecord } from "../store/contracts/rounds.ts";
import type { Portfolio } from "./portfolio.ts";

export interface VenueInputsOptions {
  readonly records: readonly VenueRecord[];
  readonly portfolio: Portfolio;
  /** Every configured venue: one that never spoke is named too. */
  readonly venues: readonly string[];
  /** Positions that are known, by venue. */
  readonly measured: ReadonlyMap<string, readonly MeasuredPosition[]>;
  /** Why a series' newest figures are not believed. */
  readonly doubts: ReadonlyMap<string, string>;
  readonly now: number;
  readonly pollIntervalMs: number;
}

/** A venue's data is stale when older than three polls, and never before this. */
const leastStaleMs = 10_000;

/** What each configured venue brings to this recompute: levels if it is fresh, a reason if it is not. */
export function venueInputs(options: VenueInputsOptions): VenueInput[] {
  const bySeries = new Map(options.records.map((record) => [record.venue, record]));
  return options.venues.flatMap((id) => [
    venueInput(id, bySeries.get(id), options),
    ...options.records
      .filter((record) => record.venue.startsWith(`${id}:`) && !isGone(record, options.now))
      .map((record) => ({ ...venueInput(record.venue, record, options), id, series: record.venue })),
  ]);
}

/** A second contract that isn't polled any more says nothing about its venue. */
const goneMs = 3_600_000;

function isGone({ observation, failure }: VenueRecord, now: number): boolean {
  if (observation === undefined || failure?.kind === "give-up-symbol") return true;
  return now - observation.observedAt > goneMs;
}

/** Venues trade one path: the null map is that of the largest fresh one. */
export function nullLevelsOf(inputs: readonly VenueInput[], portfolio: Portfolio): VenueLevels | undefined {
  const [largest] = inputs
    .filter(({ status }) => status === "fresh")
    .toSorted((a, b) => (b.openInterestUsd ?? 0) - (a.openInterestUsd ?? 0));
  if (largest?.markPrice === undefined) return undefined;
  return portfolio.nullLevels(largest.series ?? largest.id, largest.markPrice);
}

function venueInput(id: string, record: VenueRecord | undefined, options: VenueInputsOptions): VenueInput {
  const observation = record?.observation;
  if (observation === undefined) {
    const reason = record?.failure?.reason ?? "not heard from yet";
    return { id, status: failedStatus(record), ageMs: null, method: "estimated", reason };
  }
  const { markPrice, openInterestUsd } = observation;
  const ageMs = Math.max(0, options.now - observation.observedAt);
  const known = { id, ageMs, method: "estimated", markPrice, openInterestUsd } as const;
  if (ageMs > Math.max(3 * options.pollIntervalMs, leastStaleMs)) {
    const failure = record?.failure;
    if (failure === undefined) return { ...known, status: "stale", reason: "no newer data came" };
    // what was delisted is not missing from the map
    if (failure.kind === "give-up-symbol")
      return { id, status: "disabled", ageMs: null, method: "estimated", reason: failure.reason };
    return { ...known, status: failedStatus(record), reason: failure.reason };
  }
  const doubt = options.doubts.get(id);
  if (doubt !== undefined) return { ...known, status: "quarantined", reason: doubt };
  const series = options.portfolio.series(id);
  if (series === undefined) return { ...known, status: "stale", reason: "reading its history" };
  const modelled = options.portfolio.levels(series, observation);
  const positions = options.measured.get(id) ?? [];
  const { levels, share } = withMeasured(modelled, positions, observation.openInterest, options.now);
  if (share === 0) return { ...known, status: "fresh", levels };
  return { ...known, status: "fresh", method: "measured", measuredShare: share, levels };
}

function failedStatus(record: VenueRecord | undefined): VenueStatus {
  if (record?.failure === undefined) return "stale";
  return record.failure.kind === "disable-venue" || record.failure.kind === "give-up-symbol"
    ? "disabled"
    : "failed";
}
