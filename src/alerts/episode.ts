import type { Imbalance } from "../model/types.ts";
import { judgeData, strength, type BadData, type Direction, type UsableData } from "./data.ts";
import { malformed, parseJson, type Fields } from "./read.ts";
import { advanceWatch, gapLimitMs, startWatch, type Watch } from "./watch.ts";

/** When to alert. Durations in ms, on the one clock of the process. */
export interface AlertRule {
  /** τ > 1. Fires upwards at ratio ≥ τ, downwards at ratio ≤ 1/τ. */
  readonly ratio: number;
  /** How long a crossing must hold, and at least two recomputes. */
  readonly holdMs: number;
  /** Quiet time after a firing, for each direction by itself; the end of an episode doesn't shorten it. */
  readonly cooldownMs: number;
  /** Silence after a cold start. */
  readonly warmupMs: number;
}

export interface FireDecision {
  readonly kind: "fire";
  readonly reason: "held";
  readonly direction: Direction;
  /** Safe as a part of a key: `^[A-Za-z0-9_.-]+$`. */
  readonly alertId: string;
  readonly firedAt: number;
}

export interface ResolveDecision {
  readonly kind: "resolve";
  readonly reason: "resolved";
  readonly direction: Direction;
  /** Of the resolution, which is a delivery of its own. */
  readonly alertId: string;
  readonly firedAlertId: string;
  readonly firedAt: number;
}

/** What to do after a recompute, always with why. Only `fire` and `resolve` are said to anybody. */
export type Decision =
  | { readonly kind: "quiet"; readonly reason: "below-threshold" }
  | {
      readonly kind: "pending";
      readonly reason: "pending-hold";
      readonly direction: Direction;
      readonly heldMs: number;
    }
  | FireDecision
  | {
      readonly kind: "firing";
      /** `within-hysteresis`: weaker than τ, but not back at the exit level. */
      readonly reason: "already-firing" | "within-hysteresis";
      readonly direction: Direction;
      readonly alertId: string;
      readonly firedAt: number;
    }
  | ResolveDecision
  /** Nothing may be decided now; what was pending or firing stays so. */
  | { readonly kind: "hold"; readonly reason: "warming-up" | "cooling-down" | BadData };

interface Pending {
  readonly status: "pending";
  readonly direction: Direction;
  /** Epoch ms of the first recompute beyond the threshold. */
  readonly since: number;
  readonly recomputes: number;
  /** Time between neighbouring recomputes that were both beyond; what bad data interrupts doesn't count. */
  readonly heldMs: number;
  /** The watch at the newest recompute beyond. */
  readonly seenMs: number;
  readonly interrupted: boolean;
}

interface Firing {
  readonly status: "firing";
  readonly direction: Direction;
  readonly alertId: string;
  /** Epoch ms. */
  readonly firedAt: number;
  /** τ as it was then: a changed setting doesn't end an episode. */
  readonly threshold: number;
}

/** What the rule remembers of one symbol between recomputes and restarts. Plain JSON. */
export interface EpisodeMemory {
  readonly version: 1;
  /** Epoch ms of the cold start. A part of every alertId, so that a lost memory repeats none. */
  readonly startedAt: number;
  readonly watch: Watch;
  /** Firings so far. */
  readonly episodes: number;
  /** The watch at the newest firing, by direction. */
  readonly lastFiredMs: { readonly up?: number; readonly down?: number };
  readonly state: { readonly status: "quiet" } | Pending | Firing;
}

export interface Decided {
  readonly decision: Decision;
  readonly memory: EpisodeMemory;
}

/** A crossing is believed when this many recomputes saw it. */
const neededRecomputes = 2;

/** The memory of a cold start, with which the warm-up begins. */
export function freshEpisodeMemory(now: number): EpisodeMemory {
  return {
    version: 1,
    startedAt: now,
    watch: startWatch(now),
    episodes: 0,
    lastFiredMs: {},
    state: { status: "quiet" },
  };
}

