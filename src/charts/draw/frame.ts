import type { Format } from "../contracts.ts";
import type { TextStyle } from "./text.ts";

/** Sizes of a format, px. Text under 26 px would not be read on a phone; only the model's note is smaller. */
export interface Frame {
  readonly format: Format;
  readonly width: number;
  readonly height: number;
  readonly margin: number;
  readonly title: TextStyle;
  readonly badge: TextStyle;
  readonly label: TextStyle;
  readonly callout: TextStyle;
  readonly caveat: TextStyle;
  readonly note: TextStyle;
  /** From one line of labels to the next. */
  readonly lineHeight: number;
  readonly curve: number;
}

const wide: Frame = {
  format: "wide",
  width: 1280,
  height: 720,
  margin: 32,
  title: { size: 44, weight: 700 },
  badge: { size: 40, weight: 700 },
  label: { size: 26, weight: 400 },
  callout: { size: 28, weight: 700 },
  caveat: { size: 26, weight: 600 },
  note: { size: 22, weight: 400 },
  lineHeight: 40,
  curve: 5,
};

const portrait: Frame = {
  format: "portrait",
  width: 1080,
  height: 1350,
  margin: 36,
  title: { size: 54, weight: 700 },
  badge: { size: 50, weight: 700 },
  label: { size: 30, weight: 400 },
  callout: { size: 32, weight: 700 },
  caveat: { size: 32, weight: 600 },
  note: { size: 26, weight: 400 },
  lineHeight: 48,
  curve: 6,
};

export const frames: Readonly<Record<Format, Frame>> = { wide, portrait };

/** Nothing but the model's note may be smaller. */
export const leastLabelSize = 26;
