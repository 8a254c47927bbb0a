import type { MapColumn } from "../model/column.ts";
import type { MapDetail } from "../model/detail.ts";
import type { Imbalance, LiquidationMap, Side } from "../model/types.ts";
import type { HistoryPoint } from "../store/contracts.ts";
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
