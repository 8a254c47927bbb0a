import { binWidth } from "./grid.ts";
import { spanOf } from "./path.ts";
import type { Bar, Side } from "./types.ts";

/**
 * When the price was last at a distance: the extremes that no later bar went beyond, nearest and newest first. Farther
 * levels were visited longer ago, so that a few extremes say it of every level.
 */
export interface Sweeps {
  /** Pairs of reach (the side's outward coordinate, bins) and time (epoch ms); unused ones lie at infinity. */
  readonly long: Float64Array;
  readonly short: Float64Array;
  /** Close of the newest bar, epoch ms. */
  readonly now: Float64Array;
}

/** Three hours of 5 min bars that go one way; what is forgotten has refilled by then. */
const mostExtremes = 36;

/** Extremes of the same five minutes count as one. */
const togetherMs = 300_000;

/** Positions come back to where the price has been: half of them within this time. */
const refillHalfLifeMs = 1_800_000;

export function createSweeps(): Sweeps {
  return { long: unusedPairs(), short: unusedPairs(), now: new Float64Array(1) };
}

function unusedPairs(): Float64Array {
  return Float64Array.from({ length: 2 * mostExtremes }, (_, i) => (i % 2 === 0 ? Infinity : -Infinity));
}

export function copySweeps(from: Sweeps, to: Sweeps): void {
  to.long.set(from.long);
  to.short.set(from.short);
  to.now.set(from.now);
}

/** Takes in a closed bar. Its extreme was half a bar before its close, on average. */
export function noteSweep(sweeps: Sweeps, bar: Bar, intervalMs: number): void {
  sweeps.now[0] = bar.openTime + intervalMs;
  for (const side of ["long", "short"] as const) {
    insert(sweeps[side], spanOf(side, bar).reach, bar.openTime + intervalMs / 2);
  }
}

/** In front of what reaches farther; what it goes beyond is forgotten. */
function insert(pairs: Float64Array, reach: number, time: number): void {
  let beyond = 0;
  while (beyond < pairs.length && (pairs[beyond] ?? Infinity) <= reach) beyond += 2;
  const together = Math.floor((pairs[beyond + 1] ?? NaN) / togetherMs) === Math.floor(time / togetherMs);
  const front = together ? 0 : 2;
  pairs.copyWithin(front, beyond);
  for (let i = pairs.length - (beyond - front); i < pairs.length; i += 2) {
    pairs[i] = Infinity;
    pairs[i + 1] = -Infinity;
  }
  if (!together) pairs[0] = reach;
  pairs[1] = time;
}

/** A stretch of distances (ln price) from which `missing` of the mass that belongs there is still gone. */
export interface Gap {
  readonly from: number;
  readonly to: number;
  readonly missing: number;
}

/** Less is nothing. */
const leastMissing = 1e-3;

/** What the price has swept of late, from `start` (the side's outward coordinate) to `within` ln price, nearest first. */
export function gapsOf(sweeps: Sweeps, side: Side, start: number, within = Infinity): Gap[] {
  const pairs = sweeps[side];
  const now = sweeps.now[0] ?? 0;
  const gaps: Gap[] = [];
  let from = 0;
  for (let i = 0; i < pairs.length && from < within; i += 2) {
    const to = Math.min(within, ((pairs[i] ?? 0) - start) * binWidth);
    if (to <= from) continue;
    const missing = 2 ** -((now - (pairs[i + 1] ?? -Infinity)) / refillHalfLifeMs);
    if (missing < leastMissing) break;
    gaps.push({ from, to, missing });
    from = to;
  }
  return gaps;
}
