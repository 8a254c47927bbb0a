import { scaleLinear } from "d3-scale";
import { createAxisFormat } from "../../texts/axis.ts";
import { textsIn, type Texts } from "../../texts/texts.ts";
import type { HeatmapRequest } from "../contracts.ts";
import { ticksOf, widestLabel, type Tick } from "../draw/axes.ts";
import { frames, type Frame } from "../draw/frame.ts";
import { palettes, type Palette } from "../draw/palette.ts";
import type { Box } from "../draw/svg.ts";
import { textWidth } from "../draw/text.ts";
import { priceRange } from "./priceRange.ts";

/** Everything a heatmap's parts are drawn from. */
export interface HeatmapScene {
  readonly request: HeatmapRequest;
  readonly texts: Texts;
  readonly frame: Frame;
  readonly palette: Palette;
  readonly plot: Box;
  /** Ends of the price axis, which is even in ln price. */
  readonly low: number;
  readonly high: number;
  readonly prices: readonly Tick[];
  readonly x: (time: number) => number;
  readonly y: (price: number) => number;
}

export const axisGap = 14;
const yTickCount = 6;

/** Where everything of a heatmap goes, between two heights. */
export function layScene(request: HeatmapRequest, top: number, bottom: number): HeatmapScene {
  const { look } = request;
  const frame = frames[look.format];
  const axis = createAxisFormat(look.language);
  const texts = textsIn(look.language);
  const { low, high } = priceRange(request);
  const pill = textWidth(texts.price(request.imbalance.markPrice ?? high), frame.callout) + 28;
  const prices = ticksOf(low, high, yTickCount, axis.price);
  const labels = widestLabel(prices, frame);
  const width = frame.width - frame.margin - axisGap - Math.max(pill, labels) - 6;
  const plot = { x: frame.margin, y: top, width, height: bottom - top };
  return {
    request,
    texts,
    frame,
    palette: palettes[look.theme],
    plot,
    low,
    high,
    prices,
    x: scaleLinear([request.from, request.to], [plot.x, plot.x + plot.width]),
    y: (price) => plot.y + plot.height * (1 - Math.log(price / low) / Math.log(high / low)),
  };
}
