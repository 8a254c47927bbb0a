import type { Frame } from "./frame.ts";
import type { Palette } from "./palette.ts";
import { element, rectAt, textAt, type Box } from "./svg.ts";
import { cutToWidth, textWidth } from "./text.ts";

export interface Watermark {
  readonly word: string;
  /** Why, in a line below. */
  readonly why: string;
}

/** Across the plot, so large that no crop and no glance misses it; what it warns of stays readable behind. */
export function drawWatermark({ word, why }: Watermark, plot: Box, frame: Frame, palette: Palette): string[] {
  const x = plot.x + plot.width / 2;
  const y = plot.y + plot.height / 2;
  const size = Math.min(plot.height * 0.5, 200);
  const reason = cutToWidth(why, plot.width - 40, frame.callout);
  const width = textWidth(reason, frame.callout) + 40;
  const height = frame.callout.size * 1.8;
  const band = { x: x - width / 2, y: y + size * 0.32, width, height };
  const big = textAt(word, {
    x,
    y: y + size * 0.2,
    size,
    weight: 700,
    anchor: "middle",
    fill: palette.warning,
  });
  return [
    element("g", { opacity: 0.34 }, big),
    rectAt(band, { rx: 8, fill: palette.background, stroke: palette.warning, "stroke-width": 3 }),
    textAt(reason, {
      x,
      y: band.y + height / 2 + frame.callout.size * 0.36,
      anchor: "middle",
      fill: palette.warning,
      ...frame.callout,
    }),
  ];
}

/** In a plot that has nothing to show; above its middle, where lines may pass. */
export function drawEmpty(text: string, plot: Box, frame: Frame, palette: Palette): string {
  const style = frame.callout;
  const shown = cutToWidth(text, plot.width - 20, style);
  return textAt(shown, {
    x: plot.x + plot.width / 2,
    y: plot.y + plot.height * 0.4,
    anchor: "middle",
    fill: palette.muted,
    ...style,
  });
}
