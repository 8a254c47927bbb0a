import type { Side } from "../../model/types.ts";
import { boxesPath, element, rectAt, short, textAt } from "../draw/svg.ts";
import { cumulativeAt } from "./bars.ts";
import { leaderStart, type Pill } from "./callouts.ts";
import { areaPath, bandPath, bandPoints, curvePath, curvePoints } from "./curves.ts";
import { layersOf, type FilledLayer } from "./layers.ts";
import { layerFill } from "./mapLegend.ts";
import type { MapScene } from "./scene.ts";

/** Under the stripes. */
const measuredOpacity = 0.45;

const sides: readonly Side[] = ["long", "short"];

export function drawBars(filled: readonly FilledLayer[], { request, palette }: MapScene): string[] {
  const layers = layersOf(request);
  return filled.flatMap(({ layer, boxes }) => {
    const d = boxesPath(boxes);
    const fill = layerFill(layer, layers, palette);
    if (!layer.measured) return [element("path", { d, fill })];
    return [
      element("path", { d, fill, opacity: measuredOpacity }),
      element("path", { d, fill: "url(#hatch)" }),
    ];
  });
}

/** Diagonal stripes: measured mass stays apart in grey too. */
export function hatch(colour: string): string {
  const stripe = element("path", { d: "M-2 2l4-4M0 8l8-8M6 10l4-4", stroke: colour, "stroke-width": 2 });
  const size = { width: 8, height: 8, patternUnits: "userSpaceOnUse" };
  return element("defs", {}, element("pattern", { id: "hatch", ...size }, stripe));
}

/** The ground under the running totals, behind the bars. */
export function drawAreas(scene: MapScene): string[] {
  const { palette, window, bars, plot } = scene;
  const scales = { x: scene.x, y: scene.yTotal };
  return sides.map((side) => {
    const points = curvePoints(bars[side], window.mark, distanceOf(scene, side), scales);
    const d = areaPath(points, plot.y + plot.height);
    return element("path", { d, fill: palette.side[side].fill, opacity: 0.15 });
  });
}

/** Running totals over a halo of the ground, so that they stay whole across bars. */
export function drawCurves(scene: MapScene): string[] {
  const { request, palette, frame, window, bars } = scene;
  const scales = { x: scene.x, y: scene.yTotal };
  return sides.flatMap((side) => {
    const points = curvePoints(bars[side], window.mark, distanceOf(scene, side), scales);
    const d = curvePath(points);
    const { line, fill } = palette.side[side];
    const band = bandPath(bandPoints(bars[side], request.detail?.[side].band ?? [], window.mark), scales);
    const joined = { fill: "none", "stroke-linejoin": "round", "stroke-linecap": "round" };
    return [
      ...(band === "" ? [] : [element("path", { d: band, fill, opacity: 0.3 })]),
      element("path", {
        d,
        stroke: palette.background,
        "stroke-width": frame.curve * 2,
        opacity: 0.85,
        ...joined,
      }),
      element("path", { d, stroke: line, "stroke-width": frame.curve, ...joined }),
    ];
  });
}

function distanceOf({ request }: MapScene, side: Side): number | null {
  const { downDistanceUsd, upDistanceUsd } = request.imbalance;
  return side === "long" ? downDistanceUsd : upDistanceUsd;
}

/** From the mark's pill down its line, and from each callout to its point; on the way, the distance as a length. */
export function drawLeaders(pills: readonly Pill[], scene: MapScene): string[] {
  return pills.flatMap((pill) => {
    if (pill.pointsAt === undefined) return [];
    return pill.kind === "mark" ? [markLine(pill, scene)] : sideLeader(pill, pill.kind, pill.pointsAt, scene);
  });
}

function markLine({ box, pointsAt = 0 }: Pill, { palette, plot }: MapScene): string {
  const [from, to] = [box.y + box.height, plot.y + plot.height];
  const d = `M${short(pointsAt)} ${short(from)}V${short(to)}`;
  return element("path", { d, stroke: palette.mark, "stroke-width": 3, "stroke-dasharray": "9 7" });
}

