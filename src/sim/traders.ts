import type { Side } from "../model/types.ts";
import { type CrowdProfile, leverages, type VenueProfile } from "./contracts.ts";
import type { Instrument } from "./instruments.ts";
import { type Brackets, bracketsOf, liquidationPrice } from "./liquidation.ts";
import type { Position, Repricer } from "./lots.ts";
import type { Random } from "./random.ts";

const dayMs = 86_400_000;

/** Mean time a position is held: a hundredfold one for 3.5 hours, a twofold one for a week. */
const lifeOf = (leverage: number): number => (14.4 / leverage) * dayMs;

/** What one side's traders on one venue do when they come to the market. */
export interface Traders {
  /** A new position at `price`, whose trigger the mark `close` has not passed. */
  readonly open: (quantity: number, price: number, close: number, now: number, hurry: number) => Position;
  /** A position that was there before the world began. */
  readonly standing: (quantity: number, close: number, now: number) => Position;
  readonly reprice: Repricer;
}

export function createTraders(
  side: Side,
  instrument: Instrument,
  profile: VenueProfile,
  random: Random,
): Traders {
  const sign = side === "long" ? 1 : -1;
  const crowd: CrowdProfile = profile[side];
  const brackets: Brackets = bracketsOf(profile.riskTiers(instrument.maxLeverage));
  // who stays long is seldom seen arriving: arrivals are the standing share over the time held
  const arrivals = leverages.map((leverage, index) => (crowd.leverageShares[index] ?? 0) / lifeOf(leverage));

  const reprice: Repricer = (ticket, entryPrice, margin) =>
    liquidationPrice(
      { side, base: ticket, entryPrice, margin: margin * ticket },
      brackets,
      profile.liquidationFeeRate,
    );

  const allowed = (wanted: number, notional: number): number => {
    const bracket = brackets.find((tier) => notional <= tier.capNotional);
    return Math.min(wanted, bracket?.maxLeverage ?? 1, instrument.maxLeverage);
  };

  const intents = (entryPrice: number, leverage: number, trigger: number | undefined) => {
    const toTrigger = (share: number): number | undefined =>
      trigger === undefined ? undefined : entryPrice + share * (trigger - entryPrice);
    const stops = random.next() < 0.3;
    const takesProfit = random.next() < 0.4;
    const addsMargin = random.next() < 0.15;
    return {
      stop: stops ? toTrigger(0.3 + 0.6 * random.next()) : undefined,
      target: takesProfit ? entryPrice * (1 + (sign * (0.5 + 1.5 * random.next())) / leverage) : undefined,
      warning: addsMargin ? toTrigger(0.7) : undefined,
      topUp: (0.6 * entryPrice) / leverage,
    };
  };

  const build = (index: number, quantity: number, entryPrice: number, exitAt: number): Position => {
    const wanted = leverages[index] ?? 1;
    const notional = (400_000 / wanted) * Math.exp(1.2 * random.normal());
    const ticket = Math.max(instrument.lotSize, notional / entryPrice);
    const leverage = allowed(wanted, ticket * entryPrice);
    // cross: the rest of the wallet stands behind the position
    const wallet = random.next() < 0.45 ? 1 + 0.6 * random.exponential() : 1;
    const margin = (entryPrice / leverage) * wallet;
    const trigger = reprice(ticket, entryPrice, margin);
    return {
      quantity,
      ticket,
      entryPrice,
      margin,
      trigger,
      exitAt,
      ...intents(entryPrice, leverage, trigger),
    };
  };

  const outlives = (position: Position, close: number): boolean => {
    const nearest = position.stop ?? position.trigger;
    return nearest === undefined || sign * (close - nearest) > 0;
  };

  const open: Traders["open"] = (quantity, price, close, now, hurry) => {
    const index = random.pick(arrivals);
    const exitAt = now + (lifeOf(leverages[index] ?? 1) * random.exponential()) / hurry;
    const position = build(index, quantity, price, exitAt);
    return outlives(position, close) ? position : build(index, quantity, close, exitAt);
  };

  const standing: Traders["standing"] = (quantity, close, now) => {
    const index = random.pick(crowd.leverageShares);
    const exitAt = now + lifeOf(leverages[index] ?? 1) * random.exponential();
    const position = build(index, quantity, close * Math.exp(0.03 * random.normal()), exitAt);
    return outlives(position, close) ? position : build(index, quantity, close, exitAt);
  };

  return { open, standing, reprice };
}
