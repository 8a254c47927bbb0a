import { faultOf } from "./bars.ts";
import { stepFilter } from "./filter.ts";
import { levelsOf, type VenueLevels } from "./levels.ts";
import { priorMix, type Mix } from "./priors.ts";
import type { BarFlows } from "./settle.ts";
import { decodeState, encodeState } from "./snapshot.ts";
import { copyState, createState, type FilterRules, type FilterState } from "./state.ts";
import { buildTriggers } from "./triggers.ts";
import type { Bar, SeriesSpec, Side } from "./types.ts";

/** One venue's contract: the cohort filter's state. Only `applyBar` changes it. */
export interface Series {
  readonly spec: SeriesSpec;
  /** Open time of the newest bar whose price was believed. */
  readonly lastClosed: number | undefined;
  readonly barsApplied: number;
  /** Last settled open interest, contracts' own unit, one side. */
  readonly openInterest: number | undefined;
  /** The filter's own; everybody else reads `seriesLevels`. */
  readonly state: FilterState;
  readonly rules: FilterRules;
}

export type BarResult =
  | { readonly kind: "applied"; readonly flows: BarFlows }
  /**
   * Nothing opened or closed. A bar that cannot be believed changes nothing at all; where only its open interest
   * is missing or contradicts the volume, the bar counts and what its price crossed is liquidated.
   */
  | { readonly kind: "frozen"; readonly reason: string }
  /** Late or seen before: nothing changed. */
  | { readonly kind: "ignored"; readonly reason: string };

export function createSeries(spec: SeriesSpec, mix: Readonly<Record<Side, Mix>> = priorMix): Series {
  return openSeries(spec, mix, createState());
}

function openSeries(spec: SeriesSpec, mix: Readonly<Record<Side, Mix>>, state: FilterState): Series {
  const triggers = { long: buildTriggers(spec, "long"), short: buildTriggers(spec, "short") };
  return {
    spec,
    state,
    rules: { intervalMs: spec.intervalMs, triggers, mix },
    get lastClosed() {
      return state.lastClosed;
    },
    get barsApplied() {
      return state.barsApplied;
    },
    get openInterest() {
      return state.openInterest;
    },
  };
}

/**
 * A series run over history, oldest bar first. Open interest standing before the first that is known is spread
 * by running the filter over the earlier prices with that figure, flat.
 */
export function warmStart(spec: SeriesSpec, bars: readonly Bar[]): Series {
  const series = createSeries(spec);
  const firstKnown = bars.findIndex(({ openInterest }) => openInterest !== undefined && openInterest >= 0);
  const standing = bars[firstKnown]?.openInterest;
  bars.forEach((bar, index) => {
    const flat = index < firstKnown && standing !== undefined;
    applyBar(series, flat ? { ...bar, openInterest: standing } : bar);
  });
  return series;
}

/** Takes in a closed bar. */
export function applyBar(series: Series, bar: Bar): BarResult {
  return stepState(series.state, series.rules, bar);
}

function stepState(state: FilterState, rules: FilterRules, bar: Bar): BarResult {
  const fault = faultOf(bar, believedPrice(state, rules, bar));
  if (fault !== undefined) return { kind: "frozen", reason: fault };
  if (state.lastClosed !== undefined && bar.openTime < state.lastClosed + rules.intervalMs) {
    return { kind: "ignored", reason: "not newer than the last closed bar" };
  }
  const outcome = stepFilter(state, rules, bar);
  return typeof outcome === "string"
    ? { kind: "frozen", reason: outcome }
    : { kind: "applied", flows: outcome };
}

/** A price that jumped and stayed for this many bars is the price. */
const barsToBelieve = 12;

/** What a bar's prices are held against: the last close, while there is a recent one. */
function believedPrice(
  { lastClosed, lastPrice }: FilterState,
  rules: FilterRules,
  bar: Bar,
): number | undefined {
  if (lastClosed === undefined) return lastPrice;
  return bar.openTime - lastClosed > barsToBelieve * rules.intervalMs ? undefined : lastPrice;
}

// scratch of `seriesLevels`, which runs to its end before anyone can call it again
const scratch = createState();

/**
 * Modelled exposure around the mark: the state at the last closed bar stepped over the bar so far. The step is
 * made on a copy, anew each time, so what is shown equals what the same bar leaves behind once it closes.
 */
export function seriesLevels(series: Series, markPrice: number, forming?: Bar): VenueLevels {
  const { contractType } = series.spec;
  if (forming === undefined) return levelsOf(series.state, contractType, markPrice);
  copyState(series.state, scratch);
  stepState(scratch, series.rules, forming);
  return levelsOf(scratch, contractType, markPrice);
}

/** The series as bytes, lossless: what decodes from them goes on bit for bit like the original. */
export function encodeSeries(series: Series): Uint8Array {
  return encodeState(series.state, series.spec, series.rules.mix);
}

/** Undefined when the bytes are damaged or of another version, spec, mix or grid: the caller rebuilds. */
export function decodeSeries(
  bytes: Uint8Array,
  spec: SeriesSpec,
  mix: Readonly<Record<Side, Mix>> = priorMix,
): Series | undefined {
  const state = decodeState(bytes, spec, mix);
  return state === undefined ? undefined : openSeries(spec, mix, state);
}
