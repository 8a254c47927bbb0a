import type { Candle, RealisedLiquidation } from "../contracts.ts";
import { boxesPath, element, short, type Box } from "../draw/svg.ts";
import type { HeatmapScene } from "./scene.ts";

/** Of the time between two candles. */
const bodyShare = 0.62;
/** px of the dark edge around a candle. */
const edgeWidth = 4.5;

/**
 * Rising candles are light, falling ones dark with a light edge: told apart over any colour of the ramp, and by
 * colour-blind people.
 */
export function drawCandles({ request, plot, x, y }: HeatmapScene): string[] {
  const { from, to, candles, candleMs } = request;
  const shown = candles.filter(({ time }) => time + candleMs > from && time < to);
  if (shown.length === 0) return [];
  const width = Math.max(2, (x(from + candleMs) - x(from)) * bodyShare);
  const room = (width + edgeWidth) / 2;
  // the first and the last may be longer than what is seen of them
  const centre = ({ time }: Candle): number =>
    Math.min(Math.max(x(time + candleMs / 2), plot.x + room), plot.x + plot.width - room);
  const wicks = shown
    .map((candle) => `M${short(centre(candle))} ${short(y(candle.high))}V${short(y(candle.low))}`)
    .join("");
  const body = (candle: Candle): Box => {
    const top = y(Math.max(candle.open, candle.close));
    const height = Math.max(1.5, y(Math.min(candle.open, candle.close)) - top);
    return { x: centre(candle) - width / 2, y: top, width, height };
  };
  const rising = boxesPath(shown.filter(({ open, close }) => close >= open).map(body));
  const falling = boxesPath(shown.filter(({ open, close }) => close < open).map(body));
  const edge = { "stroke-linejoin": "round" };
  return [
    element("path", { d: wicks, stroke: "#05070b", "stroke-width": 5, opacity: 0.7 }),
    element("path", {
      d: rising + falling,
      stroke: "#05070b",
      "stroke-width": edgeWidth,
      fill: "none",
      opacity: 0.7,
      ...edge,
    }),
    element("path", { d: wicks, stroke: "#ffffff", "stroke-width": 2 }),
    element("path", { d: rising, fill: "#ffffff", stroke: "#ffffff", "stroke-width": 1.5, ...edge }),
    element("path", { d: falling, fill: "#05070b", stroke: "#ffffff", "stroke-width": 1.5, ...edge }),
  ];
}

const largestRadius = 15;
const leastRadius = 5;

/** Liquidations that were seen: down for longs, up for shorts, area by notional. */
export function drawLiquidations({ request, palette, x, y, low, high }: HeatmapScene): string[] {
  const inside = ({ time, price }: RealisedLiquidation): boolean =>
    time >= request.from && time <= request.to && price > low && price < high;
  const shown = (request.liquidations ?? []).filter(inside);
  const most = Math.max(1, ...shown.map(({ notionalUsd }) => notionalUsd));
  return (["long", "short"] as const).flatMap((side) => {
    const d = shown
      .filter(({ liquidatedSide }) => liquidatedSide === side)
      .map(({ time, price, notionalUsd }) => {
        const radius = Math.max(leastRadius, largestRadius * Math.sqrt(notionalUsd / most));
        return triangle(x(time), y(price), side === "long" ? radius : -radius);
      })
      .join("");
    if (d === "") return [];
    const colours = { fill: palette.side[side].line, "fill-opacity": 0.85, stroke: "#05070b" };
    return [element("path", { d, ...colours, "stroke-width": 2.5, "stroke-linejoin": "round" })];
  });
}

function triangle(x: number, y: number, tip: number): string {
  const half = Math.abs(tip);
  return `M${short(x - half)} ${short(y - tip * 0.6)}h${short(2 * half)}L${short(x)} ${short(y + tip)}z`;
}
