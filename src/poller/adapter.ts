import type { ContractType, RiskTier, Side } from "../model/types.ts";
import type { ExchangeId } from "./exchanges.ts";

/** All series are 5-minute bars: the finest step for which every venue keeps open interest history. */
export const intervalMs = 300_000;

/** Where the newest `limit` bars begin, the forming one counted: for venues that only know windows. */
export const newestFrom = (limit: number, now: number): number =>
  (Math.floor(now / intervalMs) - (limit - 1)) * intervalMs;

/** A figure older than this is no figure. */
export const oldestMs = 3 * intervalMs;

/** One perpetual of one venue, as the market list names it. */
export interface Contract {
  /** Base asset, "BTC"; "PEPE" for what is listed as 1000PEPE. */
  readonly symbol: string;
  /** ccxt's unified name, "BTC/USDT:USDT". */
  readonly market: string;
  /** The venue's own name. */
  readonly id: string;
  readonly contractType: ContractType;
  /** Listed units (linear) or USD (inverse) of one contract, for venues that count contracts. */
  readonly contractSize: number;
  /**
   * Base units in one listed unit: 1000 for 1000PEPE, 1 for nearly all. Adapters read figures as they are listed;
   * scale.ts turns prices and quantities into the symbol's own.
   */
  readonly multiplier: number;
}

/** Stands for whichever contract where only a call's weight is asked for. */
export const anyContract: Contract = {
  symbol: "",
  market: "",
  id: "0",
  contractType: "linear",
  contractSize: 1,
  multiplier: 1,
};

/** A request through one of ccxt's implicit methods. */
export interface Call {
  readonly method: string;
  readonly params: Readonly<Record<string, string | number | object>>;
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
  /** The mark itself where nothing else tells it. */
  readonly close?: number;
}

/** A figure at a venue's time. */
export interface Sample {
  readonly at: number;
  readonly value: number;
}

/** Positioning at a bar's close, with whatever else the venue tells in the same row. */
export interface OpenInterestRow extends Sample {
  readonly longShortRatio?: number;
  /** From `at` on, for a step, in the contract's unit. */
  readonly longLiquidations?: number;
  readonly shortLiquidations?: number;
}

/** What a call about all contracts says about one. */
export interface BoardRow {
  /** The venue's time; left out where it names none, and ours stands in. */
  readonly at?: number;
  readonly markPrice?: number;
  /** One side, in the contract's unit. */
  readonly openInterest?: number;
  readonly fundingRate?: number;
}

/** One call that answers for all contracts of the venue, or for all of one type. */
export interface Board {
  /** Whether it knows a contract; all, unless said. */
  readonly covers?: (contract: Contract) => boolean;
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
  /** `now` for venues that only know windows. */
  readonly latest: (contract: Contract, limit: number, now: number) => Call;
  readonly latestLimit: number;
  readonly window: (contract: Contract, from: number, to: number) => Call;
  readonly windowLimit: number;
  /** How far back the venue remembers; undefined for since listing. */
  readonly keptMs?: number;
  readonly rows: (body: unknown) => readonly unknown[];
  readonly row: (row: unknown, contract: Contract) => Row;
}

/** A limit as the venue publishes it, over the calls that it counts together. Lopside stays under half of it. */
export interface Limit {
  /** Names the shared counter and the row of the budget table: "klines". */
  readonly bucket: string;
  readonly weight: number;
  readonly perMs: number;
  /** By ccxt's method name; of a venue's limits the first that matches counts a call. All calls, unless said. */
  readonly matches?: (method: string) => boolean;
  /** What a call weighs; 1 unless said. */
  readonly weightOf?: (call: Call) => number;
}

/** [price, quantity in the contract's unit], the best first. */
export type BookLevel = readonly [price: number, quantity: number];

/** The resting orders of one contract, as far out as the venue shows them in one answer. */
export interface OrderBook {
  readonly call: (contract: Contract) => Call;
  /** A side with this many levels was cut off there: what lies beyond isn't known. */
  readonly levels: number;
  readonly read: (
    body: unknown,
    contract: Contract,
  ) => {
    /** The venue's time, where it names one. */
    readonly at?: number;
    readonly bids: readonly BookLevel[];
    readonly asks: readonly BookLevel[];
  };
}

/** A trader as a venue names one; the notional is that of the trade. */
export interface Trader {
  readonly address: string;
  readonly notionalUsd: number;
}

/** What an account holds of one contract; below 0 is short, in the contract's unit as it is listed. */
export interface Held {
  readonly coin: string;
  readonly size: number;
  readonly notionalUsd: number;
  /** Undefined where nothing liquidates it. */
  readonly liquidationPrice?: number;
}

