import { setImmediate as breathe } from "node:timers/promises";
import { edgeOf } from "../alerts/alertId.ts";
import { alertContent } from "../alerts/content.ts";
import type { AlertContent } from "../alerts/content.ts";
import { decideRules } from "../alerts/decide.ts";
import { type AlertRule, isSaid } from "../alerts/decision.ts";
import { freshEpisodeMemory, keepsNotional } from "../alerts/episode.ts";
import { indexRules } from "../alerts/ruleIndex.ts";
import { operatorRules, ruleKey } from "../alerts/rules.ts";
import { judgeSources } from "../alerts/sources.ts";
import type { Decision } from "../model/calibration/gate.ts";
import { toLiquidationMap } from "../model/aggregate.ts";
import type { Aggregate } from "../model/aggregate.ts";
import type { MapDetail } from "../model/detail.ts";
import { freshNotionalMemory, measureImbalance, type ImbalanceMemory } from "../model/imbalance.ts";
import type { VenueLevels } from "../model/levels.ts";
import type { Bar, Imbalance, LiquidationMap, RiskTier } from "../model/types.ts";
import { openMarket } from "./market.ts";
import type { Recording } from "./recording.ts";

const dayMs = 86_400_000;
/** The excess ratio is remembered by the hour; nobody reads it in between. */
const hourMs = 3_600_000;

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
  /** Called at each bar's close once the model has settled; a promise holds the replay back. */
  readonly onMoment?: ((moment: ReplayMoment) => Promise<void> | undefined) | undefined;
  readonly onProgress?: (doneBars: number, allBars: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/** What was known and said at a bar's close. */
export interface ReplayMoment {
  readonly bar: Bar;
  readonly aggregate: Aggregate;
  readonly imbalance: Imbalance;
  readonly said: readonly AlertContent[];
  readonly detail: () => MapDetail | undefined;
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
  /** When learned weights were taken up or dropped. */
  readonly weights: readonly Decision[];
}

/** Runs the model and the alert rule over recorded bars, as if each bar had just closed. Throws when aborted. */
export async function replay(options: ReplayOptions): Promise<ReplaySummary> {
  const { recording, from = -Infinity, to = Infinity, onMap, onMoment } = options;
  const { bars, intervalMs } = recording;
  const market = openMarket({ ...options, intervalMs });
  const watch = openWatch(options.rule, onMoment !== undefined);
  const settledAt = (bars[0]?.openTime ?? 0) + settlingMs;
  const tally = { bars: 0, firings: 0, resolutions: 0, watchedMs: 0 };
  for (const [index, bar] of bars.entries()) {
    const time = bar.openTime + intervalMs;
    if (time > to) break;
    if (index % barsPerBreath === 0) await pause(options, index);
    market.take(bar);
    market.weigh(!watch.keepsWeights());
    const [settled, spokenOf] = [time >= settledAt, time >= from];
    const aggregate = settled || (spokenOf && onMap !== undefined) ? market.aggregate() : undefined;
    const seen =
      settled && aggregate !== undefined
        ? watch.look(aggregate, time % hourMs === 0 ? market.nullLevels() : undefined)
        : undefined;
    if (!spokenOf) continue;
    tally.bars += 1;
    if (settled) tally.watchedMs += intervalMs;
    for (const content of seen?.said ?? []) {
      if (content.kind === "resolved") tally.resolutions += 1;
      else if (edgeOf(content.alertId) === "fire") tally.firings += 1;
      options.onAlert(content);
    }
    if (aggregate === undefined) continue;
    await onMap?.(toLiquidationMap(aggregate));
    if (seen !== undefined)
      await onMoment?.({ bar, aggregate, ...seen, detail: () => market.detail(aggregate) });
  }
  const weights = market.decisions.filter(({ kind }) => kind !== "kept");
  return { ...tally, frozen: market.frozen, weights };
}

interface Watch {
  readonly look: (
    aggregate: Aggregate,
    nullLevels: VenueLevels | undefined,
  ) => Pick<ReplayMoment, "imbalance" | "said">;
  /** Other weights would look like a crossing now. */
  readonly keepsWeights: () => boolean;
}

/**
 * The operator's rule with its memory: what is to be said after each recompute, if anything. The rule judges the ratio
 * itself, so that bands are only worked out for who is told of them: of each moment, or of alerts.
 */
function openWatch(rule: AlertRule, everyMoment: boolean): Watch {
  const index = indexRules(operatorRules(rule.ratio).map(ruleKey));
  let notional: ImbalanceMemory = freshNotionalMemory;
  let episode: ReturnType<typeof freshEpisodeMemory> | undefined;
  const look: Watch["look"] = (aggregate, nullLevels) => {
    const { symbol, time } = aggregate;
    episode ??= freshEpisodeMemory(time);
    const options = { episodeOpen: keepsNotional(episode), nullLevels };
    const before = notional;
    const measured = measureImbalance(aggregate, before, { ...options, draws: everyMoment });
    const { imbalance } = measured;
    const hold = judgeSources(imbalance, { configured: 1, opposedShare: 0 });
    const sighting = { symbol, imbalances: new Map([["auto" as const, imbalance]]), ...(hold && { hold }) };
    const { decisions, memory } = decideRules(episode, sighting, index, rule, time);
    notional = measured.memory;
    episode = memory;
    // an update only changes a message that was posted
    const said = decisions.filter(isSaid).filter(({ kind }) => kind !== "update");
    if (said.length === 0) return { imbalance, said: [] };
    const whole = everyMoment ? imbalance : measureImbalance(aggregate, before, options).imbalance;
    return { imbalance: whole, said: said.map((decision) => alertContent(whole, decision)) };
  };
  return { look, keepsWeights: () => episode !== undefined && keepsNotional(episode) };
}

async function pause({ recording, onProgress, signal }: ReplayOptions, done: number): Promise<void> {
  onProgress?.(done, recording.bars.length);
  await breathe();
  signal?.throwIfAborted();
}
