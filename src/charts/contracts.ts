import type { MapColumn } from "../model/column.ts";
import type { MapDetail } from "../model/detail.ts";
import type { Imbalance, LiquidationMap, Side } from "../model/types.ts";
import type { Reliability } from "../model/score/reliability.ts";
import type { HistoryPoint } from "../store/contracts/symbols.ts";
import type { Language } from "../texts/texts.ts";

export type Theme = "dark" | "light";

/** "wide": 1280 × 720 px; "portrait": 1080 × 1350 px, four to five. */
export type Format = "wide" | "portrait";

export interface Look {
  readonly theme: Theme;
  readonly format: Format;
  readonly language: Language;
}

export const plainLook: Look = { theme: "dark", format: "wide", language: "en" };

export interface Picture {
  readonly kind: "picture";
  readonly png: Uint8Array;
  /** px */
  readonly width: number;
  readonly height: number;
  /**
   * The same for the same snapshot in the same look, in every process: what a platform's own file id, or a cache,
   * can be kept under. At most 120 characters of A–Z, a–z, 0–9, `-`, `_`, `.` and `:`.
   */
  readonly key: string;
}

/** Why there is no picture. What was to go with it goes out as text. */
export interface PictureFailure {
  readonly kind: "failed";
  /**
   * "no-data": nothing was computed yet. "busy": too many wait already, or the process is stopping. "timed-out" and
   * "crashed": the renderer was started anew. "unavailable": Redis, or the fonts, can't be used.
   */
  readonly reason: "no-data" | "busy" | "timed-out" | "crashed" | "unavailable";
  /** For an operator. */
  readonly message: string;
}

export type PictureResult = Picture | PictureFailure;

export type StackedBy = "leverage" | "venue";
export type HeatmapSpan = "day" | "month";

/** Pictures of what the store knows now, each drawn once for all replicas. Never rejects. */
export interface Pictures {
  readonly map: (symbol: string, look?: Partial<Look>, stackedBy?: StackedBy) => Promise<PictureResult>;
  readonly heatmap: (symbol: string, span: HeatmapSpan, look?: Partial<Look>) => Promise<PictureResult>;
  /** The ratio of the last `days`, 1 to 30. */
  readonly history: (symbol: string, days: number, look?: Partial<Look>) => Promise<PictureResult>;
}

/** Draws what it is given, in a thread of its own. Never rejects. */
export interface Charts {
  readonly map: (request: MapRequest) => Promise<PictureResult>;
  readonly heatmap: (request: HeatmapRequest) => Promise<PictureResult>;
  readonly history: (request: HistoryRequest) => Promise<PictureResult>;
  readonly reliability: (request: ReliabilityRequest) => Promise<PictureResult>;
  /** Ends the thread; what still waits fails as "busy". */
  readonly close: () => Promise<void>;
}

export interface MapRequest {
  readonly map: LiquidationMap;
  /** Of the same snapshot, aged as of now by whoever asks (`agedImbalance`): "stale" is watermarked. */
  readonly imbalance: Imbalance;
  /** What the bars are made of, and how sure the curves are; without it bars have one colour. */
  readonly detail?: MapDetail;
  /** Default: leverage. */
  readonly stackedBy?: StackedBy;
  /** Made-up numbers: marked as a test across. */
  readonly example?: true;
  readonly look: Look;
}

export interface Candle {
  /** Epoch ms of its open. */
  readonly time: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

/** A liquidation that was seen; `liquidatedSide` is the position's. */
export interface RealisedLiquidation {
  readonly time: number;
  readonly price: number;
  readonly notionalUsd: number;
  readonly liquidatedSide: Side;
}

export interface HeatmapRequest {
  readonly symbol: string;
  /** Epoch ms; nothing outside [from, to] is drawn. */
  readonly from: number;
  readonly to: number;
  /** Oldest first; where some are missing the picture stays empty. */
  readonly columns: readonly MapColumn[];
  readonly columnMs: number;
  readonly candles: readonly Candle[];
  readonly candleMs: number;
  /** Not so many that they hide the map. */
  readonly liquidations?: readonly RealisedLiquidation[];
  /** The newest, for its price and venues. */
  readonly imbalance: Imbalance;
  readonly look: Look;
}

export interface AlertMark {
  readonly time: number;
  readonly direction: "up" | "down";
}

export interface HistoryRequest {
  readonly symbol: string;
  readonly from: number;
  readonly to: number;
  /** Oldest first. */
  readonly points: readonly HistoryPoint[];
  /** The alert rule's ratio; its inverse is the other threshold. */
  readonly threshold: number;
  readonly alerts: readonly AlertMark[];
  readonly imbalance: Imbalance;
  readonly look: Look;
}

/** How the map did on recordings; the picture grows with their number, so that the look's format decides sizes only. */
export interface ReliabilityRequest {
  /** The first `mostRecordings` are drawn. */
  readonly recordings: readonly (Reliability & { readonly barMs: number })[];
  readonly look: Look;
}

/** What pictures need and what was drawn, shared by all processes. */
export interface PictureStore {
  /** Keeps the column at its place of the span; writing it twice changes nothing. */
  readonly putColumn: (symbol: string, span: HeatmapSpan, column: MapColumn) => Promise<void>;
  /** Columns that begin in [from, to], oldest first. */
  readonly columns: (
    symbol: string,
    span: HeatmapSpan,
    from: number,
    to: number,
  ) => Promise<readonly MapColumn[]>;
  readonly putDetail: (symbol: string, detail: MapDetail) => Promise<void>;
  readonly detail: (symbol: string) => Promise<MapDetail | undefined>;
  /** A drawn picture, by its key. */
  readonly picture: (symbol: string, key: string) => Promise<Uint8Array | undefined>;
  /** Kept for `ttlMs`. */
  readonly putPicture: (symbol: string, key: string, png: Uint8Array, ttlMs: number) => Promise<void>;
  /** True for the one who is to draw it; whoever asks within `ttlMs` after that waits for theirs. */
  readonly claimDrawing: (symbol: string, key: string, ttlMs: number) => Promise<boolean>;
}

/** Columns of a span: how long each is, how many are kept, and on which bins. */
export interface ColumnSpan {
  readonly columnMs: number;
  readonly columns: number;
  readonly binWidth: number;
  readonly bins: number;
}

const minuteMs = 60_000;

/**
 * 5 minutes for 24 hours, an hour for 30 days. ±12 % in steps of 10 bp and ±25 % in steps of 25 bp: with two bytes a
 * bin that is at most 148 KB and 313 KB of Redis a symbol.
 */
export const columnSpans: Readonly<Record<HeatmapSpan, ColumnSpan>> = {
  day: { columnMs: 5 * minuteMs, columns: 288, binWidth: 0.001, bins: 240 },
  month: { columnMs: 60 * minuteMs, columns: 720, binWidth: 0.0025, bins: 200 },
};
