import { z } from "zod";
import type { Bar, BookDepth, CascadeSide, Imbalance, RiskTier, SeriesSpec } from "../model/types.ts";
import type { Observation, PollFailure } from "../poller/contracts.ts";

/** Infinity for the last tier; `formatStored` sees it through JSON. */
const capNotional = z.union([z.number(), z.literal(Infinity)]);

const riskTier = z.object({
  floorNotional: z.number(),
  capNotional,
  maintenanceMarginRate: z.number(),
  maxLeverage: z.number(),
}) satisfies z.ZodType<RiskTier>;

const seriesSpec = z.object({
  venue: z.string(),
  symbol: z.string(),
  market: z.string(),
  contractType: z.enum(["linear", "inverse"]),
  intervalMs: z.number(),
  riskTiers: z.array(riskTier),
  liquidationFeeRate: z.number(),
}) satisfies z.ZodType<SeriesSpec>;

const unknownOr = z.number().exactOptional();

const bar = z.object({
  openTime: z.number(),
  open: z.number(),
  high: z.number(),
  low: z.number(),
  close: z.number(),
  volume: z.number(),
  takerBuyVolume: unknownOr,
  openInterest: unknownOr,
  markHigh: unknownOr,
  markLow: unknownOr,
  longShortRatio: unknownOr,
  fundingRate: unknownOr,
  longLiquidations: unknownOr,
  shortLiquidations: unknownOr,
}) satisfies z.ZodType<Bar>;

const observation = z.object({
  spec: seriesSpec,
  tierSource: z.object({
    kind: z.enum(["venue", "table", "proxy"]),
    asOf: z.string(),
    venue: z.string().exactOptional(),
  }),
  observedAt: z.number(),
  receivedAt: z.number(),
  markPrice: z.number(),
  openInterest: z.number(),
  openInterestUsd: z.number(),
  closedBars: z.array(bar),
  formingBar: bar.exactOptional(),
}) satisfies z.ZodType<Observation>;

export type StoredFailure = PollFailure & { readonly at: number; readonly slot: number };

const rest = z.object({
  kind: z.enum(["retry", "cool-down", "give-up-symbol", "disable-venue"]),
  reason: z.string(),
  until: unknownOr,
}) satisfies z.ZodType<PollFailure>;

const failure = rest.extend({
  at: z.number(),
  slot: z.number(),
}) satisfies z.ZodType<StoredFailure>;

const orNull = z.number().nullable();
const interval = z.object({ low: z.number(), high: z.number() });
const percentiles = z.object({
  p10: z.number(),
  p20: z.number(),
  p50: z.number(),
  p80: z.number(),
  p90: z.number(),
});

const venueStatus = z.enum(["fresh", "stale", "failed", "quarantined", "disabled"]);

const cascadeSide = z.object({
  distanceRatio: orNull,
  interval: interval.nullable(),
  likelihood: z.number(),
}) satisfies z.ZodType<CascadeSide>;

const imbalance = z.object({
  symbol: z.string(),
  time: z.number(),
  markPrice: orNull,
  notionalUsd: orNull,
  downDistanceUsd: orNull,
  upDistanceUsd: orNull,
  downDistanceRatio: orNull,
  upDistanceRatio: orNull,
  ratio: orNull,
  ratioMean: orNull,
  ratioLow: orNull,
  ratioHigh: orNull,
  ratioPercentiles: percentiles.nullable().exactOptional(),
  downDistanceIntervalUsd: interval.nullable().exactOptional(),
  upDistanceIntervalUsd: interval.nullable().exactOptional(),
  excessRatio: orNull.exactOptional(),
  percentile: orNull.exactOptional(),
  realisedShare: orNull,
  cascade: z.object({ down: cascadeSide, up: cascadeSide, bookCoverage: z.number() }).exactOptional(),
  learned: z.object({ since: z.number(), skill: z.number() }).exactOptional(),
  regime: z.enum(["short-squeeze", "long-flush", "balanced", "thin", "stale"]),
  bands: z.array(
    z.object({
      distanceRatio: z.number(),
      longUsd: z.number(),
      shortUsd: z.number(),
      longIntervalUsd: interval.exactOptional(),
      shortIntervalUsd: interval.exactOptional(),
    }),
  ),
  venues: z.array(
    z.object({
      id: z.string(),
      status: venueStatus,
      ageMs: orNull,
      openInterestUsd: orNull,
      method: z.enum(["estimated", "measured"]),
      measuredShare: unknownOr,
      weight: unknownOr,
      reason: z.string().exactOptional(),
      contracts: z
        .array(
          z.object({
            series: z.string(),
            status: venueStatus,
            ageMs: orNull,
            openInterestUsd: orNull,
            reason: z.string().exactOptional(),
          }),
        )
        .exactOptional(),
    }),
  ),
  coverage: z.number(),
  ageMs: orNull,
}) satisfies z.ZodType<Imbalance>;

const bookSide = z.array(z.tuple([z.number().nonnegative(), z.number().nonnegative()]));

const bookDepth = z.object({
  venue: z.string(),
  observedAt: z.number(),
  bids: bookSide,
  asks: bookSide,
  bidReach: unknownOr,
  askReach: unknownOr,
}) satisfies z.ZodType<BookDepth>;

export const storedSpec = guard(seriesSpec);
export const storedObservation = guard(observation);
export const storedFailure = guard(failure);
export const storedRest = guard(rest);
export const storedImbalance = guard(imbalance);
export const storedDepth = guard(bookDepth);

/**
 * JSON in which an unbounded tier stays so. There is no word for Infinity in JSON, but a number too large for a
 * double is read as one; a reviver that turns null back would triple the cost of reading.
 */
export function formatStored(value: unknown): string {
  return JSON.stringify(value).replaceAll('"capNotional":null', '"capNotional":1e999');
}

/**
 * JSON we wrote ourselves, checked before it is believed. The value comes back as it was stored, so that a field
 * the schema doesn't know yet is kept. Throws when it is not of the shape.
 */
export function parseStored<T>(text: string, isRight: (value: unknown) => value is T, what: string): T {
  const value: unknown = JSON.parse(text);
  if (!isRight(value)) throw new Error(`the stored ${what} is not of the expected shape`);
  return value;
}

function guard<T>(schema: z.ZodType<T>): (value: unknown) => value is T {
  return (value): value is T => schema.safeParse(value).success;
}
