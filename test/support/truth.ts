import { aggregateVenues, type Aggregate, type VenueInput } from "../../src/model/aggregate.ts";
import { freshNotionalMemory, measureImbalance, type NotionalMemory } from "../../src/model/imbalance.ts";
import { notionalWithin } from "../../src/model/profile.ts";
import {
  applyStacked,
  stackedLevels,
  warmStartStacked,
  type StackedSeries,
} from "../../src/model/stackedSeries.ts";
import type { Bar, Imbalance, SeriesSpec } from "../../src/model/types.ts";
import type { Phase, Truth, TrueLevel, VenueProfile } from "../../src/sim/contracts.ts";
import { binanceusdm } from "../../src/sim/dialects/binanceusdm.ts";
import { bybit } from "../../src/sim/dialects/bybit.ts";
import { createRandom, type Random } from "../../src/sim/random.ts";
import { createWorld, type OpenWorld } from "../../src/sim/world.ts";

const barMs = 300_000;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** What the model said at one time, beside what was so. Ratios as the imbalance has them: above 1 shorts are nearer. */
export interface Sample {
  readonly time: number;
  readonly modelled: Imbalance;
  /** Of the same notional; undefined where the true positions of a side don't reach it. */
  readonly trueRatio: number | undefined;
  /** S(d)/L(d) at ±2 %. */
  readonly dual: { readonly modelled: number; readonly truth: number };
  /** Both sides' dollars within ±5 %. */
  readonly level: { readonly modelled: number; readonly truth: number };
}

export interface TruthOptions {
  readonly seed: number;
  readonly historyMs: number;
  readonly liveMs: number;
}

/**
 * The model on a world that knows every position and is built otherwise than the filter: cross margin, added margin,
 * stops and targets, jumps, crowds that come and go, and only a part of the liquidations is ever printed.
 */
export function compareWithTruth({ seed, historyMs, liveMs }: TruthOptions): readonly Sample[] {
  const profiles = [binanceusdm.profile, bybit.profile];
  const world = createWorld({
    seed,
    symbols: ["BTC"],
    venues: profiles,
    storyline: {
      script: { history: story(createRandom(seed), historyMs), live: story(createRandom(seed + 1), liveMs) },
      faults: [],
    },
    startAt: Date.UTC(2026, 0, 1) + historyMs,
    historyMs,
    stepMs: 60_000,
  });
  const feeds = profiles.map((profile) => openFeed(world, profile));
  let memory = freshNotionalMemory;
  const samples: Sample[] = [];
  for (let time = world.startAt + hourMs; time <= world.startAt + liveMs; time += hourMs) {
    world.advanceTo(time);
    const aggregate = aggregateVenues(
      "BTC",
      time,
      feeds.map((feed) => feed(time)),
    );
    const measured = measureImbalance(aggregate, memory, { episodeOpen: false });
    memory = measured.memory satisfies NotionalMemory;
    samples.push(sampleOf(time, measured.imbalance, aggregate, world.truth("BTC")));
  }
  return samples;
}

/** Days of calm, trends, falls and rises, with crowding on either side and sudden moves. */
function story(random: Random, durationMs: number): Phase[] {
  const phases: Phase[] = [];
  for (let total = 0; total < durationMs; total += phases.at(-1)?.durationMs ?? durationMs) {
    const lean = random.normal();
    phases.push({
      name: `stretch ${phases.length}`,
      durationMs: Math.min(durationMs - total, Math.ceil(6 + 30 * random.next()) * hourMs),
      priceRatio: Math.exp(0.03 * random.normal()),
      dailyVolatility: 0.015 + 0.02 * random.next(),
      openInterestRatio: Math.exp(0.08 * random.normal()),
      activity: Math.exp(0.6 * random.normal()),
      jumpsPerDay: random.next() < 0.4 ? 2 : 0,
      longCrowding: Math.exp(0.15 * lean),
      shortCrowding: Math.exp(-0.15 * lean),
    });
  }
  return phases;
}

/** One venue's series, brought up to a time and read. */
function openFeed(world: OpenWorld, profile: VenueProfile): (time: number) => VenueInput {
  const contract = world.contract("BTC", profile.id);
  if (contract === undefined) throw new Error(`the world has no ${profile.id}`);
  const spec: SeriesSpec = {
    venue: profile.id,
    symbol: "BTC",
    market: "BTC/USDT:USDT",
    contractType: "linear",
    intervalMs: barMs,
    riskTiers: profile.riskTiers(contract.instrument.maxLeverage),
    liquidationFeeRate: profile.liquidationFeeRate,
  };
  const bars = (from: number, to: number): Bar[] => {
    const held = new Map(
      contract.samples(from, to + 1).map(({ time, openInterest }) => [time, openInterest]),
    );
    return contract.candles(barMs, from, to).map((candle) => {
      const openInterest = held.get(candle.openTime + barMs);
      return {
        openTime: candle.openTime,
        open: candle.open,
        high: candle.high,
        low: candle.low,
        close: candle.close,
        volume: candle.volume,
        takerBuyVolume: candle.takerBuyVolume,
        markHigh: candle.mark.high,
        markLow: candle.mark.low,
        longLiquidations: printed * candle.longLiquidated,
        shortLiquidations: printed * candle.shortLiquidated,
        ...(openInterest !== undefined && { openInterest }),
      };
    });
  };
  let until = Math.floor(world.startAt / barMs) * barMs;
  const series: StackedSeries = warmStartStacked(spec, bars(until - 30 * dayMs, until));
  return (time) => {
    for (const bar of bars(until, time)) applyStacked(series, bar);
    until = time;
    const { markPrice, openInterest } = contract.quote();
    return {
      id: profile.id,
      status: "fresh",
      ageMs: 0,
      method: "estimated",
      markPrice,
      openInterestUsd: openInterest * markPrice,
      levels: stackedLevels(series, markPrice),
    };
  };
}

