export type Direction = "up" | "down";
/** What one kind of trader tends to make of it. */
export interface Reading {
  readonly who: string;
  readonly text: string;
}

/**
 * An alert in one language, in the order it is shown. Text without markup: each platform decides what is bold
 * and what is folded (the readings, under their title).
 */
export interface FullMessage {
  readonly kind: "full";
  /** up = shorts sit nearer: for an accent colour, never the only carrier of meaning. */
  readonly direction: Direction;
  /** When it is true of the market: for platforms that show the reader's own time, and in UTC. */
  readonly asOf: { readonly at: number; readonly text: string };
  /** Understood alone, as a push preview. */
  readonly headline: string;
  readonly down: string;
  readonly up: string;
  /** Two lines; none when they were dropped to fit. */
  readonly suggests: readonly string[];
  readonly readingsTitle: string;
  readonly readings: readonly Reading[];
  readonly caveat: { readonly first: string; readonly rest: string };
  /** Absent when it was dropped to fit. */
  readonly bottomLine?: string;
  readonly honesty: string;
  /** To be shown when an earlier attempt may have arrived. */
  readonly repeatNote: string;
}

/** One line, such as the end of an alert. */
export interface LineMessage {
  readonly kind: "line";
  readonly asOf: { readonly at: number; readonly text: string };
  readonly headline: string;
  readonly repeatNote: string;
}

export type AlertMessage = FullMessage | LineMessage;
