/** The side of a position. Every contract has one long and one short holder. */
export type Side = "long" | "short";

/** Linear contracts are counted in base units, inverse ones in USD. */
export type ContractType = "linear" | "inverse";

/**
 * One candle of one venue's contract. Quantities are in contracts' own unit (base for linear, USD for
 * inverse); prices in quote. An absent field is unknown, never 0.
 */
export interface Bar {
  /** Open of the bar, epoch ms UTC. */
  readonly openTime: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly takerBuyVolume?: number;
  /** At the bar's close, each contract counted once (one side). */
  readonly openInterest?: number;
  /** Extremes of the mark price, which is what venues trigger on. */
  readonly markHigh?: number;
  readonly markLow?: number;
  readonly longShortRatio?: number;
  readonly fundingRate?: number;
  readonly longLiquidations?: number;
  readonly shortLiquidations?: number;
}

/** A step of a venue's maintenance margin table; notional in quote, at the liquidation price. */
export interface RiskTier {
  readonly floorNotional: number;
  /** Infinity for the last one. */
  readonly capNotional: number;
  readonly maintenanceMarginRate: number;
  readonly maxLeverage: number;
}

/** What the model must know about one venue's contract before its first bar. */
export interface SeriesSpec {
  /** ccxt id. */
  readonly venue: string;
  readonly symbol: string;
  /** ccxt's unified name, "BTC/USDT:USDT". */
  readonly market: string;
  readonly contractType: ContractType;
  readonly intervalMs: number;
  readonly riskTiers: readonly RiskTier[];
  /** Fee inside the trigger: 0 on Binance, Bybit and Hyperliquid, the taker fee on OKX. */
  readonly liquidationFeeRate: number;
}

export type VenueStatus = "fresh" | "stale" | "failed" | "quarantined" | "disabled";
export type Method = "estimated" | "measured";
export type Regime = "short-squeeze" | "long-flush" | "balanced" | "thin" | "stale";

/** A venue's share in an imbalance. */
export interface VenueShare {
  readonly id: string;
  readonly status: VenueStatus;
  readonly ageMs: number | null;
  readonly openInterestUsd: number | null;
  readonly method: Method;
  /** Why it is not fresh, in words for an operator. */
  readonly reason?: string;
}

/** Exposure within ±distanceRatio of the mark. */
export interface ImbalanceBand {
  readonly distanceRatio: number;
  readonly longUsd: number;
  readonly shortUsd: number;
}

/**
 * The imbalance of one symbol at one time, as `GET /api/imbalance/:symbol` gives it. A side that cannot reach
 * the notional inside the map has distance null, and the ratio is null with it.
 * `ratioLow` and `ratioHigh` are the 10th and 90th percentiles, null while there is no posterior;
 * `realisedShare` is null until past maps were scored.
 */
export interface Imbalance {
  readonly symbol: string;
  readonly time: number;
  /** Null when no venue ever gave one. */
  readonly markPrice: number | null;
  readonly notionalUsd: number | null;
  readonly downDistanceUsd: number | null;
  readonly upDistanceUsd: number | null;
  readonly downDistanceRatio: number | null;
  readonly upDistanceRatio: number | null;
  readonly ratio: number | null;
  readonly ratioMean: number | null;
  readonly ratioLow: number | null;
  readonly ratioHigh: number | null;
  readonly realisedShare: number | null;
  readonly regime: Regime;
  readonly bands: readonly ImbalanceBand[];
  readonly venues: readonly VenueShare[];
  /** Fresh open interest / last known open interest, 0 to 1. */
  readonly coverage: number;
  /** Age of the oldest fresh venue's data; null when none is fresh. */
  readonly ageMs: number | null;
}

/** [price, modelled notional in USD whose liquidation price is there] */
export type MapLevel = readonly [price: number, notionalUsd: number];

/**
 * A liquidation map as `--maps` and `GET /api/map/:symbol` give it: longs below the mark, shorts above, each
 * ordered outwards from the mark, empty bins left out.
 */
export interface LiquidationMap {
  readonly symbol: string;
  readonly time: number;
  /** Null, and the map empty, when no venue ever gave one. */
  readonly markPrice: number | null;
  readonly long: readonly MapLevel[];
  readonly short: readonly MapLevel[];
}
