import type { RiskTier } from "../model/types.ts";

/** A margin table as venues print it: each step names only where it ends, in quote. */
export interface Step {
  readonly cap: number;
  readonly maintenanceMarginRate: number;
  readonly maxLeverage: number;
}

/** Each tier begins where the one before it ends; the last one has no end, larger positions included. */
export function toRiskTiers(steps: readonly Step[]): readonly RiskTier[] {
  const sorted = steps.toSorted((a, b) => a.cap - b.cap);
  return sorted.map(({ cap, maintenanceMarginRate, maxLeverage }, index) => ({
    floorNotional: sorted[index - 1]?.cap ?? 0,
    capNotional: index === sorted.length - 1 ? Infinity : cap,
    maintenanceMarginRate,
    maxLeverage,
  }));
}