function sideLeader(pill: Pill, side: Side, x: number, scene: MapScene): string[] {
  const { palette, plot, bars, frame, window } = scene;
  const y = scene.yTotal(cumulativeAt(bars[side], distanceOf(scene, side) ?? 0));
  const start = leaderStart(pill);
  const from = pill.box.y + pill.box.height;
  const bend = Math.min(from + 24, plot.y + plot.height);
  const { line } = palette.side[side];
  const path = `M${short(start)} ${short(from)}${start === x ? "" : `L${short(x)} ${short(bend)}`}V${short(y)}`;
  const ruler = `M${short(scene.x(window.mark))} ${short(y)}H${short(x)}`;
  const stroke = { fill: "none", stroke: line, "stroke-linejoin": "round" };
  const halo = { ...stroke, stroke: palette.background };
  return [
    element("path", { d: path, ...halo, "stroke-width": 7, opacity: 0.7 }),
    element("path", { d: path, ...stroke, "stroke-width": 3 }),
    element("path", { d: ruler, ...halo, "stroke-width": frame.curve + 6, opacity: 0.8 }),
    element("path", { d: ruler, ...stroke, "stroke-width": frame.curve + 1 }),
    ...whisker(side, y, scene),
    pointer(side, { x, y, size: frame.curve * 3.2 }, { fill: line, stroke: palette.background }),
  ];
}

/** px above and below the ruler. */
const whiskerEnd = 11;

/** How sure the distance is: between its 10th and 90th percentile, as far as the window reaches. */
function whisker(side: Side, y: number, { request, window, palette, x }: MapScene): string[] {
  const { downDistanceIntervalUsd, upDistanceIntervalUsd } = request.imbalance;
  const interval = side === "long" ? downDistanceIntervalUsd : upDistanceIntervalUsd;
  if (interval === undefined || interval === null) return [];
  const outward = side === "long" ? -1 : 1;
  const [near, far] = [interval.low, interval.high].map((distance) =>
    x(Math.min(Math.max(window.mark + outward * distance, window.low), window.high)),
  );
  const end = (at = 0): string => `M${short(at)} ${short(y - whiskerEnd)}v${2 * whiskerEnd}`;
  const d = `${end(near)}M${short(near ?? 0)} ${short(y)}H${short(far ?? 0)}${end(far)}`;
  return [
    element("path", { d, stroke: palette.background, "stroke-width": 8, opacity: 0.8 }),
    element("path", { d, stroke: palette.side[side].line, "stroke-width": 4 }),
  ];
}

/** Down for longs, up for shorts: where price would have to go. */
function pointer(
  side: Side,
  { x, y, size }: { readonly x: number; readonly y: number; readonly size: number },
  colours: { readonly fill: string; readonly stroke: string },
): string {
  const tip = side === "long" ? size : -size;
  const d = `M${short(x - size)} ${short(y - tip * 0.7)}H${short(x + size)}L${short(x)} ${short(y + tip)}z`;
  return element("path", { d, ...colours, "stroke-width": 4, "stroke-linejoin": "round" });
}

export function drawPills(pills: readonly Pill[], { palette }: MapScene): string[] {
  return pills.flatMap(({ kind, text, style, box }) => {
    const own =
      kind === "mark"
        ? { fill: palette.mark, stroke: palette.mark, text: palette.onMark }
        : { fill: palette.side[kind].pill, stroke: palette.side[kind].line, text: palette.text };
    const y = box.y + box.height / 2 + style.size * 0.36;
    return [
      rectAt(box, { rx: 10, fill: own.fill, stroke: own.stroke, "stroke-width": 3 }),
      textAt(text, { x: box.x + box.width / 2, y, anchor: "middle", fill: own.text, ...style }),
    ];
  });
}
