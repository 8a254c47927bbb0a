import { massAhead } from "./ahead.ts";
import { binWidth, outwards } from "./grid.ts";
import { spanOf } from "./path.ts";
import type { FilterState } from "./state.ts";
import { copySweeps, createSweeps, gapsOf, noteSweep, type Gap, type Sweeps } from "./sweeps.ts";
import type { Bar, Side } from "./types.ts";

/**
 * The published map is a stack of four parts, each a map of (side, distance d in ln price): X1 the cohort filter;
 * X2 its other side, mirrored; X3 = OI·E2(d / 1.5 %), less what the price has just swept and nobody reopened yet;
 * X4 = OI·v·u·E1(d / 0.05 %), with E1(x) = 1 − e^−x and E2(x) = 1 − e^−x(1 + x). The kernels stand for what opened
 * since the price last came by. v is how much faster prices move than usual, u how much more is traded; the far kernel
 * does without them, as the score asked for (docs/model.md).
 * map = Σ w_j (S_1/S_j) X_j, S_j what past bars consumed of a part: a weight is a share of consumed fuel.
 */
export const partCount = 4;

/** Without a feed of liquidations these stay (how they were chosen: docs/model.md). */
export const priorWeights: readonly number[] = [0.75, 0.02, 0.18, 0.05];

const farScale = 0.015;
const nearScale = 0.0005;

const mostPace = 20;
const fastHalfLifeMs = 4 * 3_600_000;
const fastVolumeHalfLifeMs = 3_600_000;
const slowHalfLifeMs = 7 * 86_400_000;
const consumedHalfLifeMs = 14 * 86_400_000;

/** What the stack remembers beside the series; a copy goes on like the original. */
export interface StackState {
  /** EWMA of ln(high/low)² per hour: sum and weight, fast then slow. */
  readonly variance: Float64Array;
  /** EWMA of contracts traded per hour: as `variance`. */
  readonly turnover: Float64Array;
  readonly sweeps: Sweeps;
  /** S_j, in contracts. */
  readonly consumed: Float64Array;
  /** w_j, shares of consumed fuel; they sum to 1. */
  readonly weights: Float64Array;
  /**
   * What was reported as liquidated and what the published map had there in the same time, in contracts, and that time
   * in hours; all of it fades.
   */
  readonly reports: Float64Array;
}

export function createStack(): StackState {
  return {
    variance: new Float64Array(4),
    turnover: new Float64Array(4),
    sweeps: createSweeps(),
    consumed: new Float64Array(partCount),
    weights: Float64Array.from(priorWeights),
    reports: new Float64Array(3),
  };
}

export function copyStack(from: StackState, to: StackState): void {
  to.variance.set(from.variance);
  to.turnover.set(from.turnover);
  copySweeps(from.sweeps, to.sweeps);
  to.consumed.set(from.consumed);
  to.weights.set(from.weights);
  to.reports.set(from.reports);
}

/** v·u: variance per hour of the last hours, and volume of the last hour, over those of the last week. */
export function paceOf({ variance, turnover }: StackState): number {
  return fastOverSlow(variance) * fastOverSlow(turnover);
}

function fastOverSlow([fast = 0, fastWeight = 0, slow = 0, slowWeight = 0]: Iterable<number>): number {
  return slow > 0 ? Math.min(mostPace, (fast / fastWeight) * (slowWeight / slow)) : 1;
}

/** X_j within `distance` of the price. */
export function partsWithin(stack: StackState, state: FilterState, side: Side, distance: number): number[] {
  const { lastPrice } = state;
  if (lastPrice === undefined) return [0, 0, 0, 0];
  const other = side === "long" ? "short" : "long";
  const held = state.openInterest ?? 0;
  const mark = outwards(side, Math.log(lastPrice));
  return [
    massAhead(state[side], mark, distance),
    massAhead(state[other], outwards(other, Math.log(lastPrice)), distance),
    held * farWithin(gapsOf(stack.sweeps, side, mark, distance), distance),
    held * paceOf(stack) * nearKernel(distance),
  ];
}

/** The far kernel less what is missing in its gaps. */
function farWithin(gaps: readonly Gap[], distance: number): number {
  let mass = farKernel(distance);
  for (const { from, to, missing } of gaps) mass -= missing * (farKernel(to) - farKernel(from));
  return mass;
}

export function farKernel(distance: number): number {
  const x = distance / farScale;
  return -Math.expm1(-x) - x * Math.exp(-x);
}

