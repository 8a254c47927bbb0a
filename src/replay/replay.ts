import { setImmediate as breathe } from "node:timers/promises";
import { alertContent } from "../alerts/content.ts";
import type { AlertContent } from "../alerts/content.ts";
import { decideAlert, freshEpisodeMemory, hasOpenEpisode } from "../alerts/episode.ts";
import type { AlertRule, Decision } from "../alerts/episode.ts";
import { toLiquidationMap } from "../model/aggregate.ts";
import type { Aggregate } from "../model/aggregate.ts";
import { freshNotionalMemory, measureImbalance } from "../model/imbalance.ts";
import type { Imbalance, LiquidationMap, RiskTier } from "../model/types.ts";
import { openMarket } from "./market.ts";
import type { Recording } from "./recording.ts";

const dayMs = 86_400_000;

/**
 * A live start reads 30 days of history first. A recording has nothing before its first bar, so that all of its
 * open interest seems to have opened there: nothing is alerted until turnover has spread it.
 */
export const settlingMs = 2 * dayMs;

/** Bars between two looks at timers and signals. */
const barsPerBreath = 500;

export interface ReplayOptions {
  readonly recording: Recording;
  readonly symbol: string;
  readonly riskTiers: readonly RiskTier[];
  readonly rule: AlertRule;
  /** Epoch ms; earlier bars go into the model and are not spoken of. */
  readonly from?: number | undefined;
  /** Epoch ms, exclusive of what closes later. */
  readonly to?: number | undefined;
  readonly onAlert: (content: AlertContent) => void;
  /** Called at each bar's close with what was known then; a promise holds the replay back. */
  readonly onMap?: ((map: LiquidationMap) => Promise<void> | undefined) | undefined;
  readonly onProgress?: (doneBars: number, allBars: number) => void;
  readonly signal?: AbortSignal | undefined;
}

export interface ReplaySummary {
  /** Bars that closed between `from` and `to`. */
  readonly bars: number;
  readonly firings: number;
  readonly resolutions: number;
  /** How long alerts were possible. */
  readonly watchedMs: number;
  /** Bars that were not believed, by reason. */
  readonly frozen: ReadonlyMap<string, number>;
}

/** Runs the model and the alert rule over recorded bars, as if each bar had just closed. Throws when aborted. */
export async function replay(options: ReplayOptions): Promise<ReplaySummary> {
  const { recording, from = -Infinity, to = Infinity, onMap } = options;
  const { bars, intervalMs } = recording;
  const market = openMarket({ ...options, intervalMs });
  const watch = openWatch(options.rule);
  const settledAt = (bars[0]?.openTime ?? 0) + settlingMs;
  const tally = { bars: 0, firings: 0, resolutions: 0, watchedMs: 0 };
  for (const [index, bar] of bars.entries()) {
    const time = bar.openTime + intervalMs;
    if (time > to) break;
    if (index % barsPerBreath === 0) await pause(options, index);
    market.take(bar);
    const [settled, spokenOf] = [time >= settledAt, time >= from];
    const aggregate = settled || (spokenOf && onMap !== undefined) ? market.aggregate() : undefined;
    const content = settled && aggregate !== undefined ? watch(aggregate) : undefined;
    if (!spokenOf) continue;
    tally.bars += 1;
    if (settled) tally.watchedMs += intervalMs;
    if (content !== undefined) {
      tally[content.kind === "resolved" ? "resolutions" : "firings"] += 1;
      options.onAlert(content);
    }
    if (aggregate !== undefined) await onMap?.(toLiquidationMap(aggregate));
  }
  return { ...tally, frozen: market.frozen };
}

/** The alert rule with its memory: what is to be said after each recompute, if anything. */
function openWatch(rule: AlertRule): (aggregate: Aggregate) => AlertContent | undefined {
  let notional = freshNotionalMemory;
  let episode: ReturnType<typeof freshEpisodeMemory> | undefined;
  return (aggregate) => {
    episode ??= freshEpisodeMemory(aggregate.time);
    const measured = measureImbalance(aggregate, notional, { episodeOpen: hasOpenEpisode(episode) });
    const decided = decideAlert(episode, measured.imbalance, rule, aggregate.time);
    notional = measured.memory;
    episode = decided.memory;
    return toSay(measured.imbalance, decided.decision);
  };
}

function toSay(imbalance: Imbalance, decision: Decision): AlertContent | undefined {
  const said = decision.kind === "fire" || decision.kind === "resolve";
  return said ? alertContent(imbalance, decision) : undefined;
}

async function pause({ recording, onProgress, signal }: ReplayOptions, done: number): Promise<void> {
  onProgress?.(done, recording.bars.length);
  await breathe();
  signal?.throwIfAborted();
}
