import type { Side } from "../model/types.ts";
import { type OrderBook, orderBookAt } from "./book.ts";
import { type Candle, createCandles, joined, regroup } from "./candles.ts";
import type { Phase, TrueLiquidation, Truth, VenueProfile } from "./contracts.ts";
import { createCrowd, type Crowd, type CrowdStep } from "./crowd.ts";
import type { Instrument } from "./instruments.ts";
import type { Holding } from "./lots.ts";
import { createVenuePrice, type PriceParts, type Stretch } from "./path.ts";
import { createPrints } from "./prints.ts";
import { createRandom, seedFor } from "./random.ts";
import { createStatistics, type Funding, type Sample, sampleMs } from "./samples.ts";

const minuteMs = 60_000;
const dayMs = 86_400_000;
const keptMinutes = 2_880;
const keptSamples = 35 * 288;

export interface Quote {
  readonly time: number;
  readonly lastPrice: number;
  readonly markPrice: number;
  readonly indexPrice: number;
  readonly openInterest: number;
  readonly fundingRate: number;
  readonly nextFundingTime: number;
}

/** What the market's step hands to each venue's contract. */
export interface ContractStep {
  /** End of the step. */
  readonly now: number;
  readonly stepMs: number;
  /** The common price in equal parts of the step. */
  readonly stretches: readonly Stretch[];
  readonly phase: Phase;
  /** Against the open interest at the live start. */
  readonly openInterestRatio: number;
  /** The step's log return in standard deviations. */
  readonly shock: number;
}

/** One symbol's perpetual on one venue. All reads are of the time reached; quantities in base units. */
export interface Contract {
  readonly instrument: Instrument;
  readonly profile: VenueProfile;
  /** Returns the notional that was force-bought minus force-sold. */
  readonly step: (step: ContractStep) => number;
  readonly quote: () => Quote;
  /** The last 24 hours as one candle. */
  readonly lastDay: () => Candle;
  /** Open times in [from, to), oldest first; intervals are whole minutes. */
  readonly candles: (intervalMs: number, from: number, to: number) => readonly Candle[];
  readonly samples: (from: number, to: number) => readonly Sample[];
  readonly fundings: () => readonly Funding[];
  readonly book: () => OrderBook;
  readonly liquidations: (after: number) => readonly TrueLiquidation[];
  readonly truth: () => Truth;
  /** Whose positions they are: one account a cohort, and one a side for all who hedge. */
  readonly positions: () => readonly AccountPosition[];
  /** One of them. */
  readonly position: (side: Side, account: number) => AccountPosition | undefined;
}

/** One account's position; quantities in base units. */
export interface AccountPosition {
  /** Within the contract; the same account for as long as the position stands. */
  readonly account: number;
  readonly side: Side;
  readonly quantity: number;
  readonly entryPrice: number;
  /** Quote, of all of it. */
  readonly margin: number;
  /** Undefined where no price takes the position. */
  readonly liquidationPrice: number | undefined;
}

export interface ContractOptions {
  readonly instrument: Instrument;
  readonly profile: VenueProfile;
  readonly seed: number;
  readonly firstAt: number;
  readonly firstPrice: number;
  readonly firstOpenInterestRatio: number;
}

export function createContract(options: ContractOptions): Contract {
  const { instrument, profile, seed } = options;
  const { symbol, lotSize } = instrument;
  const random = createRandom(seedFor(seed, profile.id, symbol, "market"));
  const price = createVenuePrice(options.firstPrice, random);
  const usualLots = usualOpenInterest(instrument, profile);
  const crowd = createCrowd(instrument, profile, seed, {
    now: options.firstAt,
    price: options.firstPrice,
    openInterest: Math.round(usualLots * options.firstOpenInterestRatio),
  });
  const tape = createTape(lotSize);
  const prints = createPrints({ venue: profile.id, symbol, lotSize }, random);
  const statistics = createStatistics(crowd, lotSize, keptSamples);
  let now = options.firstAt;

  const step: Contract["step"] = (input) => {
    now = input.now;
    const parts = input.stretches.map((part) => price.follow(part, input.stepMs / input.stretches.length));
    const mark = {
      low: Math.min(...parts.map((part) => part.mark.low)),
      high: Math.max(...parts.map((part) => part.mark.high)),
      close: price.mark(),
    };
    const traded = crowd.step({ ...input, mark, openInterestGoal: usualLots * input.openInterestRatio });
    tape.write(input, parts, traded);
    for (const liquidated of traded.liquidated) prints.add(liquidated, now, input.stepMs);
    if (now % sampleMs === 0) statistics.take(now, price.mark());
    return forcedLots(traded) * lotSize * price.mark();
  };

  const quote: Contract["quote"] = () => {
    const fundingRate = statistics.fundingRate();
    return {
      time: now,
      lastPrice: price.last(),
      markPrice: price.mark(),
      indexPrice: price.mark() * (1 - fundingRate / 10),
      openInterest: crowd.openInterest() * lotSize,
      fundingRate,
      nextFundingTime: statistics.nextFunding(now),
    };
  };

  return {
    instrument,
    profile,
    step,
    quote,
    lastDay: () => tape.candles(sampleMs, now - dayMs, now + 1).reduce((day, candle) => joined(day, candle)),
    candles: tape.candles,
    samples: statistics.samples,
    fundings: statistics.fundings,
    book: () => orderBookAt(instrument, price.last(), crowd.openInterest() * lotSize, now, seed),
    liquidations: prints.after,
    positions: () => accountPositions(crowd, lotSize, price.mark()),
    position: (side, account) => accountPosition(crowd, side, account, { lotSize, mark: price.mark() }),
    truth: () => ({ symbol, time: now, markPrice: price.mark(), ...positionsOf(crowd, lotSize) }),
  };
}

