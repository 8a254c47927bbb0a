import { contributionOf, type Aggregate, type VenueInput } from "./aggregate.ts";
import { percentileOf, rememberExcess, type ExcessMemory } from "./excess.ts";
import type { VenueLevels } from "./levels.ts";
import { readProfiles, unitOf } from "./merge.ts";
import { nullOpenInterest } from "./nullMap.ts";
import { referenceNotional, rememberNotional, type NotionalMemory } from "./notional.ts";
import { drawDistances, drawWithin } from "./posterior.ts";
import { distanceTo, notionalWithin, type Profile } from "./profile.ts";
import type { Imbalance, ImbalanceBand, Interval, Regime, Side } from "./types.ts";

export { freshNotionalMemory, type NotionalMemory } from "./notional.ts";

export interface ImbalanceOptions {
  /** The user's own notional, instead of the reference rule. */
  readonly notionalUsd?: number;
  /** An alert's episode is running: the rung stays. */
  readonly episodeOpen: boolean;
  /** Of the null map, around the same mark; without it there is no excess ratio. */
  readonly nullLevels?: VenueLevels | undefined;
  /** False leaves out bands and percentiles, which are most of the work; for who asks for the ratio only. */
  readonly draws?: boolean;
}

/** What a symbol's imbalance remembers between recomputes; plain JSON. */
export interface ImbalanceMemory extends NotionalMemory {
  readonly excess?: ExcessMemory | undefined;
}

/** Beyond this ratio, or its inverse, the map leans; alerts have their own, larger thresholds. */
const leaningRatio = 1.25;

/** A reference notional under this share of open interest is too little to speak of. */
const leastShareOfOpenInterest = 0.002;

/** Multiples of N that `ratioMean` averages over. */
const ladder = [0.5, 0.75, 1, 1.5, 2] as const;

const bandDistances = [0.005, 0.01, 0.02, 0.03, 0.05, 0.1] as const;

/** Of these, the ones that say how sure they are. */
const drawnDistances: ReadonlySet<number> = new Set([0.01, 0.02, 0.05]);

/** ratio(N) = D_down(N) / D_up(N) and what goes with it (docs: the model, "The quantity"). */
export function measureImbalance(
  aggregate: Aggregate,
  memory: ImbalanceMemory,
  options: ImbalanceOptions,
): { imbalance: Imbalance; memory: ImbalanceMemory } {
  if (aggregate.markPrice === undefined)
    return { imbalance: staleImbalance(aggregate, memory, options), memory };
  const { long, short, time, markPrice } = aggregate;
  const reference = referenceNotional(long, short);
  const remembered = rememberNotional(memory, reference, time, options.episodeOpen);
  const notionalUsd = options.notionalUsd ?? remembered.notionalUsd;
  const draws = options.draws !== false;
  const measured = {
    ...measureDistances(aggregate, markPrice, notionalUsd),
    ...(draws ? measureDraws(aggregate, markPrice, notionalUsd) : noDraws),
  };
  const ratioMean = options.notionalUsd === undefined ? meanRatio(aggregate, notionalUsd) : null;
  const thin = options.notionalUsd === undefined && isThin(aggregate, reference, notionalUsd);
  const excessRatio = excessOf(aggregate, options, notionalUsd, ratioMean ?? measured.ratio);
  // a notional of somebody's own has no history here
  const ranked = options.notionalUsd === undefined;
  const excess = ranked ? rememberExcess(memory.excess, excessRatio, time) : memory.excess;
  const imbalance: Imbalance = {
    ...commonPart(aggregate, markPrice),
    notionalUsd,
    ...measured,
    ratioMean,
    excessRatio,
    percentile: ranked && excess !== undefined ? percentileOf(excess, excessRatio) : null,
    regime: thin ? "thin" : regimeOf(measured.ratio, ratioMean ?? measured.ratio),
    bands: bandsOf(aggregate, draws),
  };
  return { imbalance, memory: { ...remembered, excess } };
}

/** The ratio (its mean where it has one) over the null map's, for the same open interest and notional. */
function excessOf(
  { openInterestUsd }: Aggregate,
  { nullLevels, notionalUsd: own }: ImbalanceOptions,
  notionalUsd: number | null,
  ratio: number | null,
): number | null {
  if (nullLevels === undefined || notionalUsd === null || ratio === null) return null;
  const rungs = own === undefined ? ladder : [1];
  const nullRatio = readProfiles(nullLevels, openInterestUsd / nullOpenInterest, (sides) =>
    meanRatio(sides, notionalUsd, rungs),
  );
  return nullRatio === null ? null : ratio / nullRatio;
}

function staleImbalance(aggregate: Aggregate, memory: NotionalMemory, options: ImbalanceOptions): Imbalance {
  return {
    ...commonPart(aggregate, aggregate.lastMarkPrice ?? null),
    notionalUsd: options.notionalUsd ?? memory.notionalUsd,
    ...noDistances,
    ...noDraws,
    ratioMean: null,
    excessRatio: null,
    percentile: null,
    regime: "stale",
    bands: [],
  };
}

function commonPart(aggregate: Aggregate, markPrice: number | null) {
  const { symbol, time, shares, coverage, ageMs, realisedShare } = aggregate;
  return { symbol, time, markPrice, venues: shares, coverage, ageMs, realisedShare };
}

