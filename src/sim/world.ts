import type { FaultKind, Storyline, TrueLevel, Truth, VenueProfile, World } from "./contracts.ts";
import { type Contract, createContract } from "./contract.ts";
import { instrumentOf } from "./instruments.ts";
import { createPath, type PricePath } from "./path.ts";
import { createRandom, seedFor } from "./random.ts";
import { createTimeline, type Timeline } from "./script.ts";

const minuteMs = 60_000;
const historyStepMs = 5 * minuteMs;
const dayMs = 86_400_000;
/** Forced orders for one open interest would move the price by this much (log). */
const impactPerOpenInterest = 0.12;

export interface WorldOptions {
  readonly seed: number;
  readonly symbols: readonly string[];
  readonly venues: readonly VenueProfile[];
  readonly storyline: Storyline;
  /** Epoch ms; the live start is the last full step before it. */
  readonly startAt: number;
  readonly historyMs: number;
  /** World time between two live steps; divides a minute. */
  readonly stepMs: number;
  /** Whether venues that have inverse contracts list them too; false unless said. */
  readonly inverse?: boolean;
}

/** The world with its insides, as the venues' dialects read them. */
export interface OpenWorld extends World {
  readonly contract: (symbol: string, venue: string) => Contract | undefined;
  /** All that a venue lists, linear contracts first. */
  readonly contractsAt: (venue: string) => readonly Contract[];
}

interface Market {
  readonly timeline: Timeline;
  readonly path: PricePath;
  readonly contracts: readonly Contract[];
  /** Inverse contracts follow the market without moving it: a story is the same with and without them. */
  readonly inverse: readonly Contract[];
  readonly openInterestUsd: number;
}

/** Creates the world and lives its history, in five-minute steps of one-minute prices. */
export function createWorld(options: WorldOptions): OpenWorld {
  const startAt = Math.floor(options.startAt / options.stepMs) * options.stepMs;
  const historyUntil = Math.floor(startAt / historyStepMs) * historyStepMs;
  const firstAt = historyUntil - Math.ceil(options.historyMs / historyStepMs) * historyStepMs;
  const markets = new Map(options.symbols.map((symbol) => [symbol, createMarket(symbol, firstAt, options)]));
  const forced = new Map<string, FaultKind | undefined>();
  let now = firstAt;

  const live = (until: number, stepMs: number, parts: number): void => {
    while (now + stepMs <= until) {
      now += stepMs;
      for (const market of markets.values()) stepMarket(market, now, now - startAt, stepMs, parts);
    }
  };
  live(historyUntil, historyStepMs, historyStepMs / minuteMs);
  live(startAt, options.stepMs, 1);

  const marketOf = (symbol: string): Market => {
    const market = markets.get(symbol);
    if (market === undefined) throw new Error(`the world has no ${symbol}`);
    return market;
  };
  const contractOf = (symbol: string, venue: string): Contract => {
    const contract = contractAt(marketOf(symbol), venue);
    if (contract === undefined) throw new Error(`the world has no ${venue}`);
    return contract;
  };

  const faultOf = (venue: string): FaultKind | undefined => {
    if (forced.has(venue)) return forced.get(venue);
    const elapsed = now - startAt;
    const span = options.storyline.faults.find(
      (each) => each.venue === venue && elapsed >= each.fromMs && elapsed < each.untilMs,
    );
    return span?.kind;
  };

  return {
    startAt,
    symbols: options.symbols,
    venues: options.venues.map((profile) => profile.id),
    now: () => now,
    advanceTo: (time) => live(time, options.stepMs, 1),
    truth: (symbol, venue) =>
      venue === undefined
        ? together(listedIn(marketOf(symbol)).map((contract) => contract.truth()))
        : contractOf(symbol, venue).truth(),
    liquidations: (symbol, venue, sequence = 0) => contractOf(symbol, venue).liquidations(sequence),
    fault: (venue, kind) => forced.set(venue, kind),
    faultOf,
    contract: (symbol, venue) => contractAt(markets.get(symbol), venue),
    contractsAt: (venue) =>
      [venue, inverseIdOf(venue)].flatMap((id) =>
        options.symbols.flatMap((symbol) => contractAt(markets.get(symbol), id) ?? []),
      ),
  };
}

