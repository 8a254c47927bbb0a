import { drawnParts, mapDraws, type Draws } from "./draws.ts";
import { asItIs, weigh } from "./drawnReach.ts";
import { binWidth, distanceRatio, logDistance } from "./grid.ts";
import type { PartProfile } from "./parts.ts";
import { selectRank } from "./select.ts";
import type { BookDepth, Cascade, CascadeSide, Side } from "./types.ts";

export interface CascadeInput {
  readonly long: PartProfile;
  readonly short: PartProfile;
  readonly books: readonly BookDepth[];
  /** Open interest of the venues that have a book here, as a share of all fresh venues', 0 to 1. */
  readonly bookCoverage: number;
  /** The same venue by venue, for books that are known less far than 5 %; without it they are taken to be whole. */
  readonly bookShares?: ReadonlyMap<string, number>;
  /** Share of the modelled exposure that is really force-closed when it is reached; null: all of it. */
  readonly realisedShare: number | null;
}

/** As far as books are read. */
export const bookReach = 0.05;

/** How far a move has to feed itself to be called a cascade, in log price. */
const sustainedBins = Math.round(0.005 / binWidth);

/** Nothing is said where fewer of the draws have a cascade. */
const leastShareOfDraws = 0.9;

/** Books of so little of the market say nothing about the rest. */
const leastCoverage = 0.1;

/**
 * Forced flow against resting liquidity: D = inf{d : F(d + ½ %) − F(d) ≥ B(d + ½ %) − B(d)}, F the notional that is
 * force-closed within d and B what rests in the books there, scaled up by their coverage. Whatever moved the price
 * as far as D, from there on the move feeds itself. Undefined without a book, or with books of too little of the market.
 */
export function readCascade(input: CascadeInput, draws: Draws = mapDraws): Cascade | undefined {
  const { books, bookCoverage, realisedShare } = input;
  if (books.length === 0 || !(bookCoverage >= leastCoverage)) return undefined;
  const share = realisedShare ?? 1;
  const side = (profile: PartProfile, resting: Float64Array): CascadeSide =>
    readSide(profile, resting, share, draws);
  const down = side(input.long, restingOf("long", input));
  const up = side(input.short, restingOf("short", input));
  return { down, up, bookCoverage: Math.min(1, bookCoverage) };
}

/**
 * What rests in all books by bin: longs are sold into bids, shorts bought from asks. Each bin is scaled up by the
 * coverage of the books that are known as far as there; where too few are, the reading ends.
 */
function restingOf(side: Side, input: CascadeInput): Float64Array {
  const coverage = coverageOf(side, input);
  const unknown = coverage.findIndex((share) => !(share >= leastCoverage));
  const bins = new Float64Array(unknown === -1 ? coverage.length : unknown);
  for (const book of input.books) {
    for (const [distance, notionalUsd] of side === "long" ? book.bids : book.asks) {
      const bin = binOf(side, distance);
      const sound = Number.isFinite(notionalUsd) && notionalUsd > 0;
      if (sound && bin < bins.length) bins[bin] = (bins[bin] ?? 0) + notionalUsd / (coverage[bin] ?? 1);
    }
  }
  return bins;
}

const binOf = (side: Side, distance: number): number =>
  Math.floor(logDistance(side, Math.max(0, distance)) / binWidth);

/** By bin, the share of the market whose books are known there. */
function coverageOf(side: Side, { books, bookCoverage, bookShares }: CascadeInput): Float64Array {
  const coverage = new Float64Array(binOf(side, bookReach)).fill(bookCoverage);
  for (const { venue, bidReach, askReach } of books) {
    const reach = side === "long" ? bidReach : askReach;
    const share = bookShares?.get(venue);
    if (reach === undefined || share === undefined) continue;
    for (let bin = binOf(side, reach); bin < coverage.length; bin += 1) {
      coverage[bin] = (coverage[bin] ?? 0) - share;
    }
  }
  return coverage;
}

