import type { RiskTier, Side } from "../model/types.ts";

/** A venue's maintenance table with the deductions that make it continuous. */
export type Brackets = readonly (RiskTier & { readonly deduction: number })[];

/** deduction_n = deduction_{n−1} + floor_n · (rate_n − rate_{n−1}) */
export function bracketsOf(tiers: readonly RiskTier[]): Brackets {
  let deduction = 0;
  let rate = tiers[0]?.maintenanceMarginRate ?? 0;
  return tiers.map((tier) => {
    deduction += tier.floorNotional * (tier.maintenanceMarginRate - rate);
    rate = tier.maintenanceMarginRate;
    return { ...tier, deduction };
  });
}

/** A position's own figures; `base` > 0, `margin` in quote. */
export interface Stake {
  readonly side: Side;
  readonly base: number;
  readonly entryPrice: number;
  readonly margin: number;
}

/**
 * Mark price at which margin + profit = maintenance + fee, in the bracket of the notional at that very price:
 * P = (margin + deduction − s·base·entry) / (base·(rate + fee − s)). Undefined where no price takes the position.
 */
export function liquidationPrice(stake: Stake, brackets: Brackets, feeRate: number): number | undefined {
  const sign = stake.side === "long" ? 1 : -1;
  for (const bracket of brackets) {
    const above = stake.margin + bracket.deduction - sign * stake.base * stake.entryPrice;
    const price = above / (stake.base * (bracket.maintenanceMarginRate + feeRate - sign));
    const notional = price * stake.base;
    if (notional > bracket.floorNotional && notional <= bracket.capNotional) return price;
  }
  return undefined;
}

/** Where the margin is gone: entry − s·margin/base, never below 0. */
export function bankruptcyPrice(stake: Stake): number {
  const sign = stake.side === "long" ? 1 : -1;
  return Math.max(0, stake.entryPrice - (sign * stake.margin) / stake.base);
}
