import { area, line } from "d3-shape";
import type { BandPoint } from "../contracts.ts";
import { type Bars, cumulativeAt, edgeOf } from "./bars.ts";

export interface CurveScales {
  readonly x: (price: number) => number;
  /** Cumulative USD to px, downwards. */
  readonly y: (usd: number) => number;
}

type Point = readonly [x: number, y: number];

/** The running total from the mark outwards, through the point that a callout names. */
export function curvePoints(
  bars: Bars,
  mark: number,
  distanceUsd: number | null,
  { x, y }: CurveScales,
): Point[] {
  const distances = Array.from({ length: bars.notionalUsd.length + 1 }, (_, bar) => bar * bars.step);
  const reach = bars.notionalUsd.length * bars.step;
  if (distanceUsd !== null && distanceUsd < reach) distances.push(distanceUsd);
  return distances
    .toSorted((a, b) => a - b)
    .map((distance) => [x(edgeOf(bars, mark, distance / bars.step)), y(cumulativeAt(bars, distance))]);
}

const drawLine = line<Point>()
  .x(([x]) => x)
  .y(([, y]) => y)
  .digits(1);

export function curvePath(points: readonly Point[]): string {
  return drawLine([...points]) ?? "";
}

export function areaPath(points: readonly Point[], floor: number): string {
  const shape = area<Point>()
    .x(([x]) => x)
    .y0(floor)
    .y1(([, y]) => y)
    .digits(1);
  return shape([...points]) ?? "";
}

/** Between the low and the high of a band, as far as the window reaches. */
export function bandPath(
  points: readonly BandPoint[],
  inWindow: (price: number) => boolean,
  scales: CurveScales,
): string {
  const shape = area<BandPoint>()
    .x(([price]) => scales.x(price))
    .y0(([, low]) => scales.y(low))
    .y1(([, , high]) => scales.y(high))
    .digits(1);
  return shape(points.filter(([price]) => inWindow(price))) ?? "";
}
