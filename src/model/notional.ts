import { notionalWithin, type Profile } from "./profile.ts";

/** What the choice of the reference notional remembers between recomputes; plain JSON. */
export interface NotionalMemory {
  /** The rung in force; null before the first. */
  readonly notionalUsd: number | null;
  /** Another rung that the rule would choose, and since when (epoch ms) it has been the same one. */
  readonly candidate: { readonly notionalUsd: number; readonly since: number } | null;
}

export const freshNotionalMemory: NotionalMemory = { notionalUsd: null, candidate: null };

/** Steps of a power of ten: neighbours differ by 1.33 to 1.67. */
const rungs = [7, 5, 3, 2, 1.5, 1] as const;

/** The reference is within the smaller side's reach with room for the ladder's 2 × N. */
const mostShareOfSide = 0.3;
const sideReach = 0.1;

/** A new rung must stand this long before it is used. */
const rungHoldMs = 3_600_000;

/** Largest rung ≤ 30 % of the smaller of L(10 %) and S(10 %); undefined where a side is empty. */
export function referenceNotional(long: Profile, short: Profile): number | undefined {
  const smaller = Math.min(notionalWithin(long, sideReach), notionalWithin(short, sideReach));
  const most = smaller * mostShareOfSide;
  if (!(most > 0)) return undefined;
  const exponent = Math.floor(Math.log10(most));
  const rung = rungs.find((candidate) => rungAt(candidate, exponent) <= most) ?? 1;
  return rungAt(rung, exponent);
}

/** 1.5e9, not 1.5 × 10 ** 9 with its rounding: rungs are compared for equality. */
function rungAt(rung: number, exponent: number): number {
  return Number(`${rung}e${exponent}`);
}

/**
 * The memory after a recompute at `time` whose map asks for `reference`: another rung takes over once it has held
 * for an hour, and during an episode neither moves nor gathers time, so that a rung change never looks like a
 * crossing.
 */
export function rememberNotional(
  memory: NotionalMemory,
  reference: number | undefined,
  time: number,
  episodeOpen: boolean,
): NotionalMemory {
  if (reference === undefined) return { ...memory, candidate: null };
  if (memory.notionalUsd === null) return { notionalUsd: reference, candidate: null };
  if (reference === memory.notionalUsd || episodeOpen) return { ...memory, candidate: null };
  if (memory.candidate?.notionalUsd !== reference) {
    return { ...memory, candidate: { notionalUsd: reference, since: time } };
  }
  const held = time - memory.candidate.since >= rungHoldMs;
  return held ? { notionalUsd: reference, candidate: null } : memory;
}