const listedIn = ({ contracts, inverse }: Market): readonly Contract[] => [...contracts, ...inverse];

const contractAt = (market: Market | undefined, venue: string): Contract | undefined =>
  market && listedIn(market).find((each) => each.profile.id === venue);

const inverseIdOf = (venue: string): string => `${venue}:inverse`;
/** Of what is open in a venue's linear contract. */
const inverseShare = 0.15;

/** Its own crowd, under the venue's own rules. */
const inverseProfileOf = (profile: VenueProfile): VenueProfile => ({
  ...profile,
  id: inverseIdOf(profile.id),
  openInterestShare: inverseShare * profile.openInterestShare,
});

function createMarket(symbol: string, firstAt: number, options: WorldOptions): Market {
  const instrument = instrumentOf(symbol);
  const timeline = createTimeline(options.storyline.symbols?.[symbol] ?? options.storyline.script);
  const firstPrice = instrument.startPrice * timeline.first.priceRatio;
  const random = createRandom(seedFor(options.seed, symbol));
  const founding = { seed: options.seed, firstAt, firstPrice };
  const found = (profile: VenueProfile, listed = instrument): Contract =>
    createContract({
      ...founding,
      instrument: listed,
      profile,
      firstOpenInterestRatio: timeline.first.openInterestRatio,
    });
  const contracts = options.venues.map((profile) => found(profile));
  const inverse = options.venues.flatMap((profile) => {
    const contractUsd = options.inverse === true ? profile.inverseUsd?.[symbol] : undefined;
    return contractUsd === undefined
      ? []
      : [found(inverseProfileOf(profile), { ...instrument, contractUsd })];
  });
  const path = createPath(firstPrice, instrument.startPrice, random);
  const shares = options.venues.reduce((sum, { openInterestShare }) => sum + openInterestShare, 0);
  return { timeline, path, contracts, inverse, openInterestUsd: instrument.openInterestUsd * shares };
}

function stepMarket(market: Market, now: number, elapsed: number, stepMs: number, parts: number): void {
  const partMs = stepMs / parts;
  const before = market.path.price();
  const stretches = Array.from({ length: parts }, (_, index) =>
    market.path.advance(market.timeline.sceneAt(elapsed - stepMs + index * partMs), partMs),
  );
  const scene = market.timeline.sceneAt(elapsed - stepMs);
  const deviation = scene.phase.dailyVolatility * Math.sqrt(stepMs / dayMs);
  const step = {
    now,
    stepMs,
    stretches,
    phase: scene.phase,
    openInterestRatio: scene.openInterestRatio,
    shock: Math.log(market.path.price() / before) / deviation,
  };
  const forcedUsd = market.contracts.reduce((sum, contract) => sum + contract.step(step), 0);
  for (const contract of market.inverse) contract.step(step);
  market.path.push((impactPerOpenInterest * forcedUsd) / market.openInterestUsd);
}

/** Several venues' positions as one; the mark is the one of most open interest. */
function together(truths: readonly Truth[]): Truth {
  const sum = (figure: (truth: Truth) => number): number =>
    truths.reduce((all, truth) => all + figure(truth), 0);
  const largest = truths.toSorted((a, b) => b.openInterest - a.openInterest)[0];
  if (largest === undefined) throw new Error("the world has no venues");
  return {
    symbol: largest.symbol,
    time: largest.time,
    markPrice: largest.markPrice,
    openInterest: sum((truth) => truth.openInterest),
    hedgedLong: sum((truth) => truth.hedgedLong),
    hedgedShort: sum((truth) => truth.hedgedShort),
    long: outwards(
      truths.flatMap((truth) => truth.long),
      1,
    ),
    short: outwards(
      truths.flatMap((truth) => truth.short),
      -1,
    ),
  };
}

const outwards = (levels: readonly TrueLevel[], sign: 1 | -1): readonly TrueLevel[] =>
  levels.toSorted((a, b) => sign * (b.price - a.price));
