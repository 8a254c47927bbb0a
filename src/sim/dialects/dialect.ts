import type { RiskTier } from "../../model/types.ts";
import type { Contract, Quote } from "../contract.ts";
import type { TrueLiquidation, VenueProfile } from "../contracts.ts";
import { decimalsOf, type Instrument, isInverse } from "../instruments.ts";

/** An answer as it goes over the wire; a body that is no string goes as JSON. */
export interface Reply {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One venue of the world, as its dialect sees it. */
export interface VenueView {
  readonly now: () => number;
  readonly contracts: readonly Contract[];
}

export type Query = URLSearchParams;
/** `posted` is a POST's JSON. */
export type Route = (query: Query, venue: VenueView, posted?: unknown) => Reply;

/** What a websocket client is told at once, and what it is subscribed to from now on. */
export interface FeedAnswer {
  readonly frames: readonly unknown[];
  readonly subscribe?: readonly string[];
  readonly unsubscribe?: readonly string[];
}

/** A venue's way of saying what happened in the world: its routes, its frames, and who trades there. */
export interface Dialect {
  readonly profile: VenueProfile;
  /** By the venue's own path, without host; parts that vary are written `*` and come as the query's `*`. */
  readonly routes: Readonly<Record<string, Route>>;
  readonly unknownPath: Reply;
  readonly tooManyRequests: Reply;
  readonly feed: Feed;
}

/** What a heartbeat stream says of one contract. */
export interface Beat {
  readonly instrument: Instrument;
  readonly quote: Quote;
}

/** A venue's liquidation websocket. */
export interface Feed {
  /** Frames of the streams that always have something to say, with every step. */
  readonly beat?: (topics: ReadonlySet<string>, beats: readonly Beat[]) => readonly unknown[];
  readonly receive: (text: string) => FeedAnswer;
  /** Frames for one client; `liquidations` are one venue's, oldest first, all of one step. */
  readonly publish: (
    liquidations: readonly TrueLiquidation[],
    topics: ReadonlySet<string>,
    instruments: ReadonlyMap<string, Instrument>,
  ) => readonly unknown[];
}

export const ok = (body: unknown): Reply => ({ status: 200, body });

export const price = (value: number, instrument: Instrument): string =>
  value.toFixed(decimalsOf(instrument.tickSize));

export const quantity = (base: number, instrument: Instrument): string =>
  base.toFixed(decimalsOf(instrument.lotSize));

/** What a contract's price is in, as venues spell it. */
export const quoteOf = (instrument: Instrument): string => (isInverse(instrument) ? "USD" : "USDT");

/** Binance's and Bybit's name of a contract. */
export const pairOf = (instrument: Instrument): string => `${instrument.symbol}${quoteOf(instrument)}`;

/** Base units in contracts: of `linearSize` base units each, or of dollars at a price where the contract is inverse. */
export const contractsIn = (base: number, at: number, linearSize: number, instrument: Instrument): number =>
  instrument.contractUsd === undefined ? base / linearSize : (base * at) / instrument.contractUsd;

export function integer(query: Query, name: string): number | undefined {
  const text = query.get(name);
  return text !== null && /^\d+$/.test(text) ? Number(text) : undefined;
}

/**
 * The earliest row a page of the newest `limit` rows up to `until` can hold. Rows are regular, so that older ones
 * need not be made only to be cut off.
 */
export const reachOf = (limit: number, intervalMs: number, until: number): number =>
  until - (limit + 2) * intervalMs;

const unitMs: Readonly<Record<string, number>> = { m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 };

/** "5m", "5min", "1H", "1d", "1Dutc" → ms. */
export function durationOf(text: string): number | undefined {
  const match = /^(\d+)(min|[mhd])(?:utc)?$/i.exec(text);
  const unit = unitMs[match?.[2]?.toLowerCase() ?? ""];
  return unit === undefined ? undefined : Number(match?.[1]) * unit;
}

/** Maintenance tables are written [cap notional, maintenance rate, max leverage] from the first step on. */
export function tiersOf(steps: readonly (readonly [cap: number, rate: number, leverage: number])[]) {
  return (maxLeverage: number): readonly RiskTier[] =>
    steps.map(([capNotional, maintenanceMarginRate, leverage], index) => ({
      floorNotional: steps[index - 1]?.[0] ?? 0,
      capNotional,
      maintenanceMarginRate,
      maxLeverage: Math.min(leverage, maxLeverage),
    }));
}

/** What a client wrote; undefined where it is no JSON. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The newest of each group; groups come in the order in which they were first seen. */
export function newestBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): readonly Item[] {
  return [...new Map(items.map((item) => [keyOf(item), item])).values()];
}

export function groupBy<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
): ReadonlyMap<string, readonly Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return groups;
}

/** For venues whose websocket tells no liquidations. */
export const silentFeed: Feed = { receive: () => ({ frames: [] }), publish: () => [] };
