import { scaleLinear } from "d3-scale";
import type { Side } from "../../model/types.ts";
import { createAxisFormat } from "../../texts/axis.ts";
import { textsIn, type Texts } from "../../texts/texts.ts";
import type { MapRequest } from "../contracts.ts";
import { ticksOf, widestLabel, type Tick } from "../draw/axes.ts";
import { frames, type Frame } from "../draw/frame.ts";
import { palettes, type Palette } from "../draw/palette.ts";
import type { Box } from "../draw/svg.ts";
import { barsOf, type Bars } from "./bars.ts";
import { bandPoints } from "./curves.ts";
import { windowOf, type PriceWindow } from "./window.ts";

/** Everything a map's parts are drawn from. */
export interface MapScene {
  readonly request: MapRequest;
  readonly texts: Texts;
  readonly frame: Frame;
  readonly palette: Palette;
  readonly window: PriceWindow;
  readonly bars: Readonly<Record<Side, Bars>>;
  readonly plot: Box;
  readonly ticks: { readonly bar: readonly Tick[]; readonly total: readonly Tick[] };
  readonly x: (price: number) => number;
  /** A bar's USD to px. */
  readonly yBar: (usd: number) => number;
  /** Cumulative USD to px. */
  readonly yTotal: (usd: number) => number;
}

/** px from one bar to the next, about. */
const barPitch = 7;
export const axisGap = 12;
const yTickCount = 4;
/** Of the plot's height, free above the highest bar and curve. */
const headroom = 0.04;

/** Where everything of a map goes, between two heights. */
export function layScene(request: MapRequest, mark: number, top: number, bottom: number): MapScene {
  const { map, imbalance, look } = request;
  const frame = frames[look.format];
  const window = windowOf(mark, imbalance);
  const count = Math.round((frame.width - 5 * frame.margin) / barPitch / 2);
  const bars = { long: barsOf(map, "long", window, count), short: barsOf(map, "short", window, count) };
  const axis = createAxisFormat(look.language);
  const [highestBar, highestTotal] = [highestBarOf(bars), highestTotalOf(request, bars, mark)];
  const ticks = {
    bar: ticksOf(0, highestBar, yTickCount, axis.amount),
    total: ticksOf(0, highestTotal, yTickCount, axis.amount).filter(({ value }) => value > 0),
  };
  const plot = plotBetween(top, bottom, ticks, frame);
  const range = [plot.y + plot.height, plot.y + plot.height * headroom];
  return {
    request,
    texts: textsIn(look.language),
    frame,
    palette: palettes[look.theme],
    window,
    bars,
    plot,
    ticks,
    x: scaleLinear([window.low, window.high], [plot.x, plot.x + plot.width]),
    yBar: scaleLinear([0, highestBar], range),
    yTotal: scaleLinear([0, highestTotal], range),
  };
}

/** Beside it there is room for the labels of both axes. */
function plotBetween(top: number, bottom: number, { bar, total }: MapScene["ticks"], frame: Frame): Box {
  const [left, right] = [bar, total].map((ticks) => widestLabel(ticks, frame) + axisGap + frame.margin / 3);
  return { x: left ?? 0, y: top, width: frame.width - (left ?? 0) - (right ?? 0), height: bottom - top };
}

/** An empty map still has an axis. */
const emptyScale = 1_000_000;

function highestBarOf({ long, short }: Readonly<Record<Side, Bars>>): number {
  return Math.max(...long.notionalUsd, ...short.notionalUsd) || emptyScale;
}

/** The curves' ends, or their bands', which reach higher. */
function highestTotalOf({ detail }: MapRequest, sides: Readonly<Record<Side, Bars>>, mark: number): number {
  const ends = [sides.long, sides.short].map((bars) => {
    const band = bandPoints(bars, detail?.[bars.side].band ?? [], mark);
    return Math.max(bars.cumulativeUsd.at(-1) ?? 0, ...band.map(([, , high]) => high));
  });
  return Math.max(...ends) || emptyScale;
}