/** While an episode is open (pending or firing) the reference notional must not move: a change of rung would look like a crossing. */
export function hasOpenEpisode(memory: EpisodeMemory): boolean {
  return memory.state.status !== "quiet";
}

/**
 * The alert rule, for one symbol and one recompute. Pure: the same arguments give the same decision. Bad data
 * (stale, thin, one-sided or without sound numbers) never fires, never resolves and never advances a hold; a
 * pending crossing outlives it, unless the gap between two good recomputes gets too long (`gapLimitMs`).
 * Throws on a threshold that isn't above 1.
 */
export function decideAlert(
  memory: EpisodeMemory,
  imbalance: Imbalance,
  rule: AlertRule,
  now: number,
): Decided {
  if (!(rule.ratio > 1)) throw new RangeError(`an alert ratio must be above 1, not ${rule.ratio}`);
  if (!Number.isFinite(now)) return { decision: { kind: "hold", reason: "invalid-number" }, memory };
  const gapMs = gapLimitMs(memory.watch, rule.holdMs);
  const at = { ...memory, watch: advanceWatch(memory.watch, now, gapMs) };
  const judged = judgeData(imbalance);
  if (!judged.usable) return { decision: { kind: "hold", reason: judged.reason }, memory: interrupt(at) };
  const seen: Seen = { symbol: imbalance.symbol, data: judged.data, rule, gapMs, now };
  if (at.state.status === "firing") return decideFiring(at, at.state, seen);
  if (at.watch.elapsedMs < rule.warmupMs) {
    return { decision: { kind: "hold", reason: "warming-up" }, memory: at };
  }
  return decideArmed(at, seen);
}

/** One recompute, as the steps below need it. */
interface Seen {
  readonly symbol: string;
  readonly data: UsableData;
  readonly rule: AlertRule;
  readonly gapMs: number;
  readonly now: number;
}

function interrupt(memory: EpisodeMemory): EpisodeMemory {
  if (memory.state.status !== "pending") return memory;
  return { ...memory, state: { ...memory.state, interrupted: true } };
}

/** Both the ratio and its mean have to leave the exit level behind, as both had to cross to fire. */
function decideFiring(memory: EpisodeMemory, firing: Firing, seen: Seen): Decided {
  const { direction, alertId, firedAt, threshold } = firing;
  const { weakest, strongest } = strengths(seen.data, direction);
  if (strongest >= exitLevel(threshold)) {
    const reason = weakest >= threshold ? "already-firing" : "within-hysteresis";
    return { decision: { kind: "firing", reason, direction, alertId, firedAt }, memory };
  }
  const decision: Decision = {
    kind: "resolve",
    reason: "resolved",
    direction,
    alertId: `${alertId}-resolved`,
    firedAlertId: alertId,
    firedAt,
  };
  return { decision, memory: { ...memory, state: pendingOrQuiet(memory, seen) } };
}

function decideArmed(memory: EpisodeMemory, seen: Seen): Decided {
  const state = pendingOrQuiet(memory, seen);
  const waiting = { ...memory, state };
  if (state.status === "quiet") {
    return { decision: { kind: "quiet", reason: "below-threshold" }, memory: waiting };
  }
  const { direction, heldMs, recomputes } = state;
  if (isCooling(memory, direction, seen.rule)) {
    return { decision: { kind: "hold", reason: "cooling-down" }, memory: waiting };
  }
  if (recomputes < neededRecomputes || heldMs < seen.rule.holdMs) {
    return { decision: { kind: "pending", reason: "pending-hold", direction, heldMs }, memory: waiting };
  }
  return fire(memory, direction, seen);
}

function fire(memory: EpisodeMemory, direction: Direction, { symbol, rule, now }: Seen): Decided {
  const episodes = memory.episodes + 1;
  const id = `${symbol}-${rule.ratio}x-${direction}-${memory.startedAt.toString(36)}-${episodes}`;
  const alertId = id.replace(/[^A-Za-z0-9_.-]/g, "_");
  return {
    decision: { kind: "fire", reason: "held", direction, alertId, firedAt: now },
    memory: {
      ...memory,
      episodes,
      lastFiredMs: { ...memory.lastFiredMs, [direction]: memory.watch.elapsedMs },
      state: { status: "firing", direction, alertId, firedAt: now, threshold: rule.ratio },
    },
  };
}

