import { applyBar, decodeSeries, encodeSeries, type Series, warmStart } from "../model/series.ts";
import type { Bar, SeriesSpec } from "../model/types.ts";
import type { Log } from "../ops/log.ts";
import { maxBarsPerPoll } from "../poller/contracts.ts";
import type { Store, VenueRecord } from "../store/contracts.ts";
import { decodeMemory, type SymbolMemory } from "./memory.ts";

interface Backfill {
  readonly venue: string;
  readonly spec: SeriesSpec;
  readonly bars: readonly Bar[];
}

/**
 * One symbol's model state in this process, by venue. Redis holds the truth; while the version there is the one
 * this process committed, the state in memory is the same and nothing is read or decoded again.
 */
export interface Portfolio {
  readonly symbol: string;
  /** Makes the state current and says what it remembers. */
  readonly refresh: (now: number) => Promise<SymbolMemory & { version: number; slot: number }>;
  /** Applies new closed bars: first whole histories, then what the polls brought. */
  readonly absorb: (records: readonly VenueRecord[], backfills: readonly Backfill[]) => void;
  readonly series: (venue: string) => Series | undefined;
  /** Encoded states and cursors of the series that changed since the last commit, and venues without a usable one. */
  readonly changed: () => {
    series: Map<string, Uint8Array>;
    cursors: Map<string, number>;
    dropped: readonly string[];
  };
  readonly committed: (memory: SymbolMemory, slot: number) => void;
}

export function createPortfolio(symbol: string, store: Store, log: Log): Portfolio {
  const held = new Map<string, Series>();
  const dirty = new Set<string>();
  let current: (SymbolMemory & { version: number; slot: number }) | undefined;
  let lost: string[] = [];
  let encoded: ReadonlyMap<string, Uint8Array> = new Map();

  const take = (venue: string, bars: readonly Bar[], series: Series): void => {
    for (const bar of bars) {
      const result = applyBar(series, bar);
      if (result.kind === "ignored") continue;
      dirty.add(venue);
      if (result.kind === "frozen")
        log.warn({ symbol, venue, openTime: bar.openTime }, `bar set aside: ${result.reason}`);
    }
  };

  const restore = (spec: SeriesSpec): Series | undefined => {
    const bytes = encoded.get(spec.venue);
    if (bytes === undefined) return undefined;
    const series = decodeSeries(bytes, spec);
    if (series === undefined)
      log.warn({ symbol, venue: spec.venue }, "stored model state is of another kind; rebuilding it");
    return series;
  };

  return {
    symbol,
    series: (venue) => held.get(venue),
    refresh: async (now) => {
      const { version, slot } = await store.symbols.readVersion(symbol);
      if (current !== undefined && current.version === version && current.slot === slot) return current;
      const state = await store.symbols.read(symbol);
      held.clear();
      dirty.clear();
      encoded = state.series;
      const { memory, reason } = decodeMemory(state.memory, now);
      if (reason !== undefined)
        log.warn({ symbol, reason }, "the alert rule starts cold: its memory is unreadable");
      current = { ...memory, version: state.version, slot: state.slot };
      return current;
    },
    absorb: (records, backfills) => {
      for (const { observation } of records) {
        if (observation === undefined || held.has(observation.spec.venue)) continue;
        const restored = restore(observation.spec);
        if (restored !== undefined) held.set(observation.spec.venue, restored);
      }
      for (const { venue, spec, bars } of backfills) {
        const series = held.get(venue);
        if (series === undefined) {
          held.set(venue, warmStart(spec, bars));
          dirty.add(venue);
        } else take(venue, bars, series);
      }
      lost = [];
      for (const { venue, observation } of records) {
        const series = held.get(venue);
        if (observation === undefined) continue;
        if (series === undefined) {
          lost.push(venue);
          continue;
        }
        if (follows(series, observation.closedBars)) take(venue, observation.closedBars, series);
      }
    },
    changed: () => {
      const series = new Map<string, Uint8Array>();
      const cursors = new Map<string, number>();
      for (const venue of dirty) {
        const state = held.get(venue);
        if (state === undefined) continue;
        series.set(venue, encodeSeries(state));
        if (state.lastClosed !== undefined) cursors.set(venue, state.lastClosed);
      }
      return { series, cursors, dropped: lost };
    },
    committed: (memory, slot) => {
      dirty.clear();
      // what is held is newer than what was read; a venue that has not spoken yet is still to be restored
      encoded = new Map([...encoded].filter(([venue]) => !held.has(venue)));
      current = { ...memory, version: (current?.version ?? 0) + 1, slot };
    },
  };
}

/** Bars behind a hole wait for the history that fills it: applied early, they would lose what the hole held. */
function follows(series: Series, bars: readonly Bar[]): boolean {
  const first = bars[0];
  if (first === undefined || series.lastClosed === undefined) return first !== undefined;
  return first.openTime <= series.lastClosed + maxBarsPerPoll * series.spec.intervalMs;
}
