import { createAxisFormat } from "../../texts/axis.ts";
import { textsIn } from "../../texts/texts.ts";
import type { MapRequest } from "../contracts.ts";
import { gridLines, ticksThatFit, xLabels, yLabels } from "../draw/axes.ts";
import { drawFooter } from "../draw/footer.ts";
import { frames } from "../draw/frame.ts";
import { drawHeader, ratioBadge } from "../draw/header.ts";
import { drawLegend } from "../draw/legend.ts";
import { palettes } from "../draw/palette.ts";
import { picture } from "../draw/svg.ts";
import { drawEmpty, drawWatermark } from "../draw/watermark.ts";
import { laneHeight, placeCallouts } from "./callouts.ts";
import { fillLayers } from "./layers.ts";
import { legendOf } from "./mapLegend.ts";
import { drawAreas, drawBars, drawCurves, drawLeaders, drawPills, hatch } from "./mapParts.ts";
import { noteOf, warningOf } from "./mapWords.ts";
import { windowOf } from "./window.ts";
import { axisGap, layScene, type MapScene } from "./scene.ts";

/** The liquidation map as an SVG. Throws when no venue ever gave a mark price. */
export function mapSvg(request: MapRequest): string {
  const { look, map, imbalance } = request;
  if (map.markPrice === null) throw new Error(`${map.symbol} has no price to draw a map around`);
  const frame = frames[look.format];
  const palette = palettes[look.theme];
  const texts = textsIn(look.language);
  const header = drawHeader(
    frame,
    palette,
    {
      title: texts.say("chart-map-title", { symbol: map.symbol }),
      badge: ratioBadge(imbalance, palette, texts),
      time: texts.time(map.time),
      imbalance,
    },
    texts,
  );
  const footer = drawFooter(frame, palette, noteOf(request, texts), texts);
  const legend = drawLegend(
    legendOf(request, windowOf(map.markPrice, imbalance), palette, texts),
    frame,
    palette,
    header.bottom + 10,
  );
  const laneTop = legend.bottom + 12;
  const top = laneTop + laneHeight(frame) + 14;
  const scene = layScene(request, map.markPrice, top, footer.top - frame.label.size * 1.9);
  return picture(frame.width, frame.height, palette.background, [
    hatch(palette.measured),
    ...header.svg,
    ...legend.svg,
    ...drawPlot(scene, laneTop),
    ...footer.svg,
  ]);
}

function drawPlot(scene: MapScene, laneTop: number): string[] {
  const { frame, palette, texts, plot, request, window, bars } = scene;
  const pills = placeCallouts(request.imbalance, texts, { frame, laneTop, x: scene.x, mark: window.mark });
  const layers = fillLayers(request, [bars.long, bars.short], window.mark, { x: scene.x, y: scene.yBar });
  const warning = warningOf(request, texts);
  return [
    ...drawAxes(scene),
    ...drawAreas(scene),
    ...drawBars(layers, scene),
    ...drawCurves(scene),
    ...drawLeaders(pills, scene),
    ...(warning === undefined ? [] : drawWatermark(warning, plot, frame, palette)),
    ...(layers.length === 0 && warning === undefined ? [emptiness(scene)] : []),
    ...drawPills(pills, scene),
  ];
}

function emptiness({ frame, palette, texts, plot, window }: MapScene): string {
  const percent = texts.percent(window.high / window.mark - 1);
  return drawEmpty(texts.say("chart-empty-map", { percent }), plot, frame, palette);
}

function drawAxes({ request, frame, palette, plot, window, ticks, x, yBar, yTotal }: MapScene): string[] {
  const axis = createAxisFormat(request.look.language);
  const prices = ticksThatFit(window.low, window.high, plot.width, frame, axis.price);
  return [
    gridLines(ticks.bar, yBar, plot, palette),
    ...yLabels(ticks.bar, yBar, { x: plot.x - axisGap, anchor: "end" }, frame, palette),
    ...yLabels(ticks.total, yTotal, { x: plot.x + plot.width + axisGap, anchor: "start" }, frame, palette),
    ...xLabels(prices, x, plot, frame, palette),
  ];
}
