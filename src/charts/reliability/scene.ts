import { scaleLinear, scaleLog } from "d3-scale";
import { createAxisFormat } from "../../texts/axis.ts";
import { textsIn, type Texts } from "../../texts/texts.ts";
import type { Look, ReliabilityRequest } from "../contracts.ts";
import { widestLabel, type Tick } from "../draw/axes.ts";
import { frames, leastLabelSize, type Frame } from "../draw/frame.ts";
import { palettes, type Palette } from "../draw/palette.ts";
import type { Box } from "../draw/svg.ts";

export type Recording = ReliabilityRequest["recordings"][number];

/** One panel of a recording: its place, and where a value goes; both axes are alike. */
export interface Panel {
  readonly plot: Box;
  readonly ticks: readonly Tick[];
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
}

export interface RecordingScene {
  readonly recording: Recording;
  readonly texts: Texts;
  readonly frame: Frame;
  readonly palette: Palette;
  /** Baseline of the recording's name, and of what stands over its panels. */
  readonly titleY: number;
  readonly captionY: number;
  readonly money: Panel;
  readonly bands: Panel;
}

export const axisGap = 10;
const panelGap = 34;
/** Of the width that both plots share. */
const moneyShare = 0.57;
const plotHeight = 290;

/** A recording's height, px, from its top to the next one's. */
export function recordingHeight({ callout, label }: Frame): number {
  return callout.size * 1.5 + label.size * 1.5 + plotHeight + label.size * 2.6;
}

/** Portrait's sizes, whatever the format: rows stand one below the other. */
export function frameOf(): Frame {
  const { portrait } = frames;
  return { ...portrait, label: { ...portrait.label, size: leastLabelSize } };
}

export function layRecording(recording: Recording, look: Look, frame: Frame, top: number): RecordingScene {
  const titleY = top + frame.callout.size;
  const captionY = titleY + frame.label.size * 1.5;
  const axis = createAxisFormat(look.language);
  const texts = textsIn(look.language);
  const decades = decadesOf(recording);
  const moneyTicks = decades.map((value) => ({ value, text: axis.amount(value, value) }));
  const bandTicks = [0, 0.5, 1].map((value) => ({ value, text: texts.percent(value) }));
  const moneyLeft = frame.margin + widestLabel(moneyTicks, frame) + axisGap;
  const bandRoom = widestLabel(bandTicks, frame) + axisGap;
  // the last label under a plot stands half beyond it
  const right = frame.margin + widestLabel(bandTicks, frame) / 2;
  const width = frame.width - moneyLeft - panelGap - bandRoom - right;
  const place = { y: captionY + frame.label.size * 0.7, height: plotHeight };
  const money = { ...place, x: moneyLeft, width: width * moneyShare };
  const bands = {
    ...place,
    x: moneyLeft + money.width + panelGap + bandRoom,
    width: width * (1 - moneyShare),
  };
  const ends = [decades[0] ?? 1, decades.at(-1) ?? 10];
  const [across, up] = [
    (plot: Box) => [plot.x, plot.x + plot.width],
    (plot: Box) => [plot.y + plot.height, plot.y],
  ];
  return {
    recording,
    texts,
    frame,
    palette: palettes[look.theme],
    titleY,
    captionY,
    money: {
      plot: money,
      ticks: moneyTicks,
      x: scaleLog(ends, across(money)).clamp(true),
      y: scaleLog(ends, up(money)).clamp(true),
    },
    bands: {
      plot: bands,
      ticks: bandTicks,
      x: scaleLinear([0, 1], across(bands)),
      y: scaleLinear([0, 1], up(bands)),
    },
  };
}

/** Less is drawn at the edge. */
const mostDecades = 6;

/** Powers of ten around what was predicted and what came. */
function decadesOf({ tenths }: Recording): number[] {
  const values = tenths
    .flatMap(({ predictedUsd, realisedUsd, highUsd }) => [predictedUsd, realisedUsd, highUsd])
    .filter((value) => value > 0 && value < Infinity)
    .map(Math.log10);
  const top = Math.ceil(Math.max(1, ...values));
  const bottom = Math.max(top - mostDecades, Math.floor(Math.min(top - 1, ...values)));
  return Array.from({ length: top - bottom + 1 }, (_, i) => 10 ** (bottom + i));
}