/** For venues that show everybody's positions. */
export interface PublicPositions {
  readonly coinOf: (contract: Contract) => string;
  /** The newest trades of a contract, with who made them. */
  readonly traders: {
    readonly call: (contract: Contract) => Call;
    readonly read: (body: unknown) => readonly Trader[];
  };
  readonly account: {
    readonly call: (address: string) => Call;
    readonly read: (body: unknown) => { readonly at: number; readonly held: readonly Held[] };
  };
}

/** A liquidation as a venue prints it; checked, in the venue's own counting. */
export interface Print {
  /** The venue's name of the contract. */
  readonly id: string;
  /** Of the position; venues that print the order's side were turned around. */
  readonly liquidatedSide: Side;
  readonly contracts: number;
  /** They are base units or USD already, whatever size the listing gives a contract. */
  readonly inUnits?: true;
  readonly price: number;
  /** What the price is: where the position was taken over, or where its margin would be gone. */
  readonly priced: "trigger" | "bankruptcy";
  /** The venue's clock, epoch ms. */
  readonly at: number;
  /** Tells prints apart that are alike in all else. */
  readonly key?: string;
}

/** How single liquidations are found in what a venue says. */
export interface PrintReader {
  /** The rows of a frame or an answer, unread. */
  readonly rows: (said: unknown) => readonly unknown[];
  /** Throws Malformed on a row that can't be what it claims; undefined for one that tells of no liquidation. */
  readonly read: (row: unknown) => Print | undefined;
}

/** Single liquidations, where they are read by asking. */
export interface PrintedFeed extends PrintReader {
  readonly everyMs: number;
  /** How far back one answer may reach. */
  readonly reachMs: number;
  /** The newest ones, at most so many: an answer of that length may lack older ones. */
  readonly mostRows: number;
  /** Whether one call answers for all contracts or for one. */
  readonly each: "venue" | "contract";
  readonly call: (contract: Contract, from: number, to: number) => Call;
}

export type TierPlan =
  | {
      readonly kind: "venue";
      readonly call: (contract: Contract) => Call;
      /** `markPrice` for venues that limit contracts instead of notional. */
      readonly read: (body: unknown, contract: Contract, markPrice: number) => readonly RiskTier[];
    }
  | { readonly kind: "table" };

/** What the best venues tell and some don't. */
export type Lackable =
  | "venueTime"
  | "markCandles"
  | "takerVolume"
  | "openInterestHistory"
  | "longShortRatio"
  | "fundingRate"
  | "liquidations"
  | "riskTiers";

/** What a venue is good for: documentation, budgets and the operator's table are made from it and from the feeds. */
export interface Declaration {
  /** 1: all that the model reads; 2: most of it; 3: open interest only. */
  readonly tier: 1 | 2 | 3;
  /** The perpetuals it lists and the adapter reads, main one first. */
  readonly contracts: readonly [ContractType, ...ContractType[]];
  /** Where single liquidations are published. */
  readonly liquidations: "websocket" | "rest" | "none";
  /** What it doesn't tell, and what stands in for it. */
  readonly lacks: Readonly<Partial<Record<Lackable, string>>>;
  /** Where two of its figures may not count alike, and nobody has written down which is right. */
  readonly doubts?: { readonly openInterest: string };
  /** How many requests its market list takes; one unless said. */
  readonly listRequests?: number;
  /** Published for one address; every call falls under one of them. */
  readonly limits: readonly [Limit, ...Limit[]];
}

/** Everything the shared machinery must know about a venue: what to ask, how to read it, in which units. */
export interface VenueAdapter {
  readonly id: ExchangeId;
  readonly declares: Declaration;
  /** What its main linear contracts are quoted and settled in; USDT unless it says otherwise. */
  readonly settle?: string;
  /** ccxt's `options`: which markets to load. */
  readonly ccxt: object;
  /** Narrows the market list. */
  readonly marketParams?: Readonly<Record<string, string>>;
  /** ccxt's method that lists the markets, where `fetchMarkets` does more than is needed. */
  readonly listing?: string;
  /** Candles are asked for when a bar has closed instead of in every round; in between, marks tell the forming one. */
  readonly candlesOnClose?: true;
  /** The header that says when its limit begins anew: in so many ms, or at an epoch time. */
  readonly reset?: { readonly header: string; readonly counts: "ms" | "epoch ms" | "epoch s" };
  /** How it says that it doesn't know a symbol, where ccxt has no error of its own for that. */
  readonly unknownSymbol?: RegExp;
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
  readonly markCandles?: Feed<MarkRow>;
  /** Finest first; a coarser one fills what the finer has forgotten. Empty where the venue keeps none. */
  readonly openInterestHistory: readonly Feed<OpenInterestRow>[];
  /** Left out where the history's rows carry it, or nothing does. */
  readonly longShortRatio?: Feed<Sample>;
  readonly riskTiers: TierPlan;
  readonly printed?: PrintedFeed;
  readonly positions?: PublicPositions;
  readonly orderBook?: OrderBook;
}
