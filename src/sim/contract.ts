import type { Side } from "../model/types.ts";
import { type OrderBook, orderBookAt } from "./book.ts";
import { type Candle, type Candles, createCandles, joined, regroup } from "./candles.ts";
import type { Phase, TrueLiquidation, Truth, VenueProfile } from "./contracts.ts";
import { createCrowd, type CrowdStep, type Liquidated } from "./crowd.ts";
import type { Instrument } from "./instruments.ts";
import { createVenuePrice, type Stretch } from "./path.ts";
import { createRandom, type Random, seedFor } from "./random.ts";
import { createTable } from "./table.ts";

const minuteMs = 60_000;
const dayMs = 86_400_000;
const sampleMs = 5 * minuteMs;
const fundingMs = 8 * 3_600_000;
const keptEvents = 1_000;
const keptMinutes = 2_880;
const keptSamples = 35 * 288;
const sampleNames = ["time", "openInterest", "markPrice", "accountRatio", "topPositionRatio"] as const;

/** Positioning at an instant; quantities in base units, one side. */
export interface Sample {
  readonly time: number;
  readonly openInterest: number;
  readonly markPrice: number;
  /** Long accounts over short accounts. */
  readonly accountRatio: number;
  /** Long over short among large positions. */
  readonly topPositionRatio: number;
}

export interface Funding {
  readonly time: number;
  readonly rate: number;
  readonly markPrice: number;
}

export interface Quote {
  readonly time: number;
  readonly lastPrice: number;
  readonly markPrice: number;
  readonly indexPrice: number;
  readonly openInterest: number;
  readonly fundingRate: number;
  readonly nextFundingTime: number;
  readonly day: Candle;
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
  readonly shock: number;
}

/** One symbol's perpetual on one venue. All reads are of the time reached. */
export interface Contract {
  readonly instrument: Instrument;
  readonly profile: VenueProfile;
  /** Returns the notional that was force-bought minus force-sold. */
  readonly step: (step: ContractStep) => number;
  readonly quote: () => Quote;
  /** Open times in [from, to), oldest first; intervals are whole minutes. */
  readonly candles: (intervalMs: number, from: number, to: number) => readonly Candle[];
  /** Times in [from, to), oldest first; every five minutes, at the close of the bar. */
  readonly samples: (from: number, to: number) => readonly Sample[];
  readonly fundings: () => readonly Funding[];
  readonly book: () => OrderBook;
  readonly liquidations: (after: number) => readonly TrueLiquidation[];
  readonly truth: () => Truth;
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
  const random = createRandom(seedFor(seed, profile.id, instrument.symbol, "market"));
  const price = createVenuePrice(options.firstPrice, random);
  const usualLots = Math.round(
    (instrument.openInterestUsd * profile.openInterestShare) / instrument.startPrice / instrument.lotSize,
  );
  const crowd = createCrowd(instrument, profile, seed, {
    now: options.firstAt,
    price: options.firstPrice,
    openInterest: Math.round(usualLots * options.firstOpenInterestRatio),
  });
  const minutes = createCandles(minuteMs, keptMinutes);
  const fives = createCandles(sampleMs, keptSamples);
  const samples = createTable(sampleNames, keptSamples);
  let now = options.firstAt;
  let sequence = 0;
  let fundings: Funding[] = [];
  let events: TrueLiquidation[] = [];
  let fundingRate = 0.0001;

  const base = (lots: number): number => lots * instrument.lotSize;

  const trade = (
    step: ContractStep,
    parts: readonly { mark: Stretch; last: Stretch }[],
    traded: CrowdStep,
  ): void => {
    const partMs = step.stepMs / parts.length;
    parts.forEach(({ mark, last }, index) => {
      const tick = {
        time: step.now - step.stepMs + index * partMs,
        last,
        mark,
        volume: base(part(traded.volume, index, parts.length)),
        takerBuyVolume: base(part(traded.takerBuyVolume, index, parts.length)),
      };
      minutes.add(tick);
      fives.add(tick);
    });
  };

  const print = (step: ContractStep, liquidated: Liquidated): void => {
    for (const quantity of ticketsOf(liquidated, random)) {
      sequence += 1;
      events.push({
        sequence,
        time: step.now - Math.ceil(step.stepMs * random.next()) + 1,
        venue: profile.id,
        symbol: instrument.symbol,
        liquidatedSide: liquidated.side,
        quantity: base(quantity),
        triggerPrice: liquidated.triggerPrice,
        bankruptcyPrice: liquidated.bankruptcyPrice,
      });
    }
  };

  const sample = (): void => {
    const long = crowd.side("long").lots;
    const short = crowd.side("short").lots;
    samples.append({
      time: now,
      openInterest: base(crowd.openInterest()),
      markPrice: price.mark(),
      accountRatio: ratio(long.accounts(), short.accounts()),
      topPositionRatio: ratio(long.large(), short.large()),
    });
  };

