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

/** A position that its venue shows to everybody, with the liquidation price the venue reports. */
export interface MeasuredPosition {
  readonly side: Side;
  /** Above 0, in the contract's own unit. */
  readonly quantity: number;
  /** Undefined where nothing liquidates it. */
  readonly liquidationPrice?: number;
  /** Epoch ms. */
  readonly observedAt: number;
}

/** A venue's share in an imbalance. */
export interface VenueShare {
  readonly id: string;
  readonly status: VenueStatus;
  readonly ageMs: number | null;
  readonly openInterestUsd: number | null;
  readonly method: Method;
  /** Its part of the fresh open interest that the map is made of, 0 to 1; absent where nothing is fresh. */
  readonly weight?: number;
  /** Share of its open interest whose positions are known, 0 to 1; absent where none are. */
  readonly measuredShare?: number;
  /** Why it is not fresh, in words for an operator. */
  readonly reason?: string;
  /** Each contract by itself where it has several; the figures above are their sum, the status the largest one's. */
  readonly contracts?: readonly ContractShare[];
}

/** A contract's share in its venue's; `series` is the venue's id for the main one, "okx:inverse" for the other. */
export interface ContractShare {
  readonly series: string;
  readonly status: VenueStatus;
  readonly ageMs: number | null;
  readonly openInterestUsd: number | null;
  readonly reason?: string;
}

/** Where a figure lies in eight of ten posterior draws: their 10th and 90th percentile. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * Percentiles of `ratio` over the posterior draws. P(ratio > τ) ≥ 80 % exactly where p20 > τ, P(ratio < 1/τ) ≥ 80 %
 * where p80 < 1/τ; likewise p10 and p90 for 90 %, p50 for 50 %. Draws that can't reach the notional are on the wrong
 * side of every low and high percentile, so that they never count as a crossing.
 */
export interface RatioPercentiles {
  readonly p10: number;
  readonly p20: number;
  readonly p50: number;
  readonly p80: number;
  readonly p90: number;
}

/** Exposure within ±distanceRatio of the mark. */
export interface ImbalanceBand {
  readonly distanceRatio: number;
  readonly longUsd: number;
  readonly shortUsd: number;
  /** Of the draws; only at ±1, 2 and 5 %. */
  readonly longIntervalUsd?: Interval;
  readonly shortIntervalUsd?: Interval;
}

/**
 * Where a fall (down) or a rise (up) would feed itself: from there on, the next half percent releases more forced
 * orders than rest in the books. `distanceRatio` is null where the books hold out as far as they are known (5 %);
 * `likelihood` is the share of the draws in which they don't.
 */
export interface CascadeSide {
  readonly distanceRatio: number | null;
  /** Null where the books hold out in more than a tenth of the draws. */
  readonly interval: Interval | null;
  readonly likelihood: number;
}

export interface Cascade {
  readonly down: CascadeSide;
  readonly up: CascadeSide;
  /** Share of the fresh open interest whose venues' books are known; the rest is taken to be as deep. */
  readonly bookCoverage: number;
}

/** Resting orders of one venue's contract within ±5 % of its mark, in dollars, each side outwards from the mark. */
export interface BookDepth {
  readonly venue: string;
  /** The venue's clock, epoch ms; ours where the venue gives none. */
  readonly observedAt: number;
  /** [share of the venue's mark away, notional in USD], distances growing. */
  readonly bids: readonly (readonly [distanceRatio: number, notionalUsd: number])[];
  readonly asks: readonly (readonly [distanceRatio: number, notionalUsd: number])[];
  /** How far each side is known, where the venue's answer ended before 5 %: what lies beyond is not nothing. */
  readonly bidReach?: number;
  readonly askReach?: number;
}

/**
 * The imbalance of one symbol at one time, as `GET /api/imbalance/:symbol` gives it. A side that cannot reach
 * the notional inside the map has distance null, and the ratio is null with it.
 * `ratioLow` and `ratioHigh` are the 10th and 90th percentiles, null where too many draws can't reach the notional;
 * `realisedShare` is null until past maps were scored. Optional fields are absent in what older versions stored.
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
  /** Null together with `ratioLow` and `ratioHigh`, which are its p10 and p90. */
  readonly ratioPercentiles?: RatioPercentiles | null;
  readonly downDistanceIntervalUsd?: Interval | null;
  readonly upDistanceIntervalUsd?: Interval | null;
  /**
   * Ratio over that of a null map (same prices, constant open interest and volume, one mix for both sides): what is left
   * of the lean once the price path's own part is taken out. Null while the null map settles.
   */
  readonly excessRatio?: number | null;
  /** Share of the symbol's last 30 days whose excess ratio was lower, 0 to 1; null before there are enough. */
  readonly percentile?: number | null;
  readonly realisedShare: number | null;
  /** Absent where no order book is known. */
  readonly cascade?: Cascade;
  /** Absent while the map is made with the prior's weights. */
  readonly learned?: LearnedWeights;
  readonly regime: Regime;
  readonly bands: readonly ImbalanceBand[];
  readonly venues: readonly VenueShare[];
  /** Fresh open interest / last known open interest, 0 to 1. */
  readonly coverage: number;
  /** Age of the oldest fresh venue's data; null when none is fresh. */
  readonly ageMs: number | null;
}

/** Weights of the map's parts that a symbol learned from its liquidations; absent where they are the prior's. */
export interface LearnedWeights {
  /** Epoch ms, midnight UTC. */
  readonly since: number;
  /** 1 − deviance / the prior's, over the days since they were fitted. */
  readonly skill: number;
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