type Distances = Pick<
  Imbalance,
  "downDistanceUsd" | "upDistanceUsd" | "downDistanceRatio" | "upDistanceRatio" | "ratio"
>;

const noDistances: Distances = {
  downDistanceUsd: null,
  upDistanceUsd: null,
  downDistanceRatio: null,
  upDistanceRatio: null,
  ratio: null,
};

type Drawn = Pick<
  Imbalance,
  "ratioLow" | "ratioHigh" | "ratioPercentiles" | "downDistanceIntervalUsd" | "upDistanceIntervalUsd"
>;

const noDraws: Drawn = {
  ratioLow: null,
  ratioHigh: null,
  ratioPercentiles: null,
  downDistanceIntervalUsd: null,
  upDistanceIntervalUsd: null,
};

/** The ratio at a sum that a venue's own map shows; null where it is not fresh or can't reach the sum. */
export function ownRatio(input: VenueInput, notionalUsd: number): number | null {
  const own = contributionOf(input);
  if (own === undefined) return null;
  const { levels, markPrice } = own;
  return readProfiles(
    levels,
    unitOf(levels, markPrice),
    (sides) => measureDistances(sides, markPrice, notionalUsd).ratio,
  );
}

function measureDistances(
  { long, short }: Readonly<Record<Side, Profile>>,
  markPrice: number,
  notionalUsd: number | null,
): Distances {
  if (notionalUsd === null) return noDistances;
  const down = distanceTo(long, notionalUsd) ?? null;
  const up = distanceTo(short, notionalUsd) ?? null;
  const downDistanceUsd = down === null ? null : down * markPrice;
  const upDistanceUsd = up === null ? null : up * markPrice;
  const ratio = quotient(downDistanceUsd, upDistanceUsd);
  return { downDistanceUsd, upDistanceUsd, downDistanceRatio: down, upDistanceRatio: up, ratio };
}

/** What the map itself can't say has no band either. */
function measureDraws(aggregate: Aggregate, markPrice: number, notionalUsd: number | null): Drawn {
  const { long, short, longParts, shortParts } = aggregate;
  if (notionalUsd === null) return noDraws;
  const reached = [long, short].map((side) => distanceTo(side, notionalUsd) !== undefined);
  const [down = false, up = false] = reached;
  const drawn = drawDistances(longParts, shortParts, notionalUsd);
  const ratioPercentiles = down && up ? drawn.ratioPercentiles : null;
  return {
    ratioLow: ratioPercentiles?.p10 ?? null,
    ratioHigh: ratioPercentiles?.p90 ?? null,
    ratioPercentiles,
    downDistanceIntervalUsd: down ? timesOf(drawn.down, markPrice) : null,
    upDistanceIntervalUsd: up ? timesOf(drawn.up, markPrice) : null,
  };
}

function timesOf(interval: Interval | null, factor: number): Interval | null {
  return interval === null ? null : { low: interval.low * factor, high: interval.high * factor };
}

/** Null where a side cannot say. */
function quotient(down: number | null, up: number | null): number | null {
  return down !== null && up !== null && down > 0 && up > 0 ? down / up : null;
}

/** exp of the mean of ln ratio over the rungs of the ladder that both sides reach. */
function meanRatio(
  { long, short }: Readonly<Record<Side, Profile>>,
  notionalUsd: number | null,
  multiples: readonly number[] = ladder,
): number | null {
  if (notionalUsd === null) return null;
  const logs = multiples.flatMap((multiple) => {
    const down = distanceTo(long, multiple * notionalUsd) ?? null;
    const up = distanceTo(short, multiple * notionalUsd) ?? null;
    const ratio = quotient(down, up);
    return ratio === null ? [] : [Math.log(ratio)];
  });
  return logs.length === 0 ? null : Math.exp(logs.reduce((sum, log) => sum + log, 0) / logs.length);
}

/** Too little within reach now, whatever rung is still in force. */
function isThin(aggregate: Aggregate, reference: number | undefined, notionalUsd: number | null): boolean {
  const smaller = Math.min(reference ?? 0, notionalUsd ?? 0);
  return smaller < leastShareOfOpenInterest * aggregate.openInterestUsd;
}

function regimeOf(ratio: number | null, ratioMean: number | null): Regime {
  if (ratio === null || ratioMean === null) return "thin";
  if (Math.min(ratio, ratioMean) >= leaningRatio) return "short-squeeze";
  if (Math.max(ratio, ratioMean) <= 1 / leaningRatio) return "long-flush";
  return "balanced";
}

function bandsOf(aggregate: Aggregate, draws: boolean): ImbalanceBand[] {
  const { long, short } = aggregate;
  return bandDistances.map((distanceRatio) => ({
    distanceRatio,
    longUsd: notionalWithin(long, distanceRatio),
    shortUsd: notionalWithin(short, distanceRatio),
    ...(draws &&
      drawnDistances.has(distanceRatio) && {
        longIntervalUsd: drawWithin(aggregate.longParts, distanceRatio),
        shortIntervalUsd: drawWithin(aggregate.shortParts, distanceRatio),
      }),
  }));
}
