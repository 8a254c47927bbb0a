import type { ContractType, RiskTier, Side } from "./types.ts";

/**
 * A step of a margin table with its deduction: maintenance = rate × N − deduction for floor < N ≤ cap, N being
 * the notional at the liquidation price, in quote for linear contracts and in coin for inverse ones.
 */
export interface Bracket {
  readonly floorNotional: number;
  readonly capNotional: number;
  readonly maintenanceMarginRate: number;
  readonly deduction: number;
}

/** Brackets from a venue's tiers: each deduction makes the maintenance margin continuous at its floor. */
export function deriveBrackets(tiers: readonly RiskTier[]): readonly Bracket[] {
  const sorted = tiers.toSorted((a, b) => a.floorNotional - b.floorNotional);
  let deduction = 0;
  let previousRate = sorted[0]?.maintenanceMarginRate ?? 0;
  return sorted.map(({ floorNotional, maintenanceMarginRate }, index) => {
    deduction += floorNotional * (maintenanceMarginRate - previousRate);
    previousRate = maintenanceMarginRate;
    // a position beyond the last cap cannot be opened, only grown into: the last rate goes on
    const capNotional = sorted[index + 1]?.floorNotional ?? Infinity;
    return { floorNotional, capNotional, maintenanceMarginRate, deduction };
  });
}

/** Maintenance margin of a notional, in the notional's own currency. */
export function maintenanceMargin(notional: number, brackets: readonly Bracket[]): number {
  const bracket = brackets.find((candidate) => notional <= candidate.capNotional) ?? brackets.at(-1);
  if (bracket === undefined) return 0;
  return notional * bracket.maintenanceMarginRate - bracket.deduction;
}

/** A position whose losses are settled in the quote currency; quantity in base. */
export interface LinearPosition {
  readonly side: Side;
  readonly quantity: number;
  readonly entryPrice: number;
  /** Isolated: the position's margin. Cross: `crossMarginBalance`. */
  readonly marginBalance: number;
  /** Liquidation fee inside the trigger, 0 unless the venue says otherwise. */
  readonly feeRate: number;
}

/**
 * Equity = maintenance: W + s·q·(P−E) = q·P·(m+f) − cum, so P = (W + cum − s·q·E) / (q·(m + f − s)).
 * Equity less maintenance is monotone in P, so the first bracket whose own root lies under its cap holds the
 * root. Undefined: no price liquidates this position.
 */
export function linearLiquidationPrice(
  position: LinearPosition,
  brackets: readonly Bracket[],
): number | undefined {
  const { quantity, entryPrice, marginBalance, feeRate } = position;
  const sign = position.side === "long" ? 1 : -1;
  for (const { maintenanceMarginRate, deduction, capNotional } of brackets) {
    const own = marginBalance + deduction - sign * quantity * entryPrice;
    const price = own / (quantity * (maintenanceMarginRate + feeRate - sign));
    if (quantity * price <= capNotional) return price > 0 ? price : undefined;
  }
  return undefined;
}

/** A position whose losses are settled in coin. */
export interface InversePosition {
  readonly side: Side;
  readonly quantityUsd: number;
  readonly entryPrice: number;
  /** In coin. */
  readonly marginBalance: number;
  readonly feeRate: number;
}

/**
 * Long Q(1+m+f) / (W + Q/E + cum); short Q(1−m−f) / (Q/E − W − cum), never when that denominator is ≤ 0.
 * Brackets in coin.
 */
export function inverseLiquidationPrice(
  position: InversePosition,
  brackets: readonly Bracket[],
): number | undefined {
  const { quantityUsd, entryPrice, marginBalance, feeRate } = position;
  const sign = position.side === "long" ? 1 : -1;
  for (const { maintenanceMarginRate, deduction, capNotional } of brackets) {
    const denominator = quantityUsd / entryPrice + sign * (marginBalance + deduction);
    const notional = denominator / (1 + sign * (maintenanceMarginRate + feeRate));
    if (notional <= capNotional) return notional > 0 ? quantityUsd / notional : undefined;
  }
  return undefined;
}

/** Margin balance of a cross position: the wallet less what the other positions hold and have lost. */
export function crossMarginBalance(wallet: number, otherMaintenance: number, otherProfit: number): number {
  return wallet - otherMaintenance + otherProfit;
}

/** Price of zero equity of an isolated position; undefined where there is none (a 1× inverse short). */
export function bankruptcyPrice(
  contractType: ContractType,
  side: Side,
  entryPrice: number,
  leverage: number,
): number | undefined {
  const sign = side === "long" ? 1 : -1;
  const price =
    contractType === "linear"
      ? entryPrice * (1 - sign / leverage)
      : (entryPrice * leverage) / (leverage + sign);
  return price > 0 && Number.isFinite(price) ? price : undefined;
}

/**
 * Where the venue triggered a liquidation that it printed at its bankruptcy price (OKX `bkPx`, Bybit `p`).
 * `triggerRate` is the maintenance rate, on OKX plus the fee.
 */
export function triggerFromBankruptcy(
  contractType: ContractType,
  side: Side,
  price: number,
  triggerRate: number,
): number {
  const sign = side === "long" ? 1 : -1;
  return contractType === "linear" ? price / (1 - sign * triggerRate) : price * (1 + sign * triggerRate);
}

export interface BybitPosition {
  readonly side: Side;
  readonly quantity: number;
  readonly entryPrice: number;
  readonly leverage: number;
  readonly extraMargin: number;
  readonly takerFeeRate: number;
}

/**
 * Bybit reserves the closing fee at the bankruptcy price, which added margin X moves:
 * W = qE/L + X + φ·q·(Pbk₀ − Pbk₁), Pbk₀ = E(1−1/L), Pbk₁ = Pbk₀ − X/q for a long; a short mirrors the signs
 * of 1/L and of X (its fee grows). Source: Bybit help, liquidation price (USDT contract), 2026-05-27.
 */
export function bybitMarginBalance(position: BybitPosition): number {
  const { quantity, entryPrice, leverage, extraMargin, takerFeeRate } = position;
  const sign = position.side === "long" ? 1 : -1;
  const initial = (quantity * entryPrice) / leverage;
  const feeReleased = takerFeeRate * sign * extraMargin;
  return initial + extraMargin + feeReleased;
}
