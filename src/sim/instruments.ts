/** One base asset's perpetual, in figures that every simulated venue shares. */
export interface Instrument {
  readonly symbol: string;
  /** Price at the live start. */
  readonly startPrice: number;
  readonly tickSize: number;
  /** Base units of the smallest quantity; the world counts in whole lots, so that its books balance exactly. */
  readonly lotSize: number;
  /** Base units of one contract where a venue counts in contracts; a hundred lots. */
  readonly contractSize: number;
  /** One-sided, over the three largest venues, at the live start. */
  readonly openInterestUsd: number;
  readonly maxLeverage: number;
  /** USD in one contract where it is inverse: counted in dollars and settled in the coin. */
  readonly contractUsd?: number;
}

const known: Readonly<Record<string, Omit<Instrument, "symbol" | "lotSize">>> = {
  BTC: { startPrice: 84_000, tickSize: 0.1, contractSize: 0.01, openInterestUsd: 18e9, maxLeverage: 125 },
  ETH: { startPrice: 2_900, tickSize: 0.01, contractSize: 0.1, openInterestUsd: 9e9, maxLeverage: 125 },
  SOL: { startPrice: 135, tickSize: 0.001, contractSize: 1, openInterestUsd: 3e9, maxLeverage: 100 },
};
const unknown = { startPrice: 2, tickSize: 0.0001, contractSize: 100, openInterestUsd: 4e8, maxLeverage: 75 };

export function instrumentOf(symbol: string): Instrument {
  const figures = known[symbol] ?? unknown;
  return { symbol, ...figures, lotSize: figures.contractSize / 100 };
}

/** Counted in dollars and settled in the coin. */
export const isInverse = ({ contractUsd }: Instrument): boolean => contractUsd !== undefined;

/** Digits after the point of a step such as 0.001. */
export function decimalsOf(step: number): number {
  return Math.max(0, Math.round(-Math.log10(step)));
}
