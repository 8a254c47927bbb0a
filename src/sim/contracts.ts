import type { RiskTier, Side } from "../model/types.ts";

/** What a venue can be made to do wrong. */
export type FaultKind =
  /** HTTP 502 from the load balancer; websockets are dropped and refused. */
  | "bad-gateway"
  /** HTTP 429 with Retry-After. */
  | "rate-limited"
  /** The request is accepted and never answered. */
  | "hang"
  /** HTTP 200 with a web page. */
  | "html"
  /** Right answers, 20 s late on the world's clock. */
  | "slow";

/** A fault by script; times count from the live start. */
export interface FaultSpan {
  readonly venue: string;
  readonly kind: FaultKind;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** A stretch of the story of one symbol. Ratios are 1 for "as before". */
export interface Phase {
  readonly name: string;
  readonly durationMs: number;
  /** Price at the end over the price at the beginning; the path is pulled there. */
  readonly priceRatio: number;
  /** Standard deviation of a day's log return. */
  readonly dailyVolatility: number;
  /** Open interest (contracts) at the end over that at the beginning. */
  readonly openInterestRatio?: number;
  /** Traded volume over usual; positions also turn over that much faster. */
  readonly activity?: number;
  /** Sudden moves a day, up and down alike, four standard deviations of an hour each. */
  readonly jumpsPerDay?: number;
  /** How much more of a side is leveraged traders instead of hedgers. */
  readonly longCrowding?: number;
  readonly shortCrowding?: number;
}

/** What happens to one symbol: `history` ends at the live start; after `live` the market stays calm. */
export interface Script {
  readonly history: readonly Phase[];
  readonly live: readonly Phase[];
}

export interface Storyline {
  readonly script: Script;
  /** Symbols with a story of their own. */
  readonly symbols?: Readonly<Record<string, Script>>;
  readonly faults: readonly FaultSpan[];
}

/** A side's holders on one venue: hedgers never get liquidated; the others by leverage (`leverages` below). */
export interface CrowdProfile {
  readonly hedgedShare: number;
  /** Share of the leveraged open interest by leverage, any scale. */
  readonly leverageShares: readonly number[];
}

export const leverages = [2, 3, 5, 10, 25, 50, 100, 125] as const;

/** What makes one venue's crowd and rules differ from another's. */
export interface VenueProfile {
  readonly id: string;
  /** Of the open interest that an instrument's figures name; the three largest venues share it out. */
  readonly openInterestShare: number;
  /** Fee inside the liquidation trigger. */
  readonly liquidationFeeRate: number;
  readonly long: CrowdProfile;
  readonly short: CrowdProfile;
  readonly riskTiers: (maxLeverage: number) => readonly RiskTier[];
  /** USD in one inverse contract, by coin: what the venue lists beside its linear contracts. */
  readonly inverseUsd?: Readonly<Record<string, number>>;
}

/** A liquidation as it truly was; `quantity` in base units. */
export interface TrueLiquidation {
  /** Grows by one a liquidation within a contract. */
  readonly sequence: number;
  readonly time: number;
  readonly venue: string;
  readonly symbol: string;
  readonly liquidatedSide: Side;
  readonly quantity: number;
  /** Mark price at which the venue took the position. */
  readonly triggerPrice: number;
  /** Price at which the position's margin is gone. */
  readonly bankruptcyPrice: number;
}

/** All positions of a side that get liquidated at one price; `quantity` in base units. */
export interface TrueLevel {
  readonly price: number;
  readonly quantity: number;
  readonly notionalUsd: number;
}

/** The positions as they truly are; longs from the mark downwards, shorts upwards. Hedged ones are in no level. */
export interface Truth {
  readonly symbol: string;
  readonly time: number;
  readonly markPrice: number;
  /** Base units, one side; longs, hedged ones included, sum up to it, and so do shorts. */
  readonly openInterest: number;
  readonly hedgedLong: number;
  readonly hedgedShort: number;
  readonly long: readonly TrueLevel[];
  readonly short: readonly TrueLevel[];
}

/** The simulated world, as tests and the demo hold it. */
export interface World {
  readonly startAt: number;
  readonly symbols: readonly string[];
  readonly venues: readonly string[];
  /** The time reached: a whole number of steps after the live start. */
  readonly now: () => number;
  /** Lives all whole steps up to `time`. Asking twice changes nothing; an earlier time is ignored. */
  readonly advanceTo: (time: number) => void;
  /**
   * One venue's positions, or all venues' together; "okx:inverse" are those in its inverse contracts. Throws on a
   * symbol or venue that isn't there.
   */
  readonly truth: (symbol: string, venue?: string) => Truth;
  /** The newest liquidations of a contract after `sequence`, oldest first; about the last thousand are kept. */
  readonly liquidations: (symbol: string, venue: string, sequence?: number) => readonly TrueLiquidation[];
  /** Breaks a venue, or with `undefined` mends it, whatever the storyline says. */
  readonly fault: (venue: string, kind: FaultKind | undefined) => void;
  readonly faultOf: (venue: string) => FaultKind | undefined;
}

/** A running simulated exchange. */
export interface SimulatedExchange {
  /** What VENUE_BASE_URL must be: venues answer at `{baseUrl}/{venueId}/…`, websockets at the same place. */
  readonly baseUrl: string;
  readonly world: World;
  readonly close: () => Promise<void>;
}
