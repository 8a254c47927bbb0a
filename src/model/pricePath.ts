import { binWidth } from "./grid.ts";
import { spanOf } from "./path.ts";
import type { Bar } from "./types.ts";

const hourMs = 3_600_000;

/** Two weeks, and the day that is under way. */
export const pathHours = 15 * 24;

/**
 * Where the mark went, hour by hour: highest, lowest and last price of each of the newest hours, a ring by hour since
 * the epoch; NaN where nothing is known. 32 bits hold a price to a hundredth of a basis point.
 */
export interface PricePath {
  readonly prices: Float32Array;
  /** −1 before the first. */
  newest: number;
}

export interface PathHour {
  readonly hour: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

export function createPath(): PricePath {
  return { prices: new Float32Array(3 * pathHours).fill(NaN), newest: -1 };
}

/** Takes in a believed bar, the newest so far; one that spans several hours belongs to its last. */
export function extendPath(path: PricePath, bar: Bar, intervalMs: number): void {
  const hour = Math.floor((bar.openTime + intervalMs - 1) / hourMs);
  if (hour < path.newest || hour < 0) return;
  const begun = pathHour(path, hour);
  const high = Math.exp(spanOf("short", bar).reach * binWidth);
  const low = Math.exp(-spanOf("long", bar).reach * binWidth);
  for (let missed = Math.max(path.newest + 1, hour - pathHours + 1); missed < hour; missed += 1) {
    put(path, missed, [NaN, NaN, NaN]);
  }
  put(path, hour, [Math.max(high, begun?.high ?? 0), Math.min(low, begun?.low ?? Infinity), bar.close]);
  path.newest = hour;
}

function put(path: PricePath, hour: number, prices: readonly number[]): void {
  path.prices.set(prices, 3 * (hour % pathHours));
}

/** Undefined where the hour is not known, or no longer. */
export function pathHour(path: PricePath, hour: number): PathHour | undefined {
  if (hour < 0 || hour > path.newest || hour <= path.newest - pathHours) return undefined;
  const place = 3 * (hour % pathHours);
  const [high = NaN, low = NaN, close = NaN] = path.prices.subarray(place, place + 3);
  return Number.isNaN(close) ? undefined : { hour, high, low, close };
}