function pendingOrQuiet(memory: EpisodeMemory, seen: Seen): Pending | { readonly status: "quiet" } {
  const direction = crossedDirection(seen.data, seen.rule.ratio);
  if (direction === undefined) return { status: "quiet" };
  const { state, watch } = memory;
  const sinceSeenMs = state.status === "pending" ? watch.elapsedMs - state.seenMs : 0;
  const seenNow = { status: "pending", direction, seenMs: watch.elapsedMs, interrupted: false } as const;
  if (state.status !== "pending" || state.direction !== direction || sinceSeenMs > seen.gapMs) {
    return { ...seenNow, since: seen.now, recomputes: 1, heldMs: 0 };
  }
  const heldMs = state.heldMs + (state.interrupted ? 0 : sinceSeenMs);
  return { ...seenNow, since: state.since, recomputes: state.recomputes + 1, heldMs };
}

function crossedDirection(data: UsableData, threshold: number): Direction | undefined {
  if (strengths(data, "up").weakest >= threshold) return "up";
  return strengths(data, "down").weakest >= threshold ? "down" : undefined;
}

/** The ratio at the reference notional and the mean around it: one lucky notional mustn't decide alone. */
function strengths(data: UsableData, direction: Direction): { weakest: number; strongest: number } {
  const both = [strength(data.ratio, direction), strength(data.ratioMean, direction)];
  return { weakest: Math.min(...both), strongest: Math.max(...both) };
}

/** Where an episode ends: a tenth below its threshold, so that noise around it neither ends nor repeats it. */
function exitLevel(threshold: number): number {
  return Math.max(1.02, 0.9 * threshold);
}

function isCooling(memory: EpisodeMemory, direction: Direction, rule: AlertRule): boolean {
  const firedMs = memory.lastFiredMs[direction];
  return firedMs !== undefined && memory.watch.elapsedMs - firedMs < rule.cooldownMs;
}

/**
 * The memory that was kept as JSON (text, or parsed already). What can't be read, or is of another version, is
 * answered with a fresh one and the reason: that costs a warm-up, never a wrong alert.
 */
export function parseEpisodeMemory(json: unknown, now: number): { memory: EpisodeMemory; reason?: string } {
  const parsed = parseJson(json, readMemory);
  return parsed.ok ? { memory: parsed.value } : { memory: freshEpisodeMemory(now), reason: parsed.reason };
}

function readMemory(fields: Fields): EpisodeMemory {
  if (fields.number("version") !== 1) return malformed(`its version is ${fields.number("version")}, not 1`);
  const watch = fields.object("watch");
  const fired = fields.object("lastFiredMs");
  return {
    version: 1,
    startedAt: fields.number("startedAt"),
    watch: {
      wallAt: watch.number("wallAt"),
      elapsedMs: watch.number("elapsedMs"),
      stepMs: watch.number("stepMs"),
      owedMs: watch.number("owedMs"),
    },
    episodes: fields.count("episodes"),
    lastFiredMs: {
      ...(fired.has("up") && { up: fired.number("up") }),
      ...(fired.has("down") && { down: fired.number("down") }),
    },
    state: readState(fields.object("state")),
  };
}

function readState(fields: Fields): EpisodeMemory["state"] {
  const status = fields.oneOf("status", ["quiet", "pending", "firing"]);
  if (status === "quiet") return { status };
  const direction = fields.oneOf("direction", ["up", "down"]);
  if (status === "firing") {
    const threshold = fields.positive("threshold");
    return {
      status,
      direction,
      alertId: fields.text("alertId"),
      firedAt: fields.number("firedAt"),
      threshold,
    };
  }
  return {
    status,
    direction,
    since: fields.number("since"),
    recomputes: fields.count("recomputes"),
    heldMs: fields.number("heldMs"),
    seenMs: fields.number("seenMs"),
    interrupted: fields.boolean("interrupted"),
  };
}
