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

/** Entries from the left, on as many lines as they need. `top` is the upper edge of the first line. */
export function drawLegend(
  entries: readonly LegendEntry[],
  frame: Frame,
  palette: Palette,
  top: number,
): { readonly svg: readonly string[]; readonly bottom: number } {
  const { margin, width, label, lineHeight } = frame;
  const svg: string[] = [];
  let [x, y] = [margin, top];
  for (const entry of entries) {
    const swatchWidth = entry.swatch === "line" ? label.size * 1.25 : label.size * 0.9;
    const whole = swatchWidth + boxGap + textWidth(entry.text, labelStyle(frame));
    if (x > margin && x + whole > width - margin) [x, y] = [margin, y + lineHeight];
    svg.push(...swatch(entry, x, y, swatchWidth, frame));
    const baseline = y + label.size * 0.82;
    svg.push(
      textAt(entry.text, {
        x: x + swatchWidth + boxGap,
        y: baseline,
        fill: palette.text,
        ...labelStyle(frame),
      }),
    );
    x += whole + entryGap;
  }
  return { svg, bottom: y + label.size };
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
