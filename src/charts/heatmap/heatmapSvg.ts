import { createAxisFormat } from "../../texts/axis.ts";
import { textsIn } from "../../texts/texts.ts";
import type { HeatmapRequest } from "../contracts.ts";
import { xLabels, yLabels, type Tick } from "../draw/axes.ts";
import { drawFooter } from "../draw/footer.ts";
import { frames } from "../draw/frame.ts";
import { drawHeader, ratioBadge } from "../draw/header.ts";
import { palettes } from "../draw/palette.ts";
import { indexedPng } from "../draw/png.ts";
import { spanText } from "../draw/span.ts";
import { element, picture, rectAt, short, textAt } from "../draw/svg.ts";
import { textWidth } from "../draw/text.ts";
import { timeTicks } from "../draw/timeAxis.ts";
import { drawEmpty } from "../draw/watermark.ts";
import { drawCandles, drawLiquidations } from "./candles.ts";
import { cellsOf, coloursOf, scaleOf, type Cells, type ColourScale } from "./cells.ts";
import { drawColourBar } from "./colourBar.ts";
import { colourCount, rampColour } from "./colours.ts";
import { axisGap, layScene, type HeatmapScene } from "./scene.ts";

/** px of a cell's height, about. */
const rowHeight = 2.5;

/** Time × price as an SVG: where leverage stood, and where price went. */
export function heatmapSvg(request: HeatmapRequest): string {
  const { look, imbalance, symbol, from, to } = request;
  const frame = frames[look.format];
  const palette = palettes[look.theme];
  const texts = textsIn(look.language);
  const title = texts.say("chart-heatmap-title", { symbol });
  const badge = ratioBadge(imbalance, palette, texts);
  const header = drawHeader(
    frame,
    palette,
    { title, badge, time: spanText(from, to, texts), imbalance },
    texts,
  );
  const footer = drawFooter(frame, palette, "", texts);
  const scene = layScene(request, header.bottom + 14, footer.top - frame.label.size * 1.9);
  const cells = cellsOf(
    request,
    Math.log(scene.low),
    Math.log(scene.high),
    Math.round(scene.plot.height / rowHeight),
  );
  const scale = scaleOf(cells);
  const background = palette.background;
  return picture(frame.width, frame.height, background, [
    ...header.svg,
    rectAt(scene.plot, { fill: palette.grid, opacity: 0.5 }),
    ...(scale === undefined ? [nothing(scene)] : [drawCells(cells, scale, scene)]),
    ...drawCandles(scene),
    ...drawLiquidations(scene),
    ...drawAxes(scene),
    ...footer.svg,
    ...(scale === undefined ? [] : drawColourBar(scale, scene)),
  ]);
}

function nothing({ plot, frame, palette, texts, request }: HeatmapScene): string {
  const interval = texts.age(request.columnMs);
  return drawEmpty(texts.say("chart-empty-heatmap", { interval }), plot, frame, palette);
}

/** One embedded image: 57,600 rectangles would take seconds. */
function drawCells(cells: Cells, scale: ColourScale, { request, plot }: HeatmapScene): string {
  const { theme } = request.look;
  const palette = Array.from({ length: colourCount }, (_, index) => rampColour(theme, index));
  const png = indexedPng(cells.columns, cells.rows, coloursOf(cells, scale), palette);
  const href = `data:image/png;base64,${png.toString("base64")}`;
  return element("image", { ...plot, href, preserveAspectRatio: "none", "image-rendering": "optimizeSpeed" });
}

function drawAxes(scene: HeatmapScene): string[] {
  const { request, plot, frame, palette, texts, x, y } = scene;
  const axis = createAxisFormat(request.look.language);
  const { markPrice } = request.imbalance;
  const right = plot.x + plot.width + axisGap;
  const room = frame.callout.size * 1.5;
  const inside = ({ value }: Tick): boolean =>
    y(value) > plot.y + 10 &&
    y(value) < plot.y + plot.height - 10 &&
    (markPrice === null || Math.abs(y(value) - y(markPrice)) > room);
  const prices = scene.prices.filter(inside);
  const times = timeTicks(request.from, request.to, plot.width, frame, axis);
  return [
    ...yLabels(prices, y, { x: right, anchor: "start" }, frame, palette),
    ...xLabels(times, x, plot, frame, palette),
    ...(markPrice === null ? [] : drawMark(texts.price(markPrice), y(markPrice), scene)),
  ];
}

function drawMark(text: string, y: number, { plot, frame, palette }: HeatmapScene): string[] {
  const { callout } = frame;
  const width = textWidth(text, callout) + 28;
  const height = callout.size * 1.6;
  const box = { x: plot.x + plot.width + 4, y: y - height / 2, width, height };
  const line = `M${short(plot.x)} ${short(y)}h${short(plot.width)}`;
  return [
    element("path", { d: line, stroke: palette.background, "stroke-width": 5, opacity: 0.6 }),
    element("path", { d: line, stroke: palette.mark, "stroke-width": 2.5, "stroke-dasharray": "9 7" }),
    rectAt(box, { rx: 8, fill: palette.mark }),
    textAt(text, {
      x: box.x + width / 2,
      y: y + callout.size * 0.36,
      anchor: "middle",
      fill: palette.onMark,
      ...callout,
    }),
  ];
}
