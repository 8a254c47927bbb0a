import type { VenueLevels } from "./levels.ts";
import { applyBar, createSeries, decodeSeries, encodeSeries } from "./series.ts";
import type { BarResult, Series } from "./series.ts";
import { absorbIntoStack, copyStack, createStack, fuelOf, reachedParts, type StackState } from "./stack.ts";
import { stackLevels } from "./stackLevels.ts";
import { decodeStack, encodeStack, stackBytes } from "./stackSnapshot.ts";
import { createPath, extendPath, type PricePath } from "./pricePath.ts";
import { decodePath, encodePath, pathBytes } from "./pathSnapshot.ts";
import { priorMix, type Mix } from "./priors.ts";
import { copyState, createState, type FilterState } from "./state.ts";
import type { Bar, SeriesSpec, Side } from "./types.ts";

/** A series with the stack's memory beside it: what is published of a venue's contract. */
export interface StackedSeries {
  readonly spec: SeriesSpec;
  /** Open time of the newest bar whose price was believed. */
  readonly lastClosed: number | undefined;
  /** Last settled open interest, contracts' own unit, one side. */
  readonly openInterest: number | undefined;
  readonly series: Series;
  readonly stack: StackState;
  /** For the null map, which is made when it is asked for. */
  readonly path: PricePath;
}

export function createStacked(spec: SeriesSpec, mix: Readonly<Record<Side, Mix>> = priorMix): StackedSeries {
  return openStacked(createSeries(spec, mix), createStack(), createPath());
}

function openStacked(series: Series, stack: StackState, path: PricePath): StackedSeries {
  return {
    spec: series.spec,
    series,
    stack,
    path,
    get lastClosed() {
      return series.lastClosed;
    },
    get openInterest() {
      return series.openInterest;
    },
  };
}

/** As `warmStart`: oldest bar first, open interest flat before the first that is known. */
export function warmStartStacked(spec: SeriesSpec, bars: readonly Bar[]): StackedSeries {
  const stacked = createStacked(spec);
  const firstKnown = bars.findIndex(({ openInterest }) => openInterest !== undefined && openInterest >= 0);
  const standing = bars[firstKnown]?.openInterest;
  bars.forEach((bar, index) => {
    const flat = index < firstKnown && standing !== undefined;
    applyStacked(stacked, flat ? { ...bar, openInterest: standing } : bar);
  });
  return stacked;
}

/** Takes in a closed bar; one that the series does not believe, or has seen, leaves the stack alone too. */
export function applyStacked({ series, stack, path }: StackedSeries, bar: Bar): BarResult {
  const seen = series.lastClosed;
  const result = step(series, stack, bar);
  if (series.lastClosed !== seen) extendPath(path, bar, series.spec.intervalMs);
  return result;
}

function step(series: Series, stack: StackState, bar: Bar): BarResult {
  const { state, spec } = series;
  const seen = state.lastClosed;
  const consumed = reachedParts(stack, state, bar);
  const result = applyBar(series, bar);
  if (state.lastClosed !== seen) absorbIntoStack(stack, bar, spec.intervalMs, consumed);
  return result;
}

/** What the published map has where a bar's path is about to go; asked before the bar is applied. Contracts. */
export function fuelAhead({ series, stack }: StackedSeries, bar: Bar): number {
  return fuelOf(stack, reachedParts(stack, series.state, bar));
}

// scratch of `stackedLevels`, which runs to its end before anyone can call it again
const scratch = createStepped();

/**
 * Modelled exposure around the mark, all parts together; with a forming bar, as it would be if that bar closed now.
 * The step is made on a copy, anew each time.
 */
export function stackedLevels(stacked: StackedSeries, markPrice: number, forming?: Bar): VenueLevels {
  return levelsWith(stacked, markPrice, forming, true);
}

/** The same without the parts that the draws weigh, for who only asks for the map itself. */
export function certainLevels(stacked: StackedSeries, markPrice: number, forming?: Bar): VenueLevels {
  return levelsWith(stacked, markPrice, forming, false);
}

function levelsWith(
  stacked: StackedSeries,
  markPrice: number,
  forming: Bar | undefined,
  parts: boolean,
): VenueLevels {
  const { spec, series, stack } = stacked;
  const wanted = { contractType: spec.contractType, markPrice, parts };
  if (forming === undefined) return stackLevels(stack, series.state, wanted);
  stepOver(stacked, forming, scratch);
  return stackLevels(scratch.stack, scratch.state, wanted);
}

/** What a series would be if a forming bar closed now: a copy, stepped. */
export interface Stepped {
  readonly state: FilterState;
  readonly stack: StackState;
}

export function createStepped(): Stepped {
  return { state: createState(), stack: createStack() };
}

/** Makes the copy anew. */
export function stepOver({ series, stack }: StackedSeries, forming: Bar, into: Stepped): void {
  copyState(series.state, into.state);
  copyStack(stack, into.stack);
  step({ ...series, state: into.state }, into.stack, forming);
}

/** The stack's memory, the path's and the series as bytes, lossless. */
export function encodeStacked({ series, stack, path }: StackedSeries): Uint8Array {
  const body = encodeSeries(series);
  const bytes = new Uint8Array(headBytes + body.length);
  bytes.set(encodeStack(stack));
  bytes.set(encodePath(path), stackBytes);
  bytes.set(body, headBytes);
  return bytes;
}

const headBytes = stackBytes + pathBytes;

/** Undefined when the bytes are damaged or of another version, spec, mix or grid: the caller rebuilds. */
export function decodeStacked(bytes: Uint8Array, spec: SeriesSpec): StackedSeries | undefined {
  const stack = decodeStack(bytes.subarray(0, stackBytes));
  const path = decodePath(bytes.subarray(stackBytes, headBytes));
  const series = decodeSeries(bytes.subarray(headBytes), spec);
  if (stack === undefined || path === undefined || series === undefined) return undefined;
  return openStacked(series, stack, path);
}
