import type { HistoryPoint } from "../../store/contracts/symbols.ts";

/** A point of the line: ln ratio and its band, null where there is none. */
export interface LinePoint {
  readonly time: number;
  readonly log: number;
  readonly low: number | null;
  readonly high: number | null;
  /** Worked out from a venue's history later, not recorded as it happened. */
  readonly reconstructed: boolean;
}

/** A stretch without a hole. */
export type Stretch = readonly LinePoint[];

/** A hole is wider than this many of the usual steps. */
const holeSteps = 5;

/** The line to draw: stretches between holes, thinned to `columns`. */
export function stretchesOf(
  points: readonly HistoryPoint[],
  from: number,
  to: number,
  columns: number,
): Stretch[] {
  const width = (to - from) / columns;
  const known = points
    .flatMap((point) => toLinePoint(point) ?? [])
    .filter(({ time }) => time >= from && time <= to);
  const hole = Math.max(holeSteps * usualStep(known), 3 * width);
  return splitAtHoles(known, hole).map((stretch) => thinBy(stretch, ({ log }) => log, width));
}

/**
 * Points thinned so that each `widthMs` keeps its first, lowest, highest and last ratio: what crossed a threshold for
 * a minute is still seen to have crossed it. Points without a ratio are left out.
 */
export function thinHistory(points: readonly HistoryPoint[], widthMs: number): HistoryPoint[] {
  const known = points.filter(({ ratio }) => ratio !== null);
  return thinBy(known, ({ ratio }) => ratio ?? 0, widthMs);
}

function toLinePoint({ time, ratio, ratioLow, ratioHigh, ...point }: HistoryPoint): LinePoint | undefined {
  if (ratio === null || !(ratio > 0)) return undefined;
  const reconstructed = point.reconstructed === true;
  return { time, log: Math.log(ratio), low: logOf(ratioLow), high: logOf(ratioHigh), reconstructed };
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

/** A part of a stretch that stays on one side of ratio 1, and is recorded or reconstructed as a whole. */
export interface Piece {
  readonly above: boolean;
  readonly reconstructed: boolean;
  readonly points: readonly LinePoint[];
}

/** Cuts a stretch where it crosses ratio 1 or begins to be recorded; the pieces meet there. */
export function piecesOf(stretch: Stretch): Piece[] {
  const pieces: (Piece & { points: LinePoint[] })[] = [];
  let before: LinePoint | undefined;
  for (const point of stretch) {
    const own = { above: point.log >= 0, reconstructed: point.reconstructed };
    const current = pieces.at(-1);
    if (current === undefined || before === undefined) pieces.push({ ...own, points: [point] });
    else if (current.above !== own.above) {
      const crossing = crossingOf(before, point);
      current.points.push(crossing);
      pieces.push({ ...own, points: [crossing, point] });
    } else if (current.reconstructed === own.reconstructed) current.points.push(point);
    else pieces.push({ ...own, points: [before, point] });
    before = point;
  }
  return pieces;
}

function crossingOf(one: LinePoint, other: LinePoint): LinePoint {
  const share = one.log / (one.log - other.log);
  return {
    time: one.time + share * (other.time - one.time),
    log: 0,
    low: null,
    high: null,
    reconstructed: other.reconstructed,
  };
}

function thinBy<T extends { readonly time: number }>(
  points: readonly T[],
  valueOf: (point: T) => number,
  widthMs: number,
): T[] {
  const columns = new Map<number, T[]>();
  for (const point of points) {
    const column = Math.floor(point.time / widthMs);
    const kept = columns.get(column);
    if (kept === undefined) columns.set(column, [point]);
    else kept.push(point);
  }
  return [...columns.values()].flatMap((column) => outline(column, valueOf));
}

function outline<T extends { readonly time: number }>(
  points: readonly T[],
  valueOf: (point: T) => number,
): T[] {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return [];
  const lowest = points.reduce((least, point) => (valueOf(point) < valueOf(least) ? point : least), first);
  const highest = points.reduce((most, point) => (valueOf(point) > valueOf(most) ? point : most), first);
  return [...new Set([first, lowest, highest, last])].toSorted((a, b) => a.time - b.time);
}
