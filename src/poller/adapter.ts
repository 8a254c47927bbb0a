import type { ContractType, RiskTier } from "../model/types.ts";
import type { ExchangeId } from "./exchanges.ts";

/** All series are 5-minute bars: the finest step for which every venue keeps open interest history. */
export const intervalMs = 300_000;

/** A figure older than this is no figure. */
export const oldestMs = 3 * intervalMs;

/** One perpetual of one venue, as the market list names it. */
export interface Contract {
  /** Base asset, "BTC". */
  readonly symbol: string;
  /** ccxt's unified name, "BTC/USDT:USDT". */
  readonly market: string;
  /** The venue's own name. */
  readonly id: string;
  readonly contractType: ContractType;
  /** Base units (linear) or USD (inverse) of one contract, for venues that count contracts. */
  readonly contractSize: number;
}

/** A request through one of ccxt's implicit methods. */
export interface Call {
  readonly method: string;
  readonly params: Readonly<Record<string, string | number>>;
}

export interface CandleRow {
  readonly openTime: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** Base units for linear contracts, USD for inverse ones. */
  readonly volume: number;
  readonly takerBuyVolume?: number;
  /** The venue's own word that the candle won't change any more. */
  readonly confirmed?: boolean;
}

export interface MarkRow {
  readonly openTime: number;
  readonly high: number;
  readonly low: number;
}

/** A figure at a venue's time. */
export interface Sample {
  readonly at: number;
  readonly value: number;
}

/** What a call about all contracts says about one. */
export interface BoardRow {
  readonly at: number;
  readonly markPrice?: number;
  /** One side, in the contract's unit. */
  readonly openInterest?: number;
  readonly fundingRate?: number;
}

/** One call that answers for all contracts of the venue. */
export interface Board {
  readonly call: Call;
  readonly rows: (body: unknown) => readonly unknown[];
  /** The field that holds the contract's id. */
  readonly idField: string;
  readonly row: (row: unknown, contract: Contract, body: unknown) => BoardRow;
}

/** One call about one contract that answers with one figure. */
export interface Figure {
  readonly call: (contract: Contract) => Call;
  readonly read: (body: unknown, contract: Contract) => Sample;
}

/** Rows over time, asked for as the newest ones or as those with from ≤ time < to. Order is the venue's. */
export interface Feed<Row> {
  readonly stepMs: number;
  readonly latest: (contract: Contract, limit: number) => Call;
  readonly latestLimit: number;
  readonly window: (contract: Contract, from: number, to: number) => Call;
  readonly windowLimit: number;
  /** How far back the venue remembers; undefined for since listing. */
  readonly keptMs?: number;
  readonly rows: (body: unknown) => readonly unknown[];
  readonly row: (row: unknown, contract: Contract) => Row;
}

/** A published limit on a group of endpoints that ccxt's own pacing doesn't know. */
interface Quota {
  readonly matches: (method: string) => boolean;
  readonly requests: number;
  readonly perMs: number;
}

type TierPlan =
  | {
      readonly kind: "venue";
      readonly call: (contract: Contract) => Call;
      /** `markPrice` for venues that limit contracts instead of notional. */
      readonly read: (body: unknown, contract: Contract, markPrice: number) => readonly RiskTier[];
    }
  | { readonly kind: "table" };

/** Everything the shared machinery must know about a venue: what to ask, how to read it, in which units. */
export interface VenueAdapter {
  readonly id: ExchangeId;
  /** ccxt's `options`: which markets to load. */
  readonly ccxt: object;
  readonly liquidationFeeRate: number;
  /**
   * Together they give every contract's mark price, and its open interest unless `openInterest` does. The last
   * one's time stands for the observation: let it be the mark's.
   */
  readonly boards: readonly Board[];
  readonly openInterest?: Figure;
  /** Asked once a closed bar, where no board has it. */
  readonly fundingRate?: Figure;
  readonly candles: Feed<CandleRow>;
  readonly markCandles: Feed<MarkRow>;
  /** Finest first; a coarser one fills what the finer has forgotten. */
  readonly openInterestHistory: readonly [Feed<Sample>, ...Feed<Sample>[]];
  readonly longShortRatio: Feed<Sample>;
  readonly riskTiers: TierPlan;
  readonly quota?: Quota;
}
