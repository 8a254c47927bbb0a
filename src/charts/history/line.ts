import type { HistoryPoint } from "../../store/contracts.ts";

/** A point of the line: ln ratio and its band, null where there is none. */
export interface LinePoint {
  readonly time: number;
  readonly log: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** A stretch without a hole. */
export type Stretch = readonly LinePoint[];

/** A hole is wider than this many of the usual steps. */
const holeSteps = 5;

/**
 * The line to draw: stretches between holes, thinned to `columns` so that each keeps its first, lowest, highest and
 * last point. What crossed a threshold for a minute is still seen to have crossed it.
 */
export function stretchesOf(
  points: readonly HistoryPoint[],
  from: number,
  to: number,
  columns: number,
): Stretch[] {
  const known = points
    .flatMap((point) => toLinePoint(point) ?? [])
    .filter(({ time }) => time >= from && time <= to);
  const hole = Math.max(holeSteps * usualStep(known), (to - from) / columns);
  return splitAtHoles(known, hole).map((stretch) => thin(stretch, from, (to - from) / columns));
}

function toLinePoint({ time, ratio, ratioLow, ratioHigh }: HistoryPoint): LinePoint | undefined {
  if (ratio === null || !(ratio > 0)) return undefined;
  return { time, log: Math.log(ratio), low: logOf(ratioLow), high: logOf(ratioHigh) };
}

function logOf(value: number | null): number | null {
  return value === null || !(value > 0) ? null : Math.log(value);
}

/** The median of the steps between points. */
function usualStep(points: readonly LinePoint[]): number {
  const steps = points.slice(1).map(({ time }, i) => time - (points[i]?.time ?? time));
  return steps.toSorted((a, b) => a - b)[Math.floor(steps.length / 2)] ?? 0;
}

function splitAtHoles(points: readonly LinePoint[], hole: number): LinePoint[][] {
  const stretches: LinePoint[][] = [];
  let last = -Infinity;
  for (const point of points) {
    if (point.time - last > hole) stretches.push([]);
    stretches.at(-1)?.push(point);
    last = point.time;
  }
  return stretches;
}

function thin(points: readonly LinePoint[], from: number, width: number): LinePoint[] {
  const columns = new Map<number, LinePoint[]>();
  for (const point of points) {
    const column = Math.floor((point.time - from) / width);
    const kept = columns.get(column);
    if (kept === undefined) columns.set(column, [point]);
    else kept.push(point);
  }
  return [...columns.values()].flatMap(outline);
}

function outline(points: readonly LinePoint[]): LinePoint[] {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return [];
  const lowest = points.reduce((least, point) => (point.log < least.log ? point : least), first);
  const highest = points.reduce((most, point) => (point.log > most.log ? point : most), first);
  return [...new Set([first, lowest, highest, last])].toSorted((a, b) => a.time - b.time);
}