function usualOpenInterest(instrument: Instrument, profile: VenueProfile): number {
  const usd = instrument.openInterestUsd * profile.openInterestShare;
  return Math.round(usd / instrument.startPrice / instrument.lotSize);
}

/** Shorts are bought back, longs sold. */
const forcedLots = (step: CrowdStep): number => liquidatedLots(step, "short") - liquidatedLots(step, "long");

function liquidatedLots({ liquidated }: CrowdStep, side: Side): number {
  return liquidated.reduce((sum, each) => sum + (each.side === side ? each.quantity : 0), 0);
}

function positionsOf(crowd: Crowd, lotSize: number): Omit<Truth, "symbol" | "time" | "markPrice"> {
  const long = crowd.side("long");
  const short = crowd.side("short");
  return {
    openInterest: crowd.openInterest() * lotSize,
    hedgedLong: long.hedged * lotSize,
    hedgedShort: short.hedged * lotSize,
    long: long.lots.levels(lotSize),
    short: short.lots.levels(lotSize),
  };
}

interface Figures {
  readonly lotSize: number;
  readonly mark: number;
}

/** Cohorts are numbered from 1; account 0 of a side is the hedgers'. */
function accountPositions(crowd: Crowd, lotSize: number, mark: number): readonly AccountPosition[] {
  return (["long", "short"] as const).flatMap((side) => [
    hedgersOf(crowd, side, { lotSize, mark }),
    ...crowd
      .side(side)
      .lots.holdings()
      .map((holding) => positionOf(side, holding, lotSize)),
  ]);
}

function accountPosition(
  crowd: Crowd,
  side: Side,
  account: number,
  figures: Figures,
): AccountPosition | undefined {
  if (account === 0) return hedgersOf(crowd, side, figures);
  const holding = crowd.side(side).lots.holding(account);
  return holding === undefined ? undefined : positionOf(side, holding, figures.lotSize);
}

function hedgersOf(crowd: Crowd, side: Side, { lotSize, mark }: Figures): AccountPosition {
  const quantity = crowd.side(side).hedged * lotSize;
  const margin = quantity * mark;
  return { account: 0, side, quantity, entryPrice: mark, margin, liquidationPrice: undefined };
}

function positionOf(side: Side, holding: Holding, lotSize: number): AccountPosition {
  const { id, entryPrice, trigger } = holding;
  const quantity = holding.quantity * lotSize;
  return {
    account: id,
    side,
    quantity,
    entryPrice,
    margin: holding.margin * quantity,
    liquidationPrice: Number.isFinite(trigger) && trigger > 0 ? trigger : undefined,
  };
}

/** Candles of all intervals, kept as one-minute ones (two days) and five-minute ones (five weeks). */
function createTape(lotSize: number) {
  const minutes = createCandles(minuteMs, keptMinutes);
  const fives = createCandles(sampleMs, keptSamples);

  const write = (step: ContractStep, parts: readonly PriceParts[], traded: CrowdStep): void => {
    const start = step.now - step.stepMs;
    const longLots = liquidatedLots(traded, "long");
    const shortLots = liquidatedLots(traded, "short");
    parts.forEach(({ mark, last }, index) => {
      const tick = {
        time: start + (index * step.stepMs) / parts.length,
        last,
        mark,
        volume: lotSize * part(traded.volume, index, parts.length),
        takerBuyVolume: lotSize * part(traded.takerBuyVolume, index, parts.length),
        longLiquidated: lotSize * part(longLots, index, parts.length),
        shortLiquidated: lotSize * part(shortLots, index, parts.length),
      };
      minutes.add(tick);
      fives.add(tick);
    });
  };

  const candles: Contract["candles"] = (intervalMs, from, to) => {
    const source = intervalMs % sampleMs === 0 ? fives : minutes;
    const aligned = (time: number): number => Math.ceil(time / intervalMs) * intervalMs;
    const fine = source.between(aligned(from), aligned(to));
    return intervalMs === source.intervalMs ? fine : regroup(fine, intervalMs);
  };
  return { write, candles };
}

/** The share of a whole number that falls to part `index` of `count`; the parts sum to the whole. */
function part(whole: number, index: number, count: number): number {
  return Math.floor((whole * (index + 1)) / count) - Math.floor((whole * index) / count);
}
