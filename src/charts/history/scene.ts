import { scaleLinear } from "d3-scale";
import { textsIn, type Texts } from "../../texts/texts.ts";
import type { HistoryRequest } from "../contracts.ts";
import { widestLabel, type Tick } from "../draw/axes.ts";
import { frames, type Frame } from "../draw/frame.ts";
import { palettes, type Palette } from "../draw/palette.ts";
import type { Box } from "../draw/svg.ts";
import { textWidth } from "../draw/text.ts";
import { stretchesOf, type Stretch } from "./line.ts";

/** Everything a history's parts are drawn from. */
export interface HistoryScene {
  readonly request: HistoryRequest;
  readonly texts: Texts;
  readonly frame: Frame;
  readonly palette: Palette;
  readonly plot: Box;
  readonly stretches: readonly Stretch[];
  readonly ticks: readonly Tick[];
  readonly x: (time: number) => number;
  /** px of an ln ratio. */
  readonly y: (log: number) => number;
  /** px of ratio 1. */
  readonly middle: number;
}

export const axisGap = 12;
/** px of a column that the line is thinned to. */
const columnWidth = 3;
/** Beyond its threshold the axis goes on by this much at least, in ln ratio. */
const roomBeyond = Math.log(1.5);
/** A ratio beyond it is drawn at the edge. */
const mostRatio = 25;

/** Where everything of a history goes, between two heights. */
export function layScene(request: HistoryRequest, top: number, bottom: number): HistoryScene {
  const { look, from, to } = request;
  const frame = frames[look.format];
  const texts = textsIn(look.language);
  const stretches = stretchesOf(request.points, from, to, frame.width / columnWidth);
  const reach = reachOf(stretches, request.threshold);
  const ticks = ratioTicks(reach, request.threshold, texts);
  const left = widestLabel(ticks, frame) + axisGap + frame.margin / 2;
  const right = lastWidth(frame, texts, reach);
  const plot = { x: left, y: top, width: frame.width - left - right, height: bottom - top };
  const y = scaleLinear([-reach, reach], [plot.y + plot.height, plot.y]).clamp(true);
  return {
    request,
    texts,
    frame,
    palette: palettes[look.theme],
    plot,
    stretches,
    ticks,
    x: scaleLinear([from, to], [plot.x, plot.x + plot.width]),
    y,
    middle: y(0),
  };
}

/** Room for the newest value at the right. */
function lastWidth(frame: Frame, texts: Texts, reach: number): number {
  return textWidth(`${texts.ratio(Math.exp(reach))}×`, frame.badge) + frame.margin + 20;
}

/** The axis reaches as far to both sides, so that lengths compare. */
function reachOf(stretches: readonly Stretch[], threshold: number): number {
  const most = stretches.flat().reduce((most, { log, low, high }) => {
    return Math.max(most, Math.abs(log), Math.abs(low ?? 0), Math.abs(high ?? 0));
  }, 0);
  return Math.min(Math.log(mostRatio), Math.max(Math.log(threshold) + roomBeyond, most * 1.1));
}

const namedRatios = [1, 2, 5, 10, 20] as const;

/** 1× and the thresholds always; other round ratios where they don't crowd them. */
function ratioTicks(reach: number, threshold: number, texts: Texts): Tick[] {
  const own = Math.log(threshold);
  const others = namedRatios
    .map((ratio) => Math.log(ratio))
    .filter((log) => log === 0 || (log < reach && Math.abs(log - own) > reach / 5 && log > reach / 5));
  return [...others, own].flatMap((log) => {
    const text = texts.say("chart-times", { ratio: ratioText(Math.exp(log), texts) });
    return log === 0 ? [{ value: 0, text }] : [up(log, text), down(log, text)];
  });
}

const up = (log: number, text: string): Tick => ({ value: log, text: `▲ ${text}` });
const down = (log: number, text: string): Tick => ({ value: -log, text: `▼ ${text}` });

function ratioText(ratio: number, texts: Texts): string {
  const whole = Math.round(ratio);
  return Math.abs(ratio - whole) < 1e-9 ? texts.count(whole) : texts.ratio(ratio);
}
