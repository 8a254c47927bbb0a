import type { Refusal, RefusalReason } from "./change.ts";
import { leastThreshold, mostThreshold, onGrid } from "./rules.ts";
import type { Subscription } from "./subscription.ts";

/**
 * Of one destination. Who subscribes has what the configuration asks for there counted with it; that itself is never
 * refused, however much it is, nor does an import count it.
 */
export const mostSubscriptions = 50;

/** Sums watched for one symbol, by all who ask together: each is another measurement at every recompute. */
export const mostNotionals = 16;

/** USD. Below, no position of note; above, more than any contract's open interest. */
export const leastNotionalUsd = 100_000;
export const mostNotionalUsd = 1e12;

export const leastCooldownMs = 60_000;
export const mostCooldownMs = 7 * 24 * 3_600_000;

export const mostLoudPerDay = 100;

export const mostMuteMs = 366 * 24 * 3_600_000;

/** What somebody asks for; what is left out is filled in by `subscribe` (edits.ts). */
export type Wish = Pick<Subscription, "symbol" | "ratio"> &
  Partial<Pick<Subscription, "direction" | "notionalUsd" | "confidence" | "cooldownMs" | "mode">>;

/** What is true of the installation when somebody subscribes. */
export interface Limits {
  /** Those that are polled. */
  readonly symbols: readonly string[];
  /** Sums that are watched already, for the wished symbol (`notionalsOf`). */
  readonly notionalsInUse: ReadonlySet<number>;
}

/** A sum with two significant digits: 1,137,000,000 is watched as 1.1B, with whoever asked for 1.12B. */
export function roundNotional(notionalUsd: number): number {
  return Number(notionalUsd.toPrecision(2));
}

/** Thresholds and sums as they are watched. What `checkWish` accepted, stays within its limits. */
export function settled<T extends Partial<Pick<Subscription, "ratio" | "notionalUsd">>>(wish: T): T {
  const { ratio, notionalUsd } = wish;
  return {
    ...wish,
    ...(ratio !== undefined && { ratio: onGrid(ratio) }),
    ...(typeof notionalUsd === "number" && { notionalUsd: roundNotional(notionalUsd) }),
  };
}

/** Why this can't be watched; undefined where it can. */
export function checkWish(wish: Partial<Wish>, limits: Limits): Refusal | undefined {
  const { symbol, ratio, notionalUsd, cooldownMs } = wish;
  if (symbol !== undefined && !limits.symbols.includes(symbol)) {
    return refuse("refused-symbol", { symbols: limits.symbols.join(", ") });
  }
  if (ratio !== undefined && !isWithin(ratio, leastThreshold, mostThreshold)) {
    return refuse("refused-threshold", { least: String(leastThreshold), most: String(mostThreshold) });
  }
  if (cooldownMs !== undefined && !isWithin(cooldownMs, leastCooldownMs, mostCooldownMs)) {
    return refuse("refused-cooldown");
  }
  return typeof notionalUsd === "number" ? checkNotional(notionalUsd, limits) : undefined;
}

function checkNotional(notionalUsd: number, { notionalsInUse }: Limits): Refusal | undefined {
  if (!isWithin(notionalUsd, leastNotionalUsd, mostNotionalUsd)) return refuse("refused-notional");
  const isNew = !notionalsInUse.has(roundNotional(notionalUsd));
  if (!isNew || notionalsInUse.size < mostNotionals) return undefined;
  return refuse("refused-too-many-notionals", { most: String(mostNotionals) });
}

export function isWithin(value: number, least: number, most: number): boolean {
  return value >= least && value <= most;
}

export function refuse(reason: RefusalReason, args: Readonly<Record<string, string>> = {}): Refusal {
  return { kind: "refuse", reason, arguments: args };
}
