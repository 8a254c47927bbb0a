import type { HoldReason } from "./decision.ts";
import type { Hold } from "./hold.ts";
import type { RuleKey } from "./rules.ts";
import { startWatch, type Watch } from "./watch.ts";

/** Beyond the threshold, and not believed yet, or still cooling down from the episode before. */
export interface Pending extends Hold {
  readonly status: "pending";
}

export interface Firing {
  readonly status: "firing";
  readonly episodeId: string;
  /** Epoch ms. */
  readonly firedAt: number;
  /** The watch then. */
  readonly firedMs: number;
  /** How often it was said to have become stronger: at 1.5 and at 2 times the threshold. */
  readonly level: 0 | 1 | 2;
  /** The next level, not believed yet. */
  readonly rising?: Hold;
  /** The strength that was said last, and the watch then. */
  readonly said: number;
  readonly saidMs: number;
  readonly updates: number;
}

export type Episode = Pending | Firing;

/** What is remembered of one symbol's rules between recomputes and restarts. Plain JSON. */
export interface EpisodeMemory {
  readonly version: 2;
  /** Epoch ms of the cold start. A part of every alertId, so that a lost memory repeats none. */
  readonly startedAt: number;
  readonly watch: Watch;
  /** Firings so far, of all rules. */
  readonly episodes: number;
  /** Only rules that are beyond their threshold, or not yet back from it. */
  readonly open: Readonly<Record<RuleKey, Episode>>;
  /** The watch at the newest firing, of rules that are quiet and still cool down. */
  readonly cooling: Readonly<Record<RuleKey, number>>;
  /** Why nothing was decided at the last recompute. */
  readonly held?: HoldReason;
}

/** The memory of a cold start, with which the warm-up begins. */
export function freshEpisodeMemory(now: number): EpisodeMemory {
  return { version: 2, startedAt: now, watch: startWatch(now), episodes: 0, open: {}, cooling: {} };
}

/** Where an episode ends: a tenth below its threshold, so that noise around it neither ends nor repeats it. */
export function exitLevel(threshold: number): number {
  return Math.max(1.02, 0.9 * threshold);
}

/** After this long an episode no longer keeps the reference notional on the rung (model/notional.ts) where it was. */
const rungKeptMs = 6 * 3_600_000;

/**
 * While a crossing of the reference notional is looked at or new, it must not move: another rung would look like a
 * crossing. A ratio that stays beyond somebody's low threshold for days mustn't keep it for ever.
 */
export function keepsNotional({ open, watch }: EpisodeMemory): boolean {
  return Object.entries(open).some(([rule, episode]) => {
    if (!/^(?:up|down)-auto-/.test(rule)) return false;
    return episode.status === "pending" || watch.elapsedMs - episode.firedMs < rungKeptMs;
  });
}
