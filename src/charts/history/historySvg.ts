import { createAxisFormat } from "../../texts/axis.ts";
import { textsIn, type Texts } from "../../texts/texts.ts";
import type { HistoryRequest } from "../contracts.ts";
import { xLabels, yLabels } from "../draw/axes.ts";
import { drawFooter } from "../draw/footer.ts";
import { frames } from "../draw/frame.ts";
import { drawHeader, ratioBadge } from "../draw/header.ts";
import { palettes } from "../draw/palette.ts";
import { spanText } from "../draw/span.ts";
import { picture, rectAt } from "../draw/svg.ts";
import { timeTicks } from "../draw/timeAxis.ts";
import { drawEmpty } from "../draw/watermark.ts";
import { drawAlerts, drawLast, drawLine, drawSideNames, drawThresholds } from "./historyParts.ts";
import { axisGap, layScene } from "./scene.ts";

/** The ratio over time as an SVG, in logarithms: twice as near above and twice as near below look alike. */
export function historySvg(request: HistoryRequest): string {
  const { look, symbol, from, to, imbalance } = request;
  const frame = frames[look.format];
  const palette = palettes[look.theme];
  const texts = textsIn(look.language);
  const title = texts.say("chart-history-title", { symbol });
  const badge = ratioBadge(imbalance, palette, texts);
  const header = drawHeader(
    frame,
    palette,
    { title, badge, time: spanText(from, to, texts), imbalance },
    texts,
  );
  const footer = drawFooter(frame, palette, noteOf(request, texts), texts);
  const scene = layScene(request, header.bottom + 14, footer.top - frame.label.size * 1.9);
  const { plot, stretches, x } = scene;
  const times = timeTicks(from, to, plot.width, frame, createAxisFormat(look.language));
  return picture(frame.width, frame.height, palette.background, [
    ...header.svg,
    rectAt(plot, { fill: palette.grid, opacity: 0.35 }),
    ...drawThresholds(scene),
    ...drawLine(scene),
    ...drawSideNames(scene),
    ...drawAlerts(scene),
    ...(stretches.length === 0
      ? [drawEmpty(texts.say("chart-empty-history"), plot, frame, palette)]
      : drawLast(scene)),
    ...yLabels(scene.ticks, scene.y, { x: plot.x - axisGap, anchor: "end" }, frame, palette),
    ...xLabels(times, x, plot, frame, palette),
    ...footer.svg,
  ]);
}

function noteOf({ points }: HistoryRequest, texts: Texts): string {
  const banded = points.some(({ ratioLow, ratioHigh }) => ratioLow !== null && ratioHigh !== null);
  const note = texts.say(banded ? "chart-note-band" : "chart-note-map");
  if (!points.some(({ reconstructed }) => reconstructed === true)) return note;
  return `${note} · ${texts.say("chart-note-reconstructed")}`;
}
