import { setTimeout as sleep } from "node:timers/promises";
import { aggregateVenues, type VenueInput } from "../model/aggregate.ts";
import { freshNotionalMemory, type ImbalanceMemory, measureImbalance } from "../model/imbalance.ts";
import { applyStacked, certainLevels, createStacked, type StackedSeries } from "../model/stackedSeries.ts";
import type { Bar } from "../model/types.ts";
import type { VenueHistory } from "../store/contracts/rounds.ts";
import type { HistoryPoint } from "../store/contracts/symbols.ts";

/** Before that all of the open interest seems to have opened at the first bar. */
const settlingMs = 2 * 24 * 3_600_000;

/** What others wait for at most, and what is left to them before it goes on. Real time. */
const turnMs = 2;
const restMs = 8;

/**
 * What one venue's history alone would have shown at the close of each bar, so that a symbol has a past on its first
 * day: a month takes some seconds, in small pieces. Points carry the ratio of the map itself; bands, other venues and
 * what was not known then are missing. Rejects when aborted.
 */
export async function reconstruct(
  symbol: string,
  { spec, bars }: Pick<VenueHistory, "spec" | "bars">,
  signal?: AbortSignal,
): Promise<readonly HistoryPoint[]> {
  const series = createStacked(spec);
  const from = (bars[0]?.openTime ?? 0) + settlingMs;
  const points: HistoryPoint[] = [];
  let memory: ImbalanceMemory = freshNotionalMemory;
  let turnEnds = performance.now() + turnMs;
  for (const bar of withStandingInterest(bars)) {
    if (performance.now() >= turnEnds) {
      await sleep(restMs);
      turnEnds = performance.now() + turnMs;
    }
    signal?.throwIfAborted();
    applyStacked(series, bar);
    const time = bar.openTime + spec.intervalMs;
    if (time < from || series.lastClosed !== bar.openTime) continue;
    const aggregate = aggregateVenues(symbol, time, [inputOf(series, bar)]);
    const measured = measureImbalance(aggregate, memory, { episodeOpen: false, draws: false });
    memory = measured.memory;
    const { markPrice, ratio, notionalUsd, regime } = measured.imbalance;
    const known = regime === "stale" || regime === "thin" ? null : ratio;
    points.push({
      time,
      markPrice,
      ratio: known,
      ratioLow: null,
      ratioHigh: null,
      notionalUsd,
      reconstructed: true,
    });
  }
  return points;
}

/** As a warm start takes them: open interest before the first known one stood where that did. */
function withStandingInterest(bars: readonly Bar[]): readonly Bar[] {
  const first = bars.findIndex(({ openInterest }) => openInterest !== undefined && openInterest >= 0);
  const openInterest = bars[first]?.openInterest;
  if (openInterest === undefined) return bars;
  return bars.map((bar, index) => (index < first ? { ...bar, openInterest } : bar));
}

function inputOf(series: StackedSeries, bar: Bar): VenueInput {
  const { venue: id, contractType } = series.spec;
  const unit = contractType === "linear" ? bar.close : 1;
  return {
    id,
    status: "fresh",
    ageMs: 0,
    method: "estimated",
    markPrice: bar.close,
    openInterestUsd: (series.openInterest ?? 0) * unit,
    levels: certainLevels(series, bar.close),
  };
}
