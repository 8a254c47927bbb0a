import type { Bar, BookDepth, MeasuredPosition, SeriesSpec, Side } from "../model/types.ts";
import type { PrintReader } from "./adapter.ts";
import type { Listed } from "./resolve.ts";

/** Where a contract's risk tiers come from, so that nobody takes a stand-in for the venue's own word. */
export interface TierSource {
  /** "venue": its public endpoint; "table": our own dated table; "proxy": another venue's public tiers. */
  readonly kind: "venue" | "table" | "proxy";
  /** ISO date the figures were read. */
  readonly asOf: string;
  readonly venue?: string;
}

/**
 * What one venue said about one symbol's contract in one poll. Everything in it was checked at the rim: finite,
 * positive where it must be, in the contract's own unit (base for linear, USD for inverse), one side.
 */
export interface Observation {
  readonly spec: SeriesSpec;
  readonly tierSource: TierSource;
  /** The venue's clock, epoch ms; ours where the venue gives none. */
  readonly observedAt: number;
  /** Our clock, epoch ms. */
  readonly receivedAt: number;
  readonly markPrice: number;
  readonly openInterest: number;
  readonly openInterestUsd: number;
  /** Closed bars after the cursor, oldest first, without holes where the venue has none. */
  readonly closedBars: readonly Bar[];
  /** The bar that is still open; its openInterest is the newest sample. */
  readonly formingBar?: Bar;
}

/** What to do about a failed poll. */
export type PollFailureKind = "retry" | "cool-down" | "give-up-symbol" | "disable-venue";

export interface PollFailure {
  readonly kind: PollFailureKind;
  /** For a person: what was wrong, without secrets. */
  readonly reason: string;
  /** Epoch ms on our clock before which the venue must not be asked again (cool-down). */
  readonly until?: number;
}

export type PollOutcome =
  | { readonly ok: true; readonly observation: Observation }
  | { readonly ok: false; readonly failure: PollFailure };

export interface PollRequest {
  readonly symbol: string;
  /** Open time of the newest closed bar the model has; undefined on a cold start. */
  readonly cursor?: number;
  /** The same of the symbol's other series here. */
  readonly otherCursor?: number;
}

/** An account seen trading, with how much in USD: a first guess at its size. */
export interface SeenAccount {
  readonly address: string;
  readonly notionalUsd: number;
}

/** What an account holds of a symbol, in the symbol's own units. */
export interface Holding {
  readonly symbol: string;
  readonly position: MeasuredPosition;
  readonly notionalUsd: number;
}

/** What a venue that shows everybody's positions can be asked. None of it ever rejects: no answer is undefined. */
export interface AccountSource {
  /** Who traded the symbol last. */
  readonly traders: (symbol: string, signal?: AbortSignal) => Promise<readonly SeenAccount[] | undefined>;
  /** What an account holds of these symbols. */
  readonly holdings: (
    address: string,
    symbols: readonly string[],
    signal?: AbortSignal,
  ) => Promise<readonly Holding[] | undefined>;
  /** How often a minute each may be asked beside polls of so many symbols; less than one is one every some minutes. */
  readonly room: (
    symbols: number,
    pollIntervalMs: number,
  ) => { readonly traders: number; readonly accounts: number };
}

/** Where a venue's order books are read. */
export interface BookSource {
  /** Never rejects: no answer, or one that can't be believed, is undefined. */
  readonly depth: (symbol: string, signal?: AbortSignal) => Promise<BookDepth | undefined>;
  /** How many books may be asked for in a minute beside polls of so many symbols; less than one is one every some minutes. */
  readonly perMinute: (symbols: number, pollIntervalMs: number) => number;
}

/** Where a venue is asked for its single liquidations. */
export interface PrintSource {
  readonly everyMs: number;
  /** How far back one answer may reach. */
  readonly reachMs: number;
  readonly reader: PrintReader;
  /** Answers about these contracts, unread, and since when they are whole. Never rejects: undefined where one is missing. */
  readonly read: (
    contracts: readonly Listed[],
    span: { readonly from: number; readonly to: number },
    signal?: AbortSignal,
  ) => Promise<{ readonly answers: readonly unknown[]; readonly from: number } | undefined>;
}

/** Takes how one series of a symbol went; the main one, unless it is named. */
export type OnOutcome = (symbol: string, outcome: PollOutcome, series?: string) => void;

/**
 * One exchange, as the rest of the program sees it. Built by `openVenue` (poller/venue.ts). A symbol has a series or
 * two here: its main contract's has the venue's id, the other one's `otherSeries`.
 */
export interface Venue {
  /** ccxt id. */
  readonly id: string;
  /** "okx:inverse"; undefined where the venue lists contracts of one type only. */
  readonly otherSeries?: string | undefined;
  /**
   * One round: asks for every request, and hands each outcome over as soon as it is known, a symbol's main series
   * last: it completes the symbol. Never rejects for what a venue does; resolves when all were handed over.
   */
  readonly poll: (
    requests: readonly PollRequest[],
    onOutcome: OnOutcome,
    signal?: AbortSignal,
  ) => Promise<void>;
  /** Closed bars in [from, to), oldest first, as far back as the venue remembers; the main series', unless said. */
  readonly backfill: (
    symbol: string,
    from: number,
    to: number,
    options?: { readonly series?: string | undefined; readonly signal?: AbortSignal | undefined },
  ) => Promise<BackfillOutcome>;
  /** Where positions are everybody's to see. */
  readonly accounts?: AccountSource | undefined;
  readonly books?: BookSource | undefined;
  /** Where it publishes single liquidations, but on no stream. */
  readonly prints?: PrintSource | undefined;
  /** The contracts of a symbol that trade today; none where the venue doesn't list it. Rejects where it can't be asked. */
  readonly listed: (symbol: string, signal?: AbortSignal) => Promise<readonly Listed[]>;
  /** Whether it keeps no history of open interest, bar by bar, so that ours is all there will be. */
  readonly forgetsOpenInterest: boolean;
  /** Fee inside the liquidation trigger. */
  readonly liquidationFeeRate: number;
  readonly close: () => Promise<void>;
}

export type BackfillOutcome =
  | { readonly ok: true; readonly spec: SeriesSpec; readonly bars: readonly Bar[] }
  | { readonly ok: false; readonly failure: PollFailure };

/**
 * A poll reads back at most this many closed bars by itself. A series whose cursor is older needs a backfill first;
 * whoever applies bars must not jump a hole wider than this.
 */
export const maxBarsPerPoll = 100;

/** How far back a warm start reads. */
export const historyMs = 30 * 24 * 3600 * 1000;

/** A position, or a part of one, that a venue took over. */
export interface Liquidation {
  /** ccxt id. */
  readonly venue: string;
  readonly series: string;
  readonly symbol: string;
  readonly liquidatedSide: Side;
  /** In the contract's unit: base for linear, USD for inverse. */
  readonly quantity: number;
  /** Mark price at which it was taken over, as near as the print tells. */
  readonly price: number;
  readonly notionalUsd: number;
  /** The venue's clock, epoch ms. */
  readonly at: number;
}

/** What of a bar was liquidated and printed, in the contract's unit; heard from the bar's first moment on. */
export interface LiquidationTotal {
  readonly openTime: number;
  /** How far it is summed up, epoch ms; the bar's end when all of it is. */
  readonly until: number;
  readonly long: number;
  readonly short: number;
  readonly prints: number;
  /** ρ: share of the liquidations that the stream lets through, 0 to 1. */
  readonly reportingShare: number;
}
