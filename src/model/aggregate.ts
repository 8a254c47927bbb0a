import { isPrice } from "./bars.ts";
import { mapReach } from "./grid.ts";
import type { VenueLevels } from "./levels.ts";
import { mergeParts, mergeSide, unitOf } from "./merge.ts";
import type { PartProfile } from "./parts.ts";
import { roundDigits } from "./rounding.ts";
import { knownUsd, sharesOf } from "./shares.ts";
import { priceShares, type Profile } from "./profile.ts";
import type { LiquidationMap, MapLevel, Method, VenueShare, VenueStatus } from "./types.ts";

/** What one venue brings to a symbol's map; the figures of a venue that is not fresh are its last known. */
export interface VenueInput {
  /** ccxt id; a venue with several contracts has an input of each. */
  readonly id: string;
  /** The contract's own name beside the main one's, which is the venue's id: "okx:inverse". */
  readonly series?: string;
  readonly status: VenueStatus;
  readonly ageMs: number | null;
  readonly method: Method;
  readonly markPrice?: number;
  readonly openInterestUsd?: number;
  readonly levels?: VenueLevels;
  /** Share of its open interest whose positions are known, 0 to 1. */
  readonly measuredShare?: number;
  readonly reason?: string;
}

export interface Aggregate {
  readonly symbol: string;
  readonly time: number;
  /** Open-interest-weighted median of fresh marks; undefined when no venue is fresh. */
  readonly markPrice: number | undefined;
  /** The same over every venue's last known mark: to show beside "stale", never to measure from. */
  readonly lastMarkPrice: number | undefined;
  readonly long: Profile;
  readonly short: Profile;
  /** The same by the parts that are drawn; made when they are asked for. */
  readonly longParts: PartProfile;
  readonly shortParts: PartProfile;
  readonly shares: readonly VenueShare[];
  /** Fresh open interest / last known, 0 to 1. */
  readonly coverage: number;
  /** Age of the oldest fresh venue's data; null when none is fresh. */
  readonly ageMs: number | null;
  /** Of the fresh venues. */
  readonly openInterestUsd: number;
  /** Share of what past maps held, where prices came, that venues reported as liquidated; null while none reports. */
  readonly realisedShare: number | null;
}

/** A venue that contributes: fresh, with a sound mark, open interest and levels. */
interface Contribution {
  readonly markPrice: number;
  readonly openInterestUsd: number;
  readonly levels: VenueLevels;
  readonly ageMs: number | null;
}

/** Venues trade one asset: a mark this far from the others' median is another contract, or wrong. */
const mostMarkDeviation = 0.01;
/** What a mark may be off besides for every second that it is older than the newest: in a crash prices run away. */
const driftPerSecond = 0.001;
/** No age excuses more. */
const mostDrift = 0.04;

const seriesOf = ({ id, series = id }: VenueInput): string => series;

/**
 * Merges venues: each level keeps its log distance from its own venue's mark (p → p·M/mark), its notional is
 * quantity × that price for linear contracts and the quantity itself for inverse ones. The order of `inputs`
 * does not matter. A venue that is not fresh, or whose figures contradict the others', is only named.
 */
