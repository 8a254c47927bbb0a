import { createCalibration, learnedOf, useLearned } from "../model/calibration/calibration.ts";
import type { Decision } from "../model/calibration/gate.ts";
import { applyCalibrated, weighSeries } from "../model/calibration/series.ts";
import { decodeCalibration, encodeCalibration } from "../model/calibration/snapshot.ts";
import type { VenueLevels } from "../model/levels.ts";
import { createNullMap, type NullMap } from "../model/nullMap.ts";
import {
  decodeStacked,
  encodeStacked,
  stackedLevels,
  type StackedSeries,
  warmStartStacked,
} from "../model/stackedSeries.ts";
import type { Bar, LearnedWeights, SeriesSpec } from "../model/types.ts";
import type { Log } from "../ops/log.ts";
import { maxBarsPerPoll, type Observation } from "../poller/contracts.ts";
import type { Outset, VenueHistory, VenueRecord } from "../store/contracts/rounds.ts";
import type { Store } from "../store/contracts/store.ts";
import { decodeMemory, type SymbolMemory } from "./memory.ts";

/**
 * One symbol's model state in this process, by venue. Redis holds the truth; while the version there is the one
 * this process committed, the state in memory is the same and nothing is read or decoded again.
 */
export interface Portfolio {
  readonly symbol: string;
  /** Makes the state that of the last commit, and says what it remembers. */
  readonly refresh: (
    last: Pick<Outset, "version" | "slot">,
    now: number,
  ) => Promise<SymbolMemory & { version: number; slot: number }>;
  /** Applies new closed bars: first whole histories, then what the polls brought. */
  readonly absorb: (records: readonly VenueRecord[], handedOver: readonly VenueHistory[]) => void;
  /** Undefined while a venue has none, and while it waits for the history that fills a hole. */
  readonly series: (venue: string) => StackedSeries | undefined;
  /** Modelled exposure as an observation finds it; made once, unless the series is changed since. */
  readonly levels: (series: StackedSeries, observation: Observation) => VenueLevels;
  /**
   * Makes the levels that the recompute of this slot will ask for, where it is still to come and the observation's bars
   * don't change them.
   */
  readonly prepare: (observation: Observation, slot: number) => void;
  /** Lets all maps be made with what the symbol has learned, where they may change now; says what that is. */
  readonly weigh: (mayChange: boolean) => LearnedWeights | undefined;
  /** The map that a venue's price path alone would leave; undefined while it has too short a one. */
  readonly nullLevels: (venue: string, markPrice: number) => VenueLevels | undefined;
  /** Encoded states and cursors of the series that changed since the last commit, and venues without a usable one. */
  readonly changed: () => {
    series: Map<string, Uint8Array>;
    cursors: Map<string, number>;
    dropped: readonly string[];
    calibration: Uint8Array | undefined;
  };
  readonly committed: (memory: SymbolMemory, slot: number) => void;
}

