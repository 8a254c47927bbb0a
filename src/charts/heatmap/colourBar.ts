import { element, rectAt, textAt } from "../draw/svg.ts";
import { textWidth } from "../draw/text.ts";
import type { ColourScale } from "./cells.ts";
import { colourCount, hexOf, rampColour } from "./colours.ts";
import type { HeatmapScene } from "./scene.ts";

const barWidth = 220;
const stopCount = 11;
const gap = 12;

/** What the colours stand for, at the lower right: dollars of leverage in a cell's stretch of price. */
export function drawColourBar(
  { least, most }: ColourScale,
  { frame, palette, texts, request }: HeatmapScene,
): string[] {
  const { note, width, height, margin, format } = frame;
  const baseline = height - margin * 0.7;
  const texted = {
    least: texts.say("chart-scale-least", { amount: texts.money(least) }),
    most: texts.say("chart-scale-most", { amount: texts.money(most) }),
  };
  const whole = textWidth(texted.least, note) + textWidth(texted.most, note) + barWidth + 2 * gap;
  const left = format === "wide" ? width - margin - whole : margin;
  const barX = left + textWidth(texted.least, note) + gap;
  const bar = { x: barX, y: baseline - note.size * 0.85, width: barWidth, height: note.size };
  const stops = Array.from({ length: stopCount }, (_, i) => {
    const share = i / (stopCount - 1);
    const colour = hexOf(rampColour(request.look.theme, Math.round(share * (colourCount - 1))));
    return element("stop", { offset: share, "stop-color": colour });
  });
  const own = { y: baseline, fill: palette.muted, ...note };
  return [
    element("defs", {}, element("linearGradient", { id: "ramp" }, ...stops)),
    textAt(texted.least, { x: left, ...own }),
    rectAt(bar, { rx: 5, fill: "url(#ramp)" }),
    textAt(texted.most, { x: barX + barWidth + gap, ...own }),
  ];
}
