import { area, line } from "d3-shape";
import { gridLines, xLabels, yLabels } from "../draw/axes.ts";
import type { Palette } from "../draw/palette.ts";
import { drawEmpty } from "../draw/watermark.ts";
import { element, rectAt, short, textAt } from "../draw/svg.ts";
import { cutToWidth, textWidth } from "../draw/text.ts";
import { axisGap, type Panel, type RecordingScene } from "./scene.ts";

/** The colour of what was measured. */
export function dotColour({ plain }: Palette): string {
  return plain;
}

/** Which recording it is, and from when to when. */
export function drawName(
  { recording, texts, frame, palette, titleY }: RecordingScene,
  days: string,
): string[] {
  const { symbol, barMs } = recording;
  const name = texts.say("chart-reliability-recording", { symbol, interval: texts.age(barMs) });
  const right = frame.width - frame.margin;
  const room = right - frame.margin - textWidth(days, frame.label) - 24;
  return [
    textAt(cutToWidth(name, room, frame.callout), {
      x: frame.margin,
      y: titleY,
      fill: palette.text,
      ...frame.callout,
    }),
    textAt(days, { x: right, y: titleY, anchor: "end", fill: palette.muted, ...frame.label }),
  ];
}

/** Tenths of the hours by prediction: what came over what was predicted, in logarithms; right is on the diagonal. */
export function drawMoney(scene: RecordingScene): string[] {
  const { recording, texts, money, palette, frame } = scene;
  const ratio = texts.say("chart-times", { ratio: texts.ratio(recording.level) });
  const interval = texts.age(recording.intervalMs);
  const { x, y } = money;
  const fill = dotColour(palette);
  const bars = recording.tenths.map(({ predictedUsd, lowUsd, highUsd }) => {
    const at = short(x(predictedUsd));
    return `M${at} ${short(y(lowUsd))}V${short(y(highUsd))}`;
  });
  const dots = recording.tenths.map(({ predictedUsd, realisedUsd }) =>
    element("circle", {
      cx: x(predictedUsd),
      cy: y(realisedUsd),
      r: 8,
      fill,
      stroke: palette.background,
      "stroke-width": 2,
    }),
  );
  return [
    ...drawAxes(money, scene),
    caption(texts.say("chart-reliability-level", { interval, ratio }), money, scene),
    element("path", {
      d: bars.join(""),
      stroke: fill,
      "stroke-width": frame.curve - 1,
      "stroke-linecap": "round",
      opacity: 0.75,
    }),
    ...dots,
  ];
}

/** What chance alone allows around the diagonal, in standard deviations of a share: 90 %. */
const chanceWidth = 1.645;

/** How often bands held what came, by their nominal share; the shade is what chance allows of right ones. */
export function drawBands(scene: RecordingScene): string[] {
  const { recording, texts, bands, palette, frame } = scene;
  const { bandLevels, windows } = recording;
  const known = bandLevels.flatMap(({ nominal, held }) => (held === null ? [] : [{ nominal, held }]));
  const axes = drawAxes(bands, scene);
  if (known.length === 0)
    return [...axes, drawEmpty(texts.say("chart-reliability-none"), bands.plot, frame, palette)];
  const { x, y } = bands;
  const spread = (nominal: number): number => chanceWidth * Math.sqrt((nominal * (1 - nominal)) / windows);
  const chance = area<number>()
    .x((nominal) => x(nominal))
    .y0((nominal) => y(Math.max(0, nominal - spread(nominal))))
    .y1((nominal) => y(Math.min(1, nominal + spread(nominal))))
    .digits(1);
  const heldLine = line<{ nominal: number; held: number }>()
    .x(({ nominal }) => x(nominal))
    .y(({ held }) => y(held))
    .digits(1);
  const steps = Array.from({ length: 41 }, (_, i) => i / 40);
  const fill = dotColour(palette);
  const of80 = known.find(({ nominal }) => nominal === 0.8);
  return [
    element("path", { d: chance(steps) ?? "", fill: palette.muted, opacity: 0.25 }),
    ...axes,
    ...(of80 === undefined
      ? []
      : [caption(texts.say("chart-reliability-held", { share: texts.percent(of80.held) }), bands, scene)]),
    element("path", {
      d: heldLine(known) ?? "",
      stroke: fill,
      "stroke-width": frame.curve - 1,
      fill: "none",
    }),
    ...known.map(({ nominal, held }) => element("circle", { cx: x(nominal), cy: y(held), r: 7, fill })),
  ];
}

function drawAxes(panel: Panel, { frame, palette }: RecordingScene): string[] {
  const { plot, ticks, x, y } = panel;
  const diagonal = `M${short(plot.x)} ${short(plot.y + plot.height)}L${short(plot.x + plot.width)} ${short(plot.y)}`;
  return [
    rectAt(plot, { fill: palette.grid, opacity: 0.35 }),
    gridLines(ticks, y, plot, palette),
    element("path", { d: diagonal, stroke: palette.muted, "stroke-width": 2.5, "stroke-dasharray": "10 8" }),
    ...yLabels(ticks, y, { x: plot.x - axisGap, anchor: "end" }, frame, palette),
    // the first one's value stands beside the plot already
    ...xLabels(ticks.slice(1), x, plot, frame, palette),
  ];
}

function caption(text: string, { plot }: Panel, { frame, palette, captionY }: RecordingScene): string {
  const style = { ...frame.label, weight: 600 } as const;
  return textAt(cutToWidth(text, plot.width + 20, style), {
    x: plot.x,
    y: captionY,
    fill: palette.text,
    ...style,
  });
}
