import type { Random } from "../../src/sim/random.ts";

/** Something that goes wrong at a time, ms after the start. */
export type Blow =
  | { readonly atMs: number; readonly kind: "kill"; readonly victim: number }
  /** Stopped for longer than a takeover takes, then let go on: it must not repeat what others sent. */
  | { readonly atMs: number; readonly kind: "freeze"; readonly victim: number; readonly forMs: number }
  | { readonly atMs: number; readonly kind: "kill-redis"; readonly downMs: number };

export interface PlanOptions {
  readonly random: Random;
  readonly durationMs: number;
  /** Processes that can be struck. */
  readonly processes: number;
  /** Notifiers among them, the first ones: only they are frozen. */
  readonly notifiers: number;
  readonly killEveryMs: readonly [least: number, most: number];
  readonly redisEveryMs: number;
  readonly freezeEveryMs: number;
}

/** A process that was frozen for this long has lost what it had claimed. */
const freezeMs = 15_000;

/** What goes wrong when: the same seed gives the same plan. */
export function planBlows(options: PlanOptions): readonly Blow[] {
  const { random, durationMs, processes, notifiers } = options;
  const blows: Blow[] = [];
  const [least, most] = options.killEveryMs;
  for (let at = between(random, least, most); at < durationMs; at += between(random, least, most))
    blows.push({ atMs: at, kind: "kill", victim: Math.floor(random.next() * processes) });
  for (let at = options.redisEveryMs; at < durationMs; at += options.redisEveryMs)
    blows.push({ atMs: at, kind: "kill-redis", downMs: between(random, 500, 3_000) });
  for (let at = options.freezeEveryMs; at < durationMs; at += options.freezeEveryMs) {
    const victim = Math.floor(random.next() * notifiers);
    blows.push({ atMs: at, kind: "freeze", victim, forMs: freezeMs });
  }
  return blows.toSorted((a, b) => a.atMs - b.atMs);
}

function between(random: Random, least: number, most: number): number {
  return Math.round(least + random.next() * (most - least));
}
