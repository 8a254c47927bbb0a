import type { VenueLevels } from "./levels.ts";
import type { Bar, SeriesSpec } from "./types.ts";

/** One venue's contract: the cohort filter's state. Mutated by `applyBar` only. */
export interface Series {
  readonly spec: SeriesSpec;
  /** Open time of the newest applied bar. */
  readonly lastClosed: number | undefined;
  readonly barsApplied: number;
  /** Last settled open interest, contracts' own unit, one side. */
  readonly openInterest: number | undefined;
}

export type BarResult =
  | { readonly kind: "applied" }
  /** The bar is bad, or has no usable open interest: nothing was opened or closed. */
  | { readonly kind: "frozen"; readonly reason: string }
  /** Late or seen before: nothing changed. */
  | { readonly kind: "ignored"; readonly reason: string };

export function createSeries(spec: SeriesSpec): Series {
  throw new Error(`not built yet: ${spec.market}`);
}

export function warmStart(spec: SeriesSpec, bars: readonly Bar[]): Series {
  throw new Error(`not built yet: ${spec.market} ${bars.length}`);
}

export function applyBar(series: Series, bar: Bar): BarResult {
  throw new Error(`not built yet: ${series.spec.market} ${bar.openTime}`);
}

export function seriesLevels(series: Series, markPrice: number, forming?: Bar): VenueLevels {
  throw new Error(`not built yet: ${series.spec.market} ${markPrice} ${forming?.openTime}`);
}

export function encodeSeries(series: Series): Uint8Array {
  throw new Error(`not built yet: ${series.spec.market}`);
}

/** Undefined when the bytes are of another version, spec or grid: the caller rebuilds. */
export function decodeSeries(bytes: Uint8Array, spec: SeriesSpec): Series | undefined {
  throw new Error(`not built yet: ${spec.market} ${bytes.length}`);
}
