import { scaleLinear } from "d3-scale";
import type { Frame } from "./frame.ts";
import type { Palette } from "./palette.ts";
import { element, textAt, type Box } from "./svg.ts";
import { textWidth } from "./text.ts";

export interface Tick {
  readonly value: number;
  readonly text: string;
}

/** Ticks in round steps, as many as `most`. */
export function ticksOf(
  low: number,
  high: number,
  most: number,
  format: (value: number, step: number) => string,
): Tick[] {
  const values = scaleLinear([low, high], [0, 1]).ticks(most);
  const step = (values[1] ?? high) - (values[0] ?? low);
  return values.map((value) => ({ value, text: format(value, step) }));
}

/** The most ticks whose labels keep apart along `length` px. */
export function ticksThatFit(
  low: number,
  high: number,
  length: number,
  frame: Frame,
  format: (value: number, step: number) => string,
): Tick[] {
  for (let most = 9; most > 2; most -= 1) {
    const ticks = ticksOf(low, high, most, format);
    const widest = Math.max(...ticks.map(({ text }) => textWidth(text, frame.label)));
    const apart = ticks.length > 1 ? length / ((high - low) / stepOf(ticks)) : Infinity;
    if (widest + frame.label.size <= apart) return ticks;
  }
  return ticksOf(low, high, 2, format);
}

function stepOf(ticks: readonly Tick[]): number {
  return Math.abs((ticks[1]?.value ?? 0) - (ticks[0]?.value ?? 0));
}

export function widestLabel(ticks: readonly Tick[], frame: Frame): number {
  return Math.max(0, ...ticks.map(({ text }) => textWidth(text, frame.label)));
}

/** Labels below a plot, left out where they would leave the canvas or stand under those beside the plot. */
export function xLabels(
  ticks: readonly Tick[],
  x: (value: number) => number,
  plot: Box,
  frame: Frame,
  palette: Palette,
): string[] {
  const y = plot.y + plot.height + frame.label.size * 1.25;
  return ticks.flatMap(({ value, text }) => {
    const half = textWidth(text, frame.label) / 2;
    const at = x(value);
    if (at - half < plot.x - 6 || at + half > frame.width - 4) return [];
    return [textAt(text, { x: at, y, fill: palette.muted, anchor: "middle", ...frame.label })];
  });
}

/** Labels beside a plot. */
export function yLabels(
  ticks: readonly Tick[],
  y: (value: number) => number,
  place: { readonly x: number; readonly anchor: "start" | "end" },
  frame: Frame,
  palette: Palette,
): string[] {
  const shift = frame.label.size * 0.36;
  return ticks.map(({ value, text }) =>
    textAt(text, { ...place, y: y(value) + shift, fill: palette.muted, ...frame.label }),
  );
}

export function gridLines(
  ticks: readonly Tick[],
  y: (value: number) => number,
  plot: Box,
  palette: Palette,
): string {
  const lines = ticks.map(({ value }) => `M${plot.x} ${Math.round(y(value)) + 0.5}h${plot.width}`).join("");
  return element("path", { d: lines, stroke: palette.grid, "stroke-width": 1.5, fill: "none" });
}
