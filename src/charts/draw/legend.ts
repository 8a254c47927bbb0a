import type { Frame } from "./frame.ts";
import type { Palette } from "./palette.ts";
import { rectAt, textAt } from "./svg.ts";
import { textWidth } from "./text.ts";

export interface LegendEntry {
  readonly text: string;
  readonly swatch: "box" | "line" | "hatched";
  readonly fill: string;
}

const boxGap = 9;
const entryGap = 26;

/** Boxes and then lines, on one row if there is room, else on rows of their own. `top` is the first row's upper edge. */
export function drawLegend(
  entries: readonly LegendEntry[],
  frame: Frame,
  palette: Palette,
  top: number,
): { readonly svg: readonly string[]; readonly bottom: number } {
  const { margin, width, label, lineHeight } = frame;
  const right = width - margin;
  const whole = entries.reduce((sum, entry) => sum + entryWidth(entry, frame) + entryGap, -entryGap);
  const firstLine = margin + whole > right ? entries.findIndex(({ swatch }) => swatch === "line") : -1;
  const svg: string[] = [];
  let [x, y] = [margin, top];
  entries.forEach((entry, index) => {
    const wide = entryWidth(entry, frame);
    if (x > margin && (index === firstLine || x + wide > right)) [x, y] = [margin, y + lineHeight];
    svg.push(...drawEntry(entry, x, y, frame, palette));
    x += wide + entryGap;
  });
  return { svg, bottom: y + label.size };
}

function drawEntry(entry: LegendEntry, x: number, y: number, frame: Frame, palette: Palette): string[] {
  const { label } = frame;
  const wide = swatchWidth(entry, frame);
  const at = { x: x + wide + boxGap, y: y + label.size * 0.82 };
  return [
    ...swatch(entry, x, y, wide, frame),
    textAt(entry.text, { ...at, fill: palette.text, ...labelStyle(frame) }),
  ];
}

function entryWidth(entry: LegendEntry, frame: Frame): number {
  return swatchWidth(entry, frame) + boxGap + textWidth(entry.text, labelStyle(frame));
}

function swatchWidth({ swatch }: LegendEntry, { label }: Frame): number {
  return label.size * (swatch === "line" ? 1.25 : 0.9);
}

function labelStyle({ label }: Frame) {
  return { size: label.size, weight: 600 } as const;
}

function swatch(
  { swatch, fill }: LegendEntry,
  x: number,
  y: number,
  width: number,
  { label }: Frame,
): string[] {
  if (swatch === "line") return [rectAt({ x, y: y + label.size / 2 - 3, width, height: 6 }, { fill })];
  const box = { x, y: y + label.size * 0.05, width, height: width };
  if (swatch === "box") return [rectAt(box, { rx: 4, fill })];
  return [rectAt(box, { rx: 4, fill, opacity: 0.35 }), rectAt(box, { rx: 4, fill: "url(#hatch)" })];
}