export function nearKernel(distance: number): number {
  return -Math.expm1(-distance / nearScale);
}

/** X_j that a bar's path consumes, of both sides; asked before the filter takes the bar in. */
export function reachedParts(stack: StackState, state: FilterState, bar: Bar): number[] {
  const consumed = [0, 0, 0, 0];
  for (const side of ["long", "short"] as const) {
    const distance = reachOf(side, bar, state.lastPrice);
    partsWithin(stack, state, side, distance).forEach((mass, part) => {
      consumed[part] = (consumed[part] ?? 0) + mass;
    });
  }
  return consumed;
}

/** How far beyond the last close, in ln price, the bar's mark went towards a side's liquidations. */
export function reachOf(side: Side, bar: Bar, lastPrice: number | undefined): number {
  if (lastPrice === undefined) return 0;
  return Math.max(0, spanOf(side, bar).reach - outwards(side, Math.log(lastPrice))) * binWidth;
}

/** S_1/S_j; a part nobody consumed yet weighs nothing. */
export function scalesOf({ consumed }: StackState): number[] {
  const own = consumed[0] ?? 0;
  return Array.from(consumed, (other, part) => (part === 0 ? 1 : other > 0 ? own / other : 0));
}

/** What each part is multiplied by; until a part was consumed once, the others carry its weight. */
export function mixOf(stack: StackState): number[] {
  const scales = scalesOf(stack);
  const known = scales.reduce((sum, scale, j) => sum + (scale > 0 ? (stack.weights[j] ?? 0) : 0), 0);
  return scales.map((scale, j) => (scale * (stack.weights[j] ?? 0)) / known);
}

/** Notes what a bar consumed of each part and how far it ranged; call it with the map as it stood before the bar. */
export function absorbIntoStack(
  stack: StackState,
  bar: Bar,
  intervalMs: number,
  consumed: readonly number[],
): void {
  const kept = 2 ** (-intervalMs / consumedHalfLifeMs);
  const reported = reportedIn(bar);
  if (reported !== undefined) noteReport(stack, reported, fuelOf(stack, consumed), intervalMs);
  for (let part = 0; part < partCount; part += 1) {
    stack.consumed[part] = (stack.consumed[part] ?? 0) * kept + (consumed[part] ?? 0);
  }
  const squared = Math.log(bar.high / bar.low) ** 2 / (intervalMs / 3_600_000);
  addToAverage(stack.variance, 0, squared, 2 ** (-intervalMs / fastHalfLifeMs));
  addToAverage(stack.variance, 2, squared, 2 ** (-intervalMs / slowHalfLifeMs));
  const traded = bar.volume / (intervalMs / 3_600_000);
  addToAverage(stack.turnover, 0, traded, 2 ** (-intervalMs / fastVolumeHalfLifeMs));
  addToAverage(stack.turnover, 2, traded, 2 ** (-intervalMs / slowHalfLifeMs));
  noteSweep(stack.sweeps, bar, intervalMs);
}

interface Report {
  readonly longLiquidations?: number | undefined;
  readonly shortLiquidations?: number | undefined;
}

/** Both sides together, in contracts; undefined where nothing sound is known. */
export function reportedIn({ longLiquidations, shortLiquidations }: Report): number | undefined {
  if (longLiquidations === undefined && shortLiquidations === undefined) return undefined;
  const both = (longLiquidations ?? 0) + (shortLiquidations ?? 0);
  return both >= 0 && both < Infinity ? both : undefined;
}

/** What the published map had where a bar's path went: its parts, each times its mix. */
export function fuelOf(stack: StackState, consumed: readonly number[]): number {
  const mix = mixOf(stack);
  return consumed.reduce((sum, mass, part) => sum + mass * (mix[part] ?? 0), 0);
}

/** Notes liquidations that a venue told of, and the fuel of the same stretch of time. */
export function noteReport(stack: StackState, reported: number, fuel: number, intervalMs: number): void {
  const kept = 2 ** (-intervalMs / consumedHalfLifeMs);
  stack.reports[0] = (stack.reports[0] ?? 0) * kept + reported;
  stack.reports[1] = (stack.reports[1] ?? 0) * kept + fuel;
  stack.reports[2] = (stack.reports[2] ?? 0) * kept + intervalMs / 3_600_000;
}

function addToAverage(average: Float64Array, at: number, value: number, kept: number): void {
  average[at] = (average[at] ?? 0) * kept + value * (1 - kept);
  average[at + 1] = (average[at + 1] ?? 0) * kept + (1 - kept);
}
