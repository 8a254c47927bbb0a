import type { RiskTier } from "../model/types.ts";
import { toRiskTiers } from "./steps.ts";

/**
 * Binance shows its margin brackets only to key holders, so these are a stand-in of ours: the lowest two
 * BTC steps agree with brackets once published, the rest is what we know of them, rounded, and SOL and the default are
 * deliberately coarse. The lowest steps, which hold nearly all positions, matter most. Labelled "table" everywhere.
 */
export const bracketsAsOf = "2025-06-30";

type Row = readonly [capNotional: number, maintenanceMarginRate: number, maxLeverage: number];

const btc: readonly Row[] = [
  [300_000, 0.004, 125],
  [800_000, 0.005, 100],
  [3_000_000, 0.0065, 75],
  [12_000_000, 0.01, 50],
  [70_000_000, 0.02, 25],
  [100_000_000, 0.025, 20],
  [230_000_000, 0.05, 10],
  [480_000_000, 0.1, 5],
  [600_000_000, 0.125, 4],
  [800_000_000, 0.15, 3],
  [1_200_000_000, 0.25, 2],
  [Infinity, 0.5, 1],
];

const eth: readonly Row[] = [
  [300_000, 0.004, 125],
  [800_000, 0.005, 100],
  [3_000_000, 0.0065, 75],
  [12_000_000, 0.01, 50],
  [50_000_000, 0.02, 25],
  [65_000_000, 0.025, 20],
  [150_000_000, 0.05, 10],
  [320_000_000, 0.1, 5],
  [400_000_000, 0.125, 4],
  [530_000_000, 0.15, 3],
  [800_000_000, 0.25, 2],
  [Infinity, 0.5, 1],
];

const sol: readonly Row[] = [
  [50_000, 0.005, 100],
  [500_000, 0.0065, 75],
  [2_000_000, 0.01, 50],
  [10_000_000, 0.02, 25],
  [20_000_000, 0.025, 20],
  [50_000_000, 0.05, 10],
  [100_000_000, 0.1, 5],
  [150_000_000, 0.125, 4],
  [200_000_000, 0.25, 2],
  [Infinity, 0.5, 1],
];

/** For everything else, and while a venue's own tiers can't be had: what a mid-sized coin gets. */
const cautious: readonly Row[] = [
  [5_000, 0.01, 75],
  [50_000, 0.015, 50],
  [250_000, 0.02, 25],
  [1_000_000, 0.025, 20],
  [5_000_000, 0.05, 10],
  [10_000_000, 0.1, 5],
  [15_000_000, 0.125, 4],
  [25_000_000, 0.25, 2],
  [Infinity, 0.5, 1],
];

const tables: ReadonlyMap<string, readonly Row[]> = new Map([
  ["BTC", btc],
  ["ETH", eth],
  ["SOL", sol],
]);

export function bracketsOf(symbol: string): readonly RiskTier[] {
  const rows = tables.get(symbol) ?? cautious;
  return toRiskTiers(
    rows.map(([cap, maintenanceMarginRate, maxLeverage]) => ({ cap, maintenanceMarginRate, maxLeverage })),
  );
}
