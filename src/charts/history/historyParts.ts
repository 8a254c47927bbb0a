import { area, line } from "d3-shape";
import type { AlertMark } from "../contracts.ts";
import { element, rectAt, short, textAt } from "../draw/svg.ts";
import { textWidth } from "../draw/text.ts";
import type { HistoryScene } from "./scene.ts";
import { piecesOf, type LinePoint, type Piece, type Stretch } from "./line.ts";

/** Beyond each threshold the ground takes its side's colour. */
export function drawThresholds({ request, plot, palette, y, middle }: HistoryScene): string[] {
  const upper = y(Math.log(request.threshold));
  const lower = y(-Math.log(request.threshold));
  const { short: above, long: below } = palette.side;
  const dashed = { "stroke-width": 2.5, "stroke-dasharray": "11 8" };
  const across = (at: number): string => `M${short(plot.x)} ${short(at)}h${short(plot.width)}`;
  return [
    rectAt({ ...plot, height: upper - plot.y }, { fill: above.fill, opacity: 0.12 }),
    rectAt({ ...plot, y: lower, height: plot.y + plot.height - lower }, { fill: below.fill, opacity: 0.12 }),
    element("path", { d: across(middle), stroke: palette.axis, "stroke-width": 2.5 }),
    element("path", { d: across(upper), stroke: above.line, ...dashed }),
    element("path", { d: across(lower), stroke: below.line, ...dashed }),
  ];
}

/** Which side is nearer above and below, on its own ground where the line passes behind. */
export function drawSideNames({ plot, palette, texts, frame }: HistoryScene): string[] {
  const { size } = frame.label;
  const name = { x: plot.x + 14, weight: 600, size } as const;
  const names = [
    { text: texts.say("chart-nearer-shorts"), y: plot.y + size * 1.25, fill: palette.side.short.line },
    {
      text: texts.say("chart-nearer-longs"),
      y: plot.y + plot.height - size * 0.55,
      fill: palette.side.long.line,
    },
  ];
  return names.flatMap(({ text, y, fill }) => {
    const box = { x: name.x - 8, y: y - size, width: textWidth(text, name) + 16, height: size * 1.35 };
    return [
      rectAt(box, { rx: 6, fill: palette.background, opacity: 0.7 }),
      textAt(text, { ...name, y, fill }),
    ];
  });
}

/** What was not recorded as it happened is drawn this strong. */
const reconstructedOpacity = 0.45;

/**
 * The line, its band, and the area between it and 1×, in the colour of the side that is nearer; faint where it was
 * reconstructed.
 */
export function drawLine(scene: HistoryScene): string[] {
  const { stretches, palette } = scene;
  const pieces = stretches.flatMap(piecesOf);
  const band = stretches.map((stretch) => bandArea(stretch, scene)).join("");
  return [
    ...(band === "" ? [] : [element("path", { d: band, fill: palette.muted, opacity: 0.28 })]),
    ...[true, false].flatMap((reconstructed) =>
      drawPieces(
        pieces.filter((piece) => piece.reconstructed === reconstructed),
        reconstructed ? reconstructedOpacity : 1,
        scene,
      ),
    ),
  ];
}

function drawPieces(pieces: readonly Piece[], opacity: number, scene: HistoryScene): string[] {
  const joined = { fill: "none", "stroke-linejoin": "bevel", "stroke-width": scene.frame.curve };
  const halves = [true, false].flatMap((above) => {
    const own = pieces.filter((piece) => piece.above === above);
    if (own.length === 0) return [];
    const line = own.map(({ points }) => linePath(points, scene)).join("");
    const area = own.map(({ points }) => areaToMiddle(points, scene)).join("");
    return [{ colour: scene.palette.side[above ? "short" : "long"].line, line, area }];
  });
  const own = opacity === 1 ? {} : { "stroke-opacity": opacity };
  return [
    ...halves.map(({ area, colour }) => element("path", { d: area, fill: colour, opacity: 0.24 * opacity })),
    ...halves.map(({ line, colour }) => element("path", { d: line, stroke: colour, ...own, ...joined })),
  ];
}

function linePath(stretch: Stretch, { x, y }: HistoryScene): string {
  const draw = line<LinePoint>()
    .x(({ time }) => x(time))
    .y(({ log }) => y(log))
    .digits(1);
  return draw([...stretch]) ?? "";
}

function areaToMiddle(stretch: Stretch, { x, y, middle }: HistoryScene): string {
  const draw = area<LinePoint>()
    .x(({ time }) => x(time))
    .y0(middle)
    .y1(({ log }) => y(log))
    .digits(1);
  return draw([...stretch]) ?? "";
}

function bandArea(stretch: Stretch, { x, y }: HistoryScene): string {
  const draw = area<LinePoint>()
    .defined(({ low, high }) => low !== null && high !== null)
    .x(({ time }) => x(time))
    .y0(({ low }) => y(low ?? 0))
    .y1(({ high }) => y(high ?? 0))
    .digits(1);
  return draw([...stretch]) ?? "";
}

/** A triangle on the line where an alert fired, up or down as it pointed; without a line there, on the threshold. */
export function drawAlerts({ request, stretches, palette, frame, x, y }: HistoryScene): string[] {
  const points = stretches.flat();
  const shown = request.alerts.filter(({ time }) => time >= request.from && time <= request.to);
  const size = frame.curve * 2.8;
  return shown.map(({ time, direction }: AlertMark) => {
    const up = direction === "up";
    const threshold = up ? Math.log(request.threshold) : -Math.log(request.threshold);
    const at = y(nearest(points, time)?.log ?? threshold);
    const { line } = palette.side[up ? "short" : "long"];
    const tip = up ? -size : size;
    const d = `M${short(x(time) - size)} ${short(at - tip * 0.6)}h${short(2 * size)}L${short(x(time))} ${short(at + tip)}z`;
    const edge = { stroke: palette.mark, "stroke-width": 3, "stroke-linejoin": "round" };
    return element("path", { d, fill: line, ...edge });
  });
}

/** Points further from an alert than this belong to another time. */
const nearMs = 15 * 60_000;

function nearest(points: readonly LinePoint[], time: number): LinePoint | undefined {
  let best: LinePoint | undefined;
  for (const point of points) {
    const off = Math.abs(point.time - time);
    if (off <= nearMs && off < Math.abs((best?.time ?? Infinity) - time)) best = point;
  }
  return best;
}

/** The newest value, large, at the end of the line. */
export function drawLast({ stretches, palette, frame, texts, plot, x, y }: HistoryScene): string[] {
  const last = stretches.at(-1)?.at(-1);
  if (last === undefined) return [];
  const { line } = palette.side[last.log >= 0 ? "short" : "long"];
  const ratio = texts.ratio(Math.exp(Math.abs(last.log)));
  const { badge } = frame;
  const centre = { cx: x(last.time), cy: y(last.log), r: frame.curve * 1.9 };
  const baseline = Math.min(
    Math.max(y(last.log) + badge.size * 0.36, plot.y + badge.size),
    plot.y + plot.height,
  );
  return [
    element("circle", { ...centre, fill: line, stroke: palette.background, "stroke-width": 4 }),
    textAt(texts.say("chart-times", { ratio }), {
      x: plot.x + plot.width + 18,
      y: baseline,
      fill: line,
      ...badge,
    }),
  ];
}