/** What a stream of at most one print a second lets through of a busy market. */
const printed = 0.4;

function sampleOf(time: number, modelled: Imbalance, aggregate: Aggregate, truth: Truth): Sample {
  const down = distanceTo(truth.long, truth.markPrice, modelled.notionalUsd);
  const up = distanceTo(truth.short, truth.markPrice, modelled.notionalUsd);
  const within = (ratio: number) => ({
    modelled: { long: notionalWithin(aggregate.long, ratio), short: notionalWithin(aggregate.short, ratio) },
    truth: {
      long: dollarsWithin(truth.long, truth.markPrice, ratio),
      short: dollarsWithin(truth.short, truth.markPrice, ratio),
    },
  });
  const [near, wide] = [within(0.02), within(0.05)];
  return {
    time,
    modelled,
    trueRatio: down === undefined || up === undefined ? undefined : down / up,
    dual: { modelled: near.modelled.short / near.modelled.long, truth: near.truth.short / near.truth.long },
    level: {
      modelled: wide.modelled.long + wide.modelled.short,
      truth: wide.truth.long + wide.truth.short,
    },
  };
}

function dollarsWithin(levels: readonly TrueLevel[], mark: number, ratio: number): number {
  const near = levels.filter(({ price }) => Math.abs(price / mark - 1) <= ratio);
  return near.reduce((sum, { notionalUsd }) => sum + notionalUsd, 0);
}

/** Levels lie outwards from the mark. */
function distanceTo(
  levels: readonly TrueLevel[],
  mark: number,
  notionalUsd: number | null,
): number | undefined {
  if (notionalUsd === null) return undefined;
  let sum = 0;
  for (const level of levels) {
    sum += level.notionalUsd;
    if (sum >= notionalUsd) return Math.abs(level.price - mark);
  }
  return undefined;
}

export interface TruthScore {
  readonly samples: number;
  /** Of ln(modelled ratio / true ratio). */
  readonly medianError: number;
  readonly bias: number;
  /** Of samples whose true ratio is beyond e^±0.2. */
  readonly signAccuracy: number;
  readonly correlation: number;
  /** The same of ln S/L at ±2 %. */
  readonly dualSignAccuracy: number;
  /** Median of modelled over true dollars within ±5 %. */
  readonly levelRatio: number;
  /** Share of true ratios inside of the 80 % band. */
  readonly bandCoverage: number;
}

/** Pools samples of any number of worlds. */
export function scoreTruth(samples: readonly Sample[]): TruthScore {
  const known = samples.flatMap(({ modelled, trueRatio }) =>
    modelled.ratio === null || trueRatio === undefined
      ? []
      : [{ said: Math.log(modelled.ratio), so: Math.log(trueRatio), imbalance: modelled }],
  );
  const leaning = known.filter(({ so }) => Math.abs(so) > 0.2);
  const duals = samples
    .map(({ dual }) => ({ said: Math.log(dual.modelled), so: Math.log(dual.truth) }))
    .filter(({ so }) => Math.abs(so) > 0.2 && Number.isFinite(so));
  const banded = known.filter(({ imbalance }) => imbalance.ratioLow !== null && imbalance.ratioHigh !== null);
  const inside = banded.filter(
    ({ so, imbalance }) =>
      so >= Math.log(imbalance.ratioLow ?? Infinity) && so <= Math.log(imbalance.ratioHigh ?? 0),
  );
  return {
    samples: known.length,
    medianError: median(known.map(({ said, so }) => Math.abs(said - so))),
    bias: mean(known.map(({ said, so }) => said - so)),
    signAccuracy: agreement(leaning),
    correlation: correlation(
      known.map(({ said }) => said),
      known.map(({ so }) => so),
    ),
    dualSignAccuracy: agreement(duals),
    levelRatio: median(samples.map(({ level }) => level.modelled / level.truth)),
    bandCoverage: inside.length / banded.length,
  };
}

type Pair = { readonly said: number; readonly so: number };

function agreement(pairs: readonly Pair[]): number {
  return pairs.filter(({ said, so }) => Math.sign(said) === Math.sign(so)).length / pairs.length;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  const product = mean(a.map((value, i) => (value - meanA) * ((b[i] ?? 0) - meanB)));
  const deviation = (values: readonly number[], centre: number): number =>
    Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
  return product / (deviation(a, meanA) * deviation(b, meanB));
}
