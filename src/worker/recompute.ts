import type { AlertRule } from "../alerts/decision.ts";
import { keepsNotional } from "../alerts/episode.ts";
import { operatorRules, type RuleKey, ruleKey } from "../alerts/rules.ts";
import { type Aggregate, aggregateVenues, toLiquidationMap, type VenueInput } from "../model/aggregate.ts";
import { measureImbalance, type NotionalMemory } from "../model/imbalance.ts";
import type { Decision } from "../model/calibration/gate.ts";
import type { Imbalance } from "../model/types.ts";
import type { Clock } from "../ops/clock.ts";
import type { Log } from "../ops/log.ts";
import type { Outset, VenueHistory, VenueRecord, VenueReport } from "../store/contracts/rounds.ts";
import type { Store } from "../store/contracts/store.ts";
import type { Commit, RuleAlert } from "../store/contracts/symbols.ts";
import { newestRecords } from "./ahead.ts";
import type { RecomputeJob } from "./contracts.ts";
import { judgeJumps, type OpenInterestMemory } from "./jumps.ts";
import { cascadeOf } from "./cascade.ts";
import { encodeMemory, type SymbolMemory } from "./memory.ts";
import type { Committed } from "./pictureData.ts";
import { createPortfolio, type Portfolio } from "./portfolio.ts";
import { createRuleWatch, type Outcome, type RuleWatch } from "./ruleWatch.ts";
import { createInTurn } from "./inTurn.ts";
import { nullLevelsOf, venueInputs } from "./venues.ts";

export interface RecomputeOptions {
  readonly store: Pick<Store, "symbols" | "rounds" | "rules">;
  readonly rule: AlertRule;
  readonly pollIntervalMs: number;
  readonly venues: readonly string[];
  readonly clock: Clock;
  readonly log: Log;
  /** A commit with an alert is on its way to Redis, ahead of whatever is sent on the same connection from now on. */
  readonly onCommitting?: (symbol: string, alerts: readonly RuleAlert[]) => void;
  /** Alerts of the symbol are in the outbox. */
  readonly onAlerts: (symbol: string) => Promise<void>;
  readonly onCommitted: (imbalance: Imbalance, outcome: Outcome) => void;
  /** What the venues had said when a recompute read it. */
  readonly onHeard?: (symbol: string, records: readonly VenueRecord[]) => void;
  /** Histories that were handed over with it. */
  readonly onHistories?: (symbol: string, histories: readonly VenueHistory[]) => void;
  /** Once a day a symbol's weights are judged. */
  readonly onCalibrated?: (symbol: string, decision: Decision) => void;
  /** After every commit, with what it was made of. */
  readonly keepForPictures?: (committed: Committed) => void;
}

/** What this process holds of a symbol between recomputes. */
interface Held {
  readonly portfolio: Portfolio;
  readonly rules: RuleWatch;
}

/** Two replicas can disagree only while one of them is a slot behind; more than this is a bug, not bad luck. */
const conflictLimit = 3;

export interface Recompute {
  readonly recompute: (job: RecomputeJob, outset?: Outset) => Promise<"committed" | "slot-done">;
  /** Does what can be done for a round's recompute as soon as a venue has spoken. Never throws. */
  readonly prepare: (symbol: string, report: VenueReport) => void;
}

/**
 * The recompute of one symbol for one slot: what the venues said → liquidation map → imbalance → decision, kept in
 * one commit. Run twice, or by two replicas at once, only the first commit counts.
 */
export function createRecompute(options: RecomputeOptions): Recompute {
  const inTurn = createInTurn();
  const symbols = new Map<string, Held>();
  const heldOf = (symbol: string): Held => {
    const kept = symbols.get(symbol) ?? hold(options, symbol);
    symbols.set(symbol, kept);
    return kept;
  };

  const recompute = async (
    { symbol, slot }: RecomputeJob,
    given: Outset | undefined,
  ): Promise<"committed" | "slot-done"> => {
    for (let attempt = 1; attempt <= conflictLimit; attempt++) {
      const outset = await outsetOf(options, { symbol, given, attempt });
      const result = await recomputeOnce(options, heldOf(symbol), { slot, outset });
      if (result !== "conflict") return result;
    }
    throw new Error(
      `${symbol}: the state changed under ${conflictLimit} recomputes of slot ${slot} in a row`,
    );
  };
  return {
    // a report and a deadline may wake the same symbol at the same moment
    recompute: async (job, outset) => inTurn(job.symbol, async () => recompute(job, outset)),
    prepare: (symbol, report) => {
      try {
        if ("observation" in report) symbols.get(symbol)?.portfolio.prepare(report.observation, report.slot);
      } catch (error) {
        options.log.debug({ symbol, error }, "nothing could be prepared; the recompute will say why");
      }
    },
  };
}

/** What was given serves once. Its reports count all the same: the last of them may not be kept yet. */
async function outsetOf(
  { store }: RecomputeOptions,
  { symbol, given, attempt }: { symbol: string; given: Outset | undefined; attempt: number },
): Promise<Outset> {
  if (given !== undefined && attempt === 1) return given;
  const read = await store.rounds.outset(symbol);
  return given === undefined ? read : { ...read, records: newestRecords(read.records, given.records) };
}

