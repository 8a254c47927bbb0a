import { alertContent } from "../alerts/content.ts";
import { type AlertRule, decideAlert, type Decision, hasOpenEpisode } from "../alerts/episode.ts";
import { aggregateVenues, toLiquidationMap } from "../model/aggregate.ts";
import { measureImbalance } from "../model/imbalance.ts";
import type { Imbalance } from "../model/types.ts";
import type { Clock } from "../ops/clock.ts";
import type { Log } from "../ops/log.ts";
import type { Commit, OutboxAlert, Store } from "../store/contracts.ts";
import type { RecomputeJob } from "./contracts.ts";
import { encodeMemory, type SymbolMemory } from "./memory.ts";
import type { Committed } from "./pictureData.ts";
import { createPortfolio, type Portfolio } from "./portfolio.ts";
import { createTurns } from "./turns.ts";
import { venueInputs } from "./venues.ts";

export interface RecomputeOptions {
  readonly store: Store;
  readonly rule: AlertRule;
  readonly pollIntervalMs: number;
  readonly destinations: readonly string[];
  readonly venues: readonly string[];
  readonly clock: Clock;
  readonly log: Log;
  /** A commit with an alert is on its way to Redis, ahead of whatever is sent on the same connection from now on. */
  readonly onCommitting?: (symbol: string) => void;
  readonly onAlert: (symbol: string, alert: OutboxAlert) => Promise<void>;
  readonly onCommitted: (imbalance: Imbalance, decision: Decision) => void;
  /** After every commit, with what it was made of. */
  readonly keepForPictures?: (committed: Committed) => void;
}

/** Two replicas can disagree only while one of them is a slot behind; more than this is a bug, not bad luck. */
const conflictLimit = 3;

/**
 * The recompute of one symbol for one slot: what the venues said → liquidation map → imbalance → decision, kept in
 * one commit. Run twice, or by two replicas at once, only the first commit counts.
 */
export function createRecompute(
  options: RecomputeOptions,
): (job: RecomputeJob) => Promise<"committed" | "slot-done"> {
  const inTurn = createTurns();
  const portfolios = new Map<string, Portfolio>();
  const portfolioOf = (symbol: string): Portfolio => {
    const kept = portfolios.get(symbol) ?? createPortfolio(symbol, options.store, options.log);
    portfolios.set(symbol, kept);
    return kept;
  };

  const recompute = async ({ symbol, slot }: RecomputeJob): Promise<"committed" | "slot-done"> => {
    for (let attempt = 1; attempt <= conflictLimit; attempt++) {
      const result = await recomputeOnce(options, portfolioOf(symbol), slot);
      if (result !== "conflict") return result;
    }
    throw new Error(
      `${symbol}: the state changed under ${conflictLimit} recomputes of slot ${slot} in a row`,
    );
  };
  // a report and a deadline may wake the same symbol at the same moment
  return async (job) => inTurn(job.symbol, async () => recompute(job));
}

async function recomputeOnce(
  options: RecomputeOptions,
  portfolio: Portfolio,
  slot: number,
): Promise<"committed" | "conflict" | "slot-done"> {
  const { store, clock } = options;
  const { symbol } = portfolio;
  // asked at once, answered in one trip
  const [memory, records, backfills] = await Promise.all([
    portfolio.refresh(clock.now()),
    store.rounds.read(symbol),
    store.backfills.take(symbol),
  ]);
  // even where the slot is done: what was taken is for the next commit then
  portfolio.absorb(records, backfills);
  if (memory.slot === slot) return "slot-done";

  const now = clock.now();
  const inputs = venueInputs({
    records,
    portfolio,
    venues: options.venues,
    now,
    pollIntervalMs: options.pollIntervalMs,
  });
  const aggregate = aggregateVenues(symbol, now, inputs);
  const measured = measureImbalance(aggregate, memory.notional, {
    episodeOpen: hasOpenEpisode(memory.episode),
  });
  const decided = decideAlert(memory.episode, measured.imbalance, options.rule, now);
  const next: SymbolMemory = { notional: measured.memory, episode: decided.memory };
  const alerts = outboxAlerts(measured.imbalance, decided.decision, options.destinations);

  const changed = portfolio.changed();
  const commit: Commit = {
    symbol,
    slot,
    basedOn: memory.version,
    at: now,
    series: changed.series,
    cursors: changed.cursors,
    dropped: changed.dropped,
    memory: encodeMemory(next),
    imbalance: measured.imbalance,
    map: toLiquidationMap(aggregate),
    alerts,
  };
  const committing = store.symbols.commit(commit);
  if (alerts.length > 0) options.onCommitting?.(symbol);
  const result = await committing;
  if (result !== "committed") return result;
  portfolio.committed(next, slot);
  options.onCommitted(measured.imbalance, decided.decision);
  options.keepForPictures?.({ map: commit.map, aggregate, inputs });
  for (const alert of alerts) await wake(options, symbol, alert);
  return result;
}

/** The outbox has the alert: who isn't woken finds it. */
async function wake({ onAlert, log }: RecomputeOptions, symbol: string, alert: OutboxAlert): Promise<void> {
  try {
    await onAlert(symbol, alert);
  } catch (error) {
    log.warn(
      { symbol, alertId: alert.alertId, error },
      "an alert's senders could not be woken; the sweep will",
    );
  }
}

function outboxAlerts(
  imbalance: Imbalance,
  decision: Decision,
  destinations: readonly string[],
): OutboxAlert[] {
  if (decision.kind !== "fire" && decision.kind !== "resolve") return [];
  const content = JSON.stringify(alertContent(imbalance, decision));
  return [{ alertId: decision.alertId, content, destinations }];
}
