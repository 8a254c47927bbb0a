import { drawnParts, mapDraws, type Draws } from "./draws.ts";
import { binWidth, distanceRatio, logDistance } from "./grid.ts";
import type { PartProfile } from "./parts.ts";
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
  const found = new Float64Array(draws.count);
  const forced = new Float64Array(resting.length);
  let cascades = 0;
  for (let draw = 0; draw < draws.count; draw += 1) {
    drawForced(profile, draws.factors[profile.side].subarray(draw * drawnParts), share, forced);
    const bin = firstSustained(forced, resting);
    found[draw] = bin === undefined ? Infinity : distanceRatio(profile.side, bin * binWidth);
    if (bin !== undefined) cascades += 1;
  }
  const certain = new Float64Array(drawnParts).fill(1);
  drawForced(profile, certain, share, forced);
  const own = firstSustained(forced, resting);
  const sorted = found.toSorted();
  const at = (quantile: number): number => sorted[Math.round(quantile * (sorted.length - 1))] ?? Infinity;
  return {
    distanceRatio: own === undefined ? null : distanceRatio(profile.side, own * binWidth),
    interval: cascades < leastShareOfDraws * draws.count ? null : { low: at(0.1), high: at(0.9) },
    likelihood: draws.count === 0 ? 0 : cascades / draws.count,
  };
}

/** Forced notional by bin, with each part times its factor. */
function drawForced(profile: PartProfile, factors: Float64Array, share: number, into: Float64Array): void {
  let before = 0;
  for (let bin = 0; bin < into.length; bin += 1) {
    let within = 0;
    for (let part = 0; part < drawnParts; part += 1) {
      within += (factors[part] ?? 0) * (profile.cumulativeUsd[part * profile.bins + bin] ?? 0);
    }
    into[bin] = share * (within - before);
    before = within;
  }
}

/** The first bin from which on the forced flow of a stretch is no less than what rests there. */
function firstSustained(forced: Float64Array, resting: Float64Array): number | undefined {
  let surplus = 0;
  let flow = 0;
  for (let end = 0; end < forced.length; end += 1) {
    surplus += (forced[end] ?? 0) - (resting[end] ?? 0);
    flow += forced[end] ?? 0;
    const start = end - sustainedBins + 1;
    if (start < 0) continue;
    // nothing forced against nothing resting is no cascade
    if (flow > 0 && surplus >= 0) return start;
    surplus -= (forced[start] ?? 0) - (resting[start] ?? 0);
    flow -= forced[start] ?? 0;
  }
  return undefined;
}