export function createPortfolio(
  symbol: string,
  store: Pick<Store, "symbols">,
  log: Log,
  onCalibrated: (symbol: string, decision: Decision) => void = () => undefined,
): Portfolio {
  const held = new Map<string, StackedSeries>();
  const nullMaps = new Map<string, NullMap>();
  const dirty = new Set<string>();
  const lost = new Set<string>();
  const behind = new Set<string>();
  let current: (SymbolMemory & { version: number; slot: number }) | undefined;
  let encoded = new Map<string, Uint8Array>();
  let calibration = createCalibration();
  let learnt = false;
  // the hand-over has forgotten them: a commit that fails or comes second must not lose them
  let histories: readonly VenueHistory[] = [];

  let made = new WeakMap<Observation, VenueLevels>();
  const seriesChanged = (): void => {
    made = new WeakMap();
  };
  const levels: Portfolio["levels"] = (series, observation) => {
    const known = made.get(observation);
    if (known !== undefined) return known;
    const levels = stackedLevels(series, observation.markPrice, observation.formingBar);
    made.set(observation, levels);
    return levels;
  };

  const take = (venue: string, bars: readonly Bar[], series: StackedSeries): void => {
    for (const bar of bars) {
      const { result, ...learning } = applyCalibrated(calibration, series, bar);
      learnt ||= learning.learnt;
      for (const decision of learning.decisions) onCalibrated(symbol, decision);
      if (result.kind === "ignored") continue;
      seriesChanged();
      dirty.add(venue);
      if (result.kind === "frozen")
        log.warn({ symbol, venue, openTime: bar.openTime }, `bar set aside: ${result.reason}`);
    }
  };

  const hold = (venue: string, series: StackedSeries): void => {
    weighSeries(series, calibration);
    seriesChanged();
    held.set(venue, series);
  };

  const restore = (bytes: Uint8Array | undefined): void => {
    const stored = bytes && decodeCalibration(bytes);
    if (bytes !== undefined && stored === undefined)
      log.warn({ symbol }, "what was learned from liquidations is of another kind; beginning at the prior");
    calibration = stored ?? createCalibration();
    learnt = false;
  };

  const heldOrStored = (spec: SeriesSpec): StackedSeries | undefined => {
    const { venue } = spec;
    const bytes = encoded.get(venue);
    if (held.has(venue) || bytes === undefined) return held.get(venue);
    encoded.delete(venue);
    const series = decodeStacked(bytes, spec);
    if (series !== undefined) hold(venue, series);
    else {
      lost.add(venue);
      log.warn({ symbol, venue }, "stored model state is of another kind; rebuilding it");
    }
    return series;
  };

  const takeHistory = ({ venue, spec, bars }: VenueHistory): void => {
    const series = heldOrStored(spec);
    if (series !== undefined) take(venue, bars, series);
    else {
      hold(venue, warmStartStacked(spec, bars));
      dirty.add(venue);
    }
  };

  const takePolled = ({ venue, observation }: VenueRecord): void => {
    if (observation === undefined) return;
    const { spec, closedBars } = observation;
    const series = heldOrStored(spec);
    if (series === undefined) lost.add(venue);
    else if (follows(series, closedBars)) take(venue, closedBars, series);
    else behind.add(venue);
  };

  const seriesOf = (venue: string): StackedSeries | undefined =>
    behind.has(venue) ? undefined : held.get(venue);

  const nullMapOf = (venue: string, spec: SeriesSpec): NullMap => {
    const nullMap = nullMaps.get(venue) ?? createNullMap(spec);
    nullMaps.set(venue, nullMap);
    return nullMap;
  };

  return {
    symbol,
    series: seriesOf,
    levels,
    prepare: (observation, slot) => {
      if (current === undefined || slot <= current.slot) return;
      const series = seriesOf(observation.spec.venue);
      const newest = observation.closedBars.at(-1)?.openTime ?? -Infinity;
      if (series !== undefined && newest <= (series.lastClosed ?? -Infinity)) levels(series, observation);
    },
    weigh: (mayChange) => {
      if (mayChange && useLearned(calibration)) {
        learnt = true;
        for (const series of held.values()) weighSeries(series, calibration);
        seriesChanged();
      }
      return learnedOf(calibration);
    },
    nullLevels: (venue, markPrice) => {
      const series = seriesOf(venue);
      return series && nullMapOf(venue, series.spec).levels(series.path, markPrice, calibration.used);
    },
    refresh: async ({ version, slot }, now) => {
      if (current !== undefined && current.version === version && current.slot === slot) return current;
      const state = await store.symbols.read(symbol);
      held.clear();
      dirty.clear();
      encoded = new Map(state.series);
      restore(state.calibration);
      const { memory, reason } = decodeMemory(state.memory, now);
      if (reason !== undefined)
        log.warn({ symbol, reason }, "the alert rule starts cold: its memory is unreadable");
      current = { ...memory, version: state.version, slot: state.slot };
      return current;
    },
    absorb: (records, handedOver) => {
      lost.clear();
      behind.clear();
      for (const { observation } of records) if (observation !== undefined) heldOrStored(observation.spec);
      histories = [...histories, ...handedOver];
      for (const history of histories) heldOrStored(history.spec);
      // what was to go on from a state that can't be used is no start for a new one, which needs all of the history
      histories = histories.filter(({ venue }) => !lost.has(venue));
      for (const history of histories) takeHistory(history);
      for (const record of records) takePolled(record);
    },
    changed: () => {
      const series = new Map<string, Uint8Array>();
      const cursors = new Map<string, number>();
      for (const venue of dirty) {
        const state = held.get(venue);
        if (state === undefined) continue;
        series.set(venue, encodeStacked(state));
        if (state.lastClosed !== undefined) cursors.set(venue, state.lastClosed);
      }
      const bytes = learnt ? encodeCalibration(calibration) : undefined;
      return { series, cursors, dropped: [...lost], calibration: bytes };
    },
    committed: (memory, slot) => {
      dirty.clear();
      learnt = false;
      histories = [];
      current = { ...memory, version: (current?.version ?? 0) + 1, slot };
    },
  };
}

/**
 * A poll reads back `maxBarsPerPoll` rows. Bars newer than that may hide a hole, so they wait for the history that
 * fills it: applied early, they would lose what the hole held. A hole closer by is the venue's own.
 */
function follows({ lastClosed, spec }: StackedSeries, bars: readonly Bar[]): boolean {
  const [first, last] = [bars[0], bars.at(-1)];
  if (first === undefined || last === undefined || lastClosed === undefined) return true;
  const next = lastClosed + spec.intervalMs;
  return first.openTime <= next || last.openTime < lastClosed + maxBarsPerPoll * spec.intervalMs;
}