function hold({ store, log, rule, onCalibrated }: RecomputeOptions, symbol: string): Held {
  return {
    portfolio: createPortfolio(symbol, store, log, onCalibrated),
    rules: createRuleWatch(symbol, store.rules, { settings: rule, always: alwaysWatched(rule) }),
  };
}

/** The operator's own, so that what they do is seen whoever is subscribed. */
function alwaysWatched({ ratio }: AlertRule): readonly RuleKey[] {
  return operatorRules(ratio).map(ruleKey);
}

async function recomputeOnce(
  options: RecomputeOptions,
  { portfolio, rules }: Held,
  { slot, outset }: { readonly slot: number; readonly outset: Outset },
): Promise<"committed" | "conflict" | "slot-done"> {
  const { store, clock } = options;
  const { symbol } = portfolio;
  const { records, histories } = outset;
  const [memory] = await Promise.all([portfolio.refresh(outset, clock.now()), rules.refresh(outset.rules)]);
  options.onHeard?.(symbol, records);
  // even where the slot is done: what was taken is for the next commit then
  portfolio.absorb(records, histories);
  if (histories.length > 0) options.onHistories?.(symbol, histories);
  if (memory.slot === slot) return "slot-done";

  const measured = measure(options, portfolio, { outset, memory });
  const { now, inputs, aggregate, imbalance } = measured;
  const decided = rules.decide({
    imbalance,
    inputs,
    configured: configuredVenues(options.venues, records),
    measure: (notionalUsd) => measureOwn(aggregate, memory.notional, notionalUsd),
    memory: memory.episode,
    now,
  });
  const next: SymbolMemory = {
    notional: measured.notional,
    episode: decided.memory,
    openInterest: measured.openInterest,
  };
  const commit: Commit = {
    symbol,
    slot,
    basedOn: memory.version,
    at: now,
    ...portfolio.changed(),
    memory: encodeMemory(next),
    imbalance,
    map: toLiquidationMap(aggregate),
    ruleAlerts: decided.alerts,
  };
  const committing = store.symbols.commit(commit);
  if (decided.alerts.length > 0) options.onCommitting?.(symbol, decided.alerts);
  const result = await committing;
  if (result !== "committed") return result;
  portfolio.committed(next, slot);
  options.onCommitted(imbalance, decided);
  options.keepForPictures?.({ map: commit.map, aggregate, inputs });
  if (decided.alerts.length > 0) await wake(options, symbol);
  return result;
}

interface Measured {
  readonly now: number;
  readonly inputs: readonly VenueInput[];
  readonly aggregate: Aggregate;
  readonly imbalance: Imbalance;
  /** What the next recompute is to remember of it. */
  readonly notional: SymbolMemory["notional"];
  readonly openInterest: OpenInterestMemory;
}

/** What the venues said, as one map at one mark price, and the imbalance it shows. */
function measure(
  { venues, pollIntervalMs, clock }: RecomputeOptions,
  portfolio: Portfolio,
  { outset, memory }: { readonly outset: Outset; readonly memory: SymbolMemory },
): Measured {
  const { records, positions, depths } = outset;
  const episodeOpen = keepsNotional(memory.episode);
  const learned = portfolio.weigh(!episodeOpen);
  const now = clock.now();
  const jumps = judgeJumps(records, memory.openInterest ?? {});
  const inputs = venueInputs({
    records,
    portfolio,
    venues,
    measured: positions,
    doubts: jumps.doubts,
    now,
    pollIntervalMs,
  });
  const aggregate = aggregateVenues(portfolio.symbol, now, inputs);
  const { imbalance, memory: notional } = measureImbalance(aggregate, memory.notional, {
    episodeOpen,
    nullLevels: nullLevelsOf(inputs, portfolio),
  });
  const cascade = cascadeOf(aggregate, depths);
  return {
    now,
    inputs,
    aggregate,
    imbalance: { ...imbalance, ...(cascade && { cascade }), ...(learned && { learned }) },
    notional,
    openInterest: jumps.memory,
  };
}

/** The outbox has the alerts: who isn't woken finds them. */
async function wake({ onAlerts, log }: RecomputeOptions, symbol: string): Promise<void> {
  try {
    await onAlerts(symbol);
  } catch (error) {
    log.warn({ symbol, error }, "the senders of alerts could not be woken; the sweep will");
  }
}

/** A venue that doesn't list the symbol can't be missed. */
function configuredVenues(venues: readonly string[], records: readonly VenueRecord[]): number {
  const without = records.filter(({ failure }) => failure?.kind === "give-up-symbol");
  return venues.length - without.filter(({ venue }) => venues.includes(venue)).length;
}

function measureOwn(aggregate: Aggregate, memory: NotionalMemory, notionalUsd: number): Imbalance {
  return measureImbalance(aggregate, memory, { notionalUsd, episodeOpen: true }).imbalance;
}
