import type { Side } from "../model/types.ts";
import type { Phase, VenueProfile } from "./contracts.ts";
import type { Instrument } from "./instruments.ts";
import { bankruptcyPrice } from "./liquidation.ts";
import { createLots, type Departure, type Exit, type Lots, type PriceRange } from "./lots.ts";
import { createRandom, seedFor } from "./random.ts";
import { createTraders, type Traders } from "./traders.ts";

const dayMs = 86_400_000;
/** New positions a side: on average so many in five minutes, each a share of what the side still wants to hold. */
const arrivalsPerMs = 1.5 / 300_000;
const appetite = 12;
/** Positions a side at the very beginning. */
const standingCohorts = 400;
/** Open interest returns to its goal with this time constant. */
const recoveryMs = 45 * 60_000;
/** Share of a forced or stopped close whose counterparty closes too. */
const sharedExit = 0.6;
/** Traded and closed again within the step, in open interests a day. */
const churnPerDay = 1.5;

export interface CrowdInput {
  readonly now: number;
  readonly stepMs: number;
  /** The mark's range and end in this step. */
  readonly mark: PriceRange & { readonly close: number };
  readonly phase: Phase;
  /** Lots, one side, that the market would like to hold. */
  readonly openInterestGoal: number;
  /** The step's log return in standard deviations. */
  readonly shock: number;
}

/** A liquidated position; quantities in lots. */
export interface Liquidated {
  readonly side: Side;
  readonly quantity: number;
  readonly accounts: number;
  readonly triggerPrice: number;
  readonly bankruptcyPrice: number;
}

/** What a step did; all quantities in whole lots. */
export interface CrowdStep {
  readonly openInterest: number;
  readonly volume: number;
  readonly takerBuyVolume: number;
  readonly liquidated: readonly Liquidated[];
}

export interface Crowd {
  readonly step: (input: CrowdInput) => CrowdStep;
  readonly openInterest: () => number;
  readonly side: (side: Side) => { readonly lots: Lots; readonly hedged: number };
}

interface Party {
  readonly side: Side;
  readonly lots: Lots;
  readonly traders: Traders;
  readonly share: number;
  hedged: number;
}

/** Everybody who holds one contract on one venue. Each contract has one long and one short: both sides sum to the open interest. */
export function createCrowd(
  instrument: Instrument,
  profile: VenueProfile,
  seed: number,
  start: { readonly now: number; readonly price: number; readonly openInterest: number },
): Crowd {
  const random = createRandom(seedFor(seed, profile.id, instrument.symbol));
  let openInterest = start.openInterest;

  const found = (side: Side): Party => {
    const traders = createTraders(side, instrument, profile, random);
    const lots = createLots(side, traders.reprice);
    const share = 1 - profile[side].hedgedShare;
    const each = Math.floor((openInterest * share) / standingCohorts);
    const cohorts = each > 0 ? standingCohorts : 0;
    for (let index = 0; index < cohorts; index += 1) {
      lots.add(traders.standing(each, start.price, start.now));
    }
    return { side, lots, traders, share, hedged: openInterest - lots.total() };
  };
  const long = found("long");
  const short = found("short");

  const leave = (party: Party, input: CrowdInput) => {
    const exits: Record<Exit, number> = { liquidated: 0, stopped: 0, closed: 0 };
    const liquidated: Liquidated[] = [];
    party.lots.sweep(input.mark, input.now, (exit, departure) => {
      exits[exit] += departure.quantity;
      if (exit === "liquidated") liquidated.push(liquidatedOf(party.side, departure, instrument));
    });
    return { exits, liquidated, lots: exits.liquidated + exits.stopped + exits.closed };
  };

  const arrive = (party: Party, input: CrowdInput): number => {
    const { mark, phase, now, stepMs } = input;
    const activity = phase.activity ?? 1;
    const crowding = (party.side === "long" ? phase.longCrowding : phase.shortCrowding) ?? 1;
    const wanted = Math.min(0.95, party.share * crowding) * openInterest;
    const before = party.lots.total();
    for (let left = random.poisson(arrivalsPerMs * stepMs * activity); left > 0; left -= 1) {
      const room = openInterest - party.lots.total();
      const size = ((wanted - party.lots.total()) / appetite) * Math.exp(0.8 * random.normal() - 0.32);
      const quantity = Math.min(room, Math.floor(size));
      const price = mark.low + (mark.high - mark.low) * random.next();
      if (quantity > 0) party.lots.add(party.traders.open(quantity, price, mark.close, now, activity));
    }
    return party.lots.total() - before;
  };

  const settleOpenInterest = (input: CrowdInput, forced: number): void => {
    const left = openInterest - sharedExit * forced;
    const pull = 1 - Math.exp((-input.stepMs * (input.phase.activity ?? 1)) / recoveryMs);
    const noise = 0.0004 * Math.sqrt(input.stepMs / 300_000) * random.normal();
    const wanted = left + (input.openInterestGoal - left) * pull + left * noise;
    openInterest = Math.max(Math.round(wanted), long.lots.total(), short.lots.total());
  };

  const trade = (bought: number, input: CrowdInput): { volume: number; takerBuyVolume: number } => {
    const pace = (churnPerDay * input.stepMs * (input.phase.activity ?? 1)) / dayMs;
    const mood = (0.6 + 0.5 * Math.abs(input.shock)) * Math.exp(0.4 * random.normal() - 0.08);
    const volume = bought + Math.round(openInterest * pace * mood);
    const buyers = 0.5 + 0.12 * Math.tanh(input.shock) + 0.03 * random.normal();
    return { volume, takerBuyVolume: Math.round(volume * Math.min(0.95, Math.max(0.05, buyers))) };
  };

  const step: Crowd["step"] = (input) => {
    const longs = leave(long, input);
    const shorts = leave(short, input);
    const forced =
      longs.exits.liquidated + longs.exits.stopped + shorts.exits.liquidated + shorts.exits.stopped;
    settleOpenInterest(input, forced);
    const longsOpened = arrive(long, input);
    arrive(short, input);
    const bought = longsOpened + shorts.lots + balance(long, openInterest) + balance(short, openInterest);
    return { openInterest, ...trade(bought, input), liquidated: [...longs.liquidated, ...shorts.liquidated] };
  };

  return {
    step,
    openInterest: () => openInterest,
    side: (side) => (side === "long" ? long : short),
  };
}

/** Hedgers take the other side of whatever is left over. Returns what they bought. */
function balance(party: Party, openInterest: number): number {
  const hedged = openInterest - party.lots.total();
  const change = hedged - party.hedged;
  party.hedged = hedged;
  return Math.max(0, party.side === "long" ? change : -change);
}

function liquidatedOf(side: Side, departure: Departure, instrument: Instrument): Liquidated {
  const { quantity, ticket, entryPrice, margin, trigger } = departure;
  return {
    side,
    quantity,
    accounts: (quantity * instrument.lotSize) / ticket,
    triggerPrice: trigger,
    bankruptcyPrice: bankruptcyPrice({ side, base: 1, entryPrice, margin }),
  };
}