export function aggregateVenues(symbol: string, time: number, inputs: readonly VenueInput[]): Aggregate {
  // sums of floats depend on their order
  const judged = judgeMarks(inputs.toSorted((a, b) => (seriesOf(a) < seriesOf(b) ? -1 : 1)));
  const contributions = judged.flatMap(({ own }) => own ?? []);
  const freshUsd = new Map(judged.map(({ input, own }) => [input, own?.openInterestUsd ?? 0]));
  const markPrice = medianMark(contributions);
  const openInterestUsd = contributions.reduce((sum, venue) => sum + venue.openInterestUsd, 0);
  const known = judged.reduce((sum, { input }) => sum + (knownUsd(input) ?? 0), 0);
  const longParts = once(() => mergeParts("long", contributions, markPrice));
  const shortParts = once(() => mergeParts("short", contributions, markPrice));
  return {
    symbol,
    time,
    markPrice,
    lastMarkPrice: markPrice ?? medianMark(judged.flatMap(({ input }) => markOf(input) ?? [])),
    long: mergeSide("long", contributions, markPrice),
    short: mergeSide("short", contributions, markPrice),
    get longParts() {
      return longParts();
    },
    get shortParts() {
      return shortParts();
    },
    shares: sharesOf(
      judged.map(({ input }) => input),
      (input) => freshUsd.get(input) ?? 0,
    ),
    coverage: known > 0 ? Math.min(1, openInterestUsd / known) : 0,
    ageMs: oldestAge(contributions),
    openInterestUsd,
    realisedShare: realisedShareOf(contributions, markPrice),
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** Dollar-weighted over the venues that report. */
function realisedShareOf(venues: readonly Contribution[], markPrice: number | undefined): number | null {
  let [reported, mapped] = [0, 0];
  for (const { levels } of venues) {
    const unit = unitOf(levels, markPrice ?? NaN) ?? 1;
    reported += unit * (levels.reports?.reported ?? 0);
    mapped += unit * (levels.reports?.mapped ?? 0);
  }
  return mapped > 0 ? reported / mapped : null;
}

interface Judged {
  readonly input: VenueInput;
  /** Undefined where it is only named. */
  readonly own: Contribution | undefined;
}

/** Fresh venues that bring nothing sound, or a mark far from the others', are quarantined with the reason. */
function judgeMarks(inputs: readonly VenueInput[]): Judged[] {
  const brought = inputs.map((input): Judged => ({ input, own: contributionOf(input) }));
  const fresh = brought.flatMap(({ own }) => own ?? []);
  const median = medianMark(fresh);
  const newestMs = Math.min(...fresh.map(({ ageMs }) => ageMs ?? Infinity));
  return brought.map((each) => {
    const reason = each.input.status === "fresh" ? faultOf(each, median, newestMs) : undefined;
    return reason === undefined ? each : { input: quarantine(each.input, reason), own: undefined };
  });
}

function quarantine(input: VenueInput, reason: string): VenueInput {
  return { ...input, status: "quarantined", reason };
}

function faultOf({ input, own }: Judged, median: number | undefined, newestMs: number): string | undefined {
  if (own === undefined) return input.reason ?? "no usable mark price, open interest or levels";
  const off = median === undefined ? 0 : Math.abs(own.markPrice / median - 1);
  const lagSeconds = Math.max(0, (own.ageMs ?? newestMs) - newestMs) / 1000;
  const drift = Number.isFinite(lagSeconds) ? Math.min(mostDrift, driftPerSecond * lagSeconds) : 0;
  return off > mostMarkDeviation + drift
    ? `mark ${own.markPrice} is far from the venues' median ${median}`
    : undefined;
}

/** What a venue by itself brings; undefined where it is not fresh or not sound. */
export function contributionOf(input: VenueInput): Contribution | undefined {
  const mark = markOf(input);
  if (input.status !== "fresh" || input.levels === undefined || mark === undefined) return undefined;
  const { markPrice, openInterestUsd } = mark;
  return { markPrice, openInterestUsd, levels: input.levels, ageMs: input.ageMs };
}

function markOf(input: VenueInput): { markPrice: number; openInterestUsd: number } | undefined {
  const openInterestUsd = knownUsd(input);
  const { markPrice = NaN } = input;
  return isPrice(markPrice) && openInterestUsd !== undefined ? { markPrice, openInterestUsd } : undefined;
}

/** The mark that half of the open interest lies at or below; between two where it is exactly half. */
function medianMark(
  venues: readonly { readonly markPrice: number; readonly openInterestUsd: number }[],
): number | undefined {
  const sorted = venues.toSorted((a, b) => a.markPrice - b.markPrice);
  const half = sorted.reduce((sum, venue) => sum + venue.openInterestUsd, 0) / 2;
  let below = 0;
  for (const [index, { markPrice, openInterestUsd }] of sorted.entries()) {
    below += openInterestUsd;
    if (below > half) return markPrice;
    if (below === half) return (markPrice + (sorted[index + 1]?.markPrice ?? markPrice)) / 2;
  }
  return sorted.at(-1)?.markPrice;
}

function oldestAge(venues: readonly Contribution[]): number | null {
  return venues.reduce<number | null>((oldest, { ageMs }) => {
    if (ageMs === null) return oldest;
    return oldest === null ? ageMs : Math.max(oldest, ageMs);
  }, null);
}

/** Bins under this share of open interest are rounding, not positions. */
const leastShareOfLevel = 1e-9;

/** The map as it is published. Where no venue is fresh it is empty. */
export function toLiquidationMap(aggregate: Aggregate): LiquidationMap {
  const { symbol, time } = aggregate;
  const markPrice = aggregate.markPrice ?? aggregate.lastMarkPrice;
  if (markPrice === undefined) return { symbol, time, markPrice: null, long: [], short: [] };
  const least = aggregate.openInterestUsd * leastShareOfLevel;
  return {
    symbol,
    time,
    markPrice,
    long: mapLevels(aggregate.long, markPrice, least),
    short: mapLevels(aggregate.short, markPrice, least),
  };
}

// scratch of `mapLevels`
const prices = new Float64Array(priceShares.long.length);
const notionals = new Float64Array(priceShares.long.length);
const blank: readonly MapLevel[] = Array.from(prices, () => [0, 0] as const);

function mapLevels({ side, notionalUsd }: Profile, markPrice: number, least: number): MapLevel[] {
  const shares = priceShares[side];
  let count = 0;
  for (let bin = 0; bin < notionalUsd.length; bin += 1) {
    const notional = notionalUsd[bin] ?? 0;
    const share = shares[bin] ?? NaN;
    if (!(notional > least && Math.abs(share - 1) <= mapReach)) continue;
    prices[count] = markPrice * share;
    notionals[count] = notional;
    count += 1;
  }
  roundDigits(prices, count);
  roundDigits(notionals, count);
  // an array that grows takes twice as long as one that is cut off
  const levels = blank.slice(0, count);
  for (let i = 0; i < count; i += 1) levels[i] = [prices[i] ?? NaN, notionals[i] ?? NaN];
  return levels;
}