function readSide(profile: PartProfile, resting: Float64Array, share: number, draws: Draws): CascadeSide {
  const factors = draws.factors[profile.side];
  const found = new Float64Array(draws.count);
  const harmless = harmlessFactor(profile, resting, share);
  let cascades = 0;
  for (let draw = 0; draw < draws.count; draw += 1) {
    const from = draw * drawnParts;
    const isHarmless = largestOf(factors, from) < harmless;
    const bin = isHarmless ? undefined : firstSustained(profile, factors, from, { resting, share });
    found[draw] = bin === undefined ? Infinity : distanceRatio(profile.side, bin * binWidth);
    if (bin !== undefined) cascades += 1;
  }
  const own = firstSustained(profile, asItIs, 0, { resting, share });
  const at = (quantile: number): number => selectRank(found, Math.round(quantile * (found.length - 1)));
  return {
    distanceRatio: own === undefined ? null : distanceRatio(profile.side, own * binWidth),
    interval: cascades < leastShareOfDraws * draws.count ? null : { low: at(0.1), high: at(0.9) },
    likelihood: draws.count === 0 ? 0 : cascades / draws.count,
  };
}

/** Rounding of sums, with much to spare. */
const rounding = 1e-9;

/**
 * A draw multiplies no stretch's forced flow by more than its largest factor, so that draws whose factors all are below
 * this one have no cascade: the least, over the stretches, of what rests over what is forced. It spares most of the
 * reading where markets are deep.
 */
function harmlessFactor({ bins, cumulativeUsd }: PartProfile, resting: Float64Array, share: number): number {
  const within = forcedWithin.fill(0);
  for (let part = 0; part < drawnParts; part += 1) {
    for (let bin = 0; bin < resting.length; bin += 1)
      within[bin] = (within[bin] ?? 0) + share * (cumulativeUsd[part * bins + bin] ?? 0);
  }
  const slack = rounding * resting.reduce((sum, usd) => sum + usd, 0);
  const most = rounding * (within[resting.length - 1] ?? 0);
  let least = Infinity;
  let rests = 0;
  for (let end = 0; end < resting.length; end += 1) {
    rests += resting[end] ?? 0;
    const start = end - sustainedBins + 1;
    if (start < 0) continue;
    const flow = (within[end] ?? 0) - (start === 0 ? 0 : (within[start - 1] ?? 0));
    least = Math.min(least, (rests - slack) / (flow + most));
    rests -= resting[start] ?? 0;
  }
  return least;
}

function largestOf(factors: Float64Array, from: number): number {
  let largest = 0;
  for (let at = from; at < from + drawnParts; at += 1) largest = Math.max(largest, factors[at] ?? Infinity);
  return largest;
}

// scratch of `harmlessFactor` and `firstSustained`, by bin
const forcedWithin = new Float64Array(Math.ceil(logDistance("long", bookReach) / binWidth));
const forced = new Float64Array(forcedWithin.length);

/**
 * The first bin from which on the forced flow of a stretch, each part times its factor, is no less than what rests
 * there.
 */
function firstSustained(
  profile: PartProfile,
  factors: Float64Array,
  from: number,
  { resting, share }: { readonly resting: Float64Array; readonly share: number },
): number | undefined {
  let before = 0;
  let surplus = 0;
  let flow = 0;
  for (let end = 0; end < resting.length; end += 1) {
    const within = weigh(factors, from, profile, end);
    const usd = share * (within - before);
    before = within;
    forced[end] = usd;
    surplus += usd - (resting[end] ?? 0);
    flow += usd;
    const start = end - sustainedBins + 1;
    if (start < 0) continue;
    // nothing forced against nothing resting is no cascade
    if (flow > 0 && surplus >= 0) return start;
    surplus -= (forced[start] ?? 0) - (resting[start] ?? 0);
    flow -= forced[start] ?? 0;
  }
  return undefined;
}