  const samplesBetween: Contract["samples"] = (from, to) => {
    const first = samples.get(0, "time");
    const rowOf = (time: number): number =>
      Math.min(samples.length(), Math.max(0, Math.ceil((time - first) / sampleMs)));
    const start = rowOf(from);
    return Array.from({ length: Math.max(0, rowOf(to) - start) }, (_, index) => ({
      time: samples.get(start + index, "time"),
      openInterest: samples.get(start + index, "openInterest"),
      markPrice: samples.get(start + index, "markPrice"),
      accountRatio: samples.get(start + index, "accountRatio"),
      topPositionRatio: samples.get(start + index, "topPositionRatio"),
    }));
  };

  /** Longs pay where leverage leans long. */
  const fund = (): void => {
    const lean = (crowd.side("long").lots.total() - crowd.side("short").lots.total()) / crowd.openInterest();
    fundingRate = Number(Math.max(-0.003, Math.min(0.003, 0.0001 + 0.0015 * lean)).toFixed(8));
    if (now % fundingMs !== 0) return;
    fundings = [...fundings.slice(-200), { time: now, rate: fundingRate, markPrice: price.mark() }];
  };

  const step: Contract["step"] = (input) => {
    const partMs = input.stepMs / input.stretches.length;
    const parts = input.stretches.map((stretch) => price.follow(stretch, partMs));
    now = input.now;
    const mark = {
      low: Math.min(...parts.map((each) => each.mark.low)),
      high: Math.max(...parts.map((each) => each.mark.high)),
      close: price.mark(),
    };
    const openInterestGoal = usualLots * input.openInterestRatio;
    const traded = crowd.step({ ...input, mark, openInterestGoal });
    trade(input, parts, traded);
    for (const liquidated of traded.liquidated) print(input, liquidated);
    events = events.length > keptEvents * 2 ? events.slice(-keptEvents) : events;
    if (now % sampleMs === 0) {
      sample();
      fund();
    }
    const forced = (side: Side): number =>
      traded.liquidated.reduce((sum, each) => (each.side === side ? sum + each.quantity : sum), 0);
    return base(forced("short") - forced("long")) * price.mark();
  };

  const candles: Contract["candles"] = (intervalMs, from, to) => {
    const source: Candles = intervalMs % sampleMs === 0 ? fives : minutes;
    const since = Math.ceil(from / intervalMs) * intervalMs;
    const until = Math.ceil(to / intervalMs) * intervalMs;
    const fine = source.between(since, until);
    return intervalMs === source.intervalMs ? fine : regroup(fine, intervalMs);
  };

  const quote: Contract["quote"] = () => {
    const lastDay = fives.between(now - dayMs, now + 1);
    if (lastDay.length === 0) throw new Error(`${profile.id} ${instrument.symbol} has not traded yet`);
    return {
      time: now,
      lastPrice: price.last(),
      markPrice: price.mark(),
      indexPrice: price.mark() * (1 - fundingRate / 10),
      openInterest: base(crowd.openInterest()),
      fundingRate,
      nextFundingTime: (Math.floor(now / fundingMs) + 1) * fundingMs,
      day: lastDay.reduce((day, candle) => joined(day, candle)),
    };
  };

  const truth: Contract["truth"] = () => {
    const long = crowd.side("long");
    const short = crowd.side("short");
    return {
      symbol: instrument.symbol,
      time: now,
      markPrice: price.mark(),
      openInterest: base(crowd.openInterest()),
      hedgedLong: base(long.hedged),
      hedgedShort: base(short.hedged),
      long: long.lots.levels(instrument.lotSize),
      short: short.lots.levels(instrument.lotSize),
    };
  };

  return {
    instrument,
    profile,
    step,
    quote,
    candles,
    samples: samplesBetween,
    fundings: () => fundings,
    book: () => orderBookAt(instrument, price.last(), base(crowd.openInterest()), now, seed),
    liquidations: (after) =>
      events
        .filter((each) => each.sequence > after)
        .sort((a, b) => a.time - b.time || a.sequence - b.sequence),
    truth,
  };
}

const ratio = (long: number, short: number): number => (long + 1) / (short + 1);

/** The share of a whole number that falls to part `index` of `count`; the parts sum to the whole. */
function part(whole: number, index: number, count: number): number {
  return Math.floor((whole * (index + 1)) / count) - Math.floor((whole * index) / count);
}

/** At most four prints for one cohort: its traders are taken over one after the other. */
function ticketsOf(liquidated: Liquidated, random: Random): readonly number[] {
  const count = Math.max(1, Math.min(4, Math.floor(liquidated.accounts), liquidated.quantity));
  const cuts = Array.from({ length: count - 1 }, () => Math.floor(random.next() * liquidated.quantity));
  const edges = [0, ...cuts.sort((a, b) => a - b), liquidated.quantity];
  return edges
    .slice(1)
    .map((edge, index) => edge - (edges[index] ?? 0))
    .filter((quantity) => quantity > 0);
}
