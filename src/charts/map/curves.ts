import { scaleLinear } from "d3-scale";
import { area, line } from "d3-shape";
import type { BandFactor } from "../../model/detail.ts";
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

/** A point of a band: its price, and the 10th and 90th percentile of what lies within. */
export type BandPoint = readonly [price: number, lowUsd: number, highUsd: number];

/** The curve times the factors of its band, which lie between those that are known. */
export function bandPoints(bars: Bars, factors: readonly BandFactor[], mark: number): BandPoint[] {
  if (factors.length === 0) return [];
  const outward = bars.side === "long" ? -1 : 1;
  const at = factors.map(([distance]) => distance * mark);
  const low = scaleLinear(
    at,
    factors.map(([, factor]) => factor),
  ).clamp(true);
  const high = scaleLinear(
    at,
    factors.map(([, , factor]) => factor),
  ).clamp(true);
  return Array.from({ length: bars.notionalUsd.length + 1 }, (_, bar) => {
    const distance = bar * bars.step;
    const total = cumulativeAt(bars, distance);
    return [mark + outward * distance, total * low(distance), total * high(distance)];
  });
}

/** Between the low and the high of a band; empty without one. */
export function bandPath(points: readonly BandPoint[], scales: CurveScales): string {
  const shape = area<BandPoint>()
    .x(([price]) => scales.x(price))
    .y0(([, low]) => scales.y(low))
    .y1(([, , high]) => scales.y(high))
    .digits(1);
  return shape([...points]) ?? "";
}
