import { keptAfter } from "./fit.ts";

/** How much less deviance than a rival something had, day by day, older days forgotten. */
export interface TrackRecord {
  /** Σ d, d = a rival's deviance of a day − its own. */
  readonly gain: number;
  /** Σ d² */
  readonly square: number;
  /** Σ of the rival's deviance. */
  readonly rival: number;
}

export const noRecord: TrackRecord = { gain: 0, square: 0, rival: 0 };

export function extendRecord({ gain, square, rival }: TrackRecord, rivals: number, own: number): TrackRecord {
  const kept = keptAfter(1);
  const better = rivals - own;
  return {
    gain: gain * kept + better,
    square: square * kept * kept + better * better,
    rival: rival * kept + rivals,
  };
}

/** 1 − deviance / the rival's. */
export function skillOf({ gain, rival }: TrackRecord): number {
  return rival > 0 ? gain / rival : 0;
}

/** Better by more than days scatter: the sum is above its standard error. */
function isBetter({ gain, square }: TrackRecord): boolean {
  return gain > Math.sqrt(square);
}

/** Weights that were fitted and have to show what they are worth on days they did not know. */
export interface Candidate {
  readonly weights: readonly number[];
  /** First UTC day that it predicts. */
  readonly since: number;
  /** Days it predicted so far. */
  readonly days: number;
  readonly againstPrior: TrackRecord;
  readonly againstCurrent: TrackRecord;
}

/** Weights that passed. */
export interface Learned {
  readonly weights: readonly number[];
  /** First UTC day that they were in force. */
  readonly since: number;
  readonly againstPrior: TrackRecord;
}

export interface Contest {
  readonly learned: Learned | undefined;
  readonly candidate: Candidate | undefined;
}

export interface Decision {
  readonly kind: "adopted" | "dropped" | "kept";
  readonly reason:
    | "better than the weights in force and than the prior's"
    | "no longer better than the prior"
    | "the candidate is too young"
    | "the candidate is not better than the weights in force"
    | "the candidate is not better than the prior"
    | "no candidate yet";
  /** UTC day from which it holds. */
  readonly day: number;
  /** Of what is in force now, against the prior; 0 for the prior itself. */
  readonly skill: number;
}

const leastDays = 5;
/** By then what it was fitted to counts for half. */
const mostDays = 14;

/**
 * Judges once a day: weights are taken up when, over five days or more that they did not know, they predicted better
 * than those in force and than the prior, by more than chance; they go when they are no longer better than the prior.
 */
export function judge({ learned, candidate }: Contest, day: number): Contest & { decision: Decision } {
  const skill = learned === undefined ? 0 : skillOf(learned.againstPrior);
  if (learned !== undefined && learned.againstPrior.gain < 0) {
    const decision = { kind: "dropped", reason: "no longer better than the prior", day, skill: 0 } as const;
    return { learned: undefined, candidate: undefined, decision };
  }
  const reason = objectionTo(candidate);
  if (candidate === undefined || reason !== undefined) {
    const old = candidate !== undefined && candidate.days >= mostDays;
    const decision = { kind: "kept", reason: reason ?? "no candidate yet", day, skill } as const;
    return { learned, candidate: old ? undefined : candidate, decision };
  }
  const { weights, againstPrior } = candidate;
  return {
    learned: { weights, since: day, againstPrior },
    candidate: undefined,
    decision: {
      kind: "adopted",
      reason: "better than the weights in force and than the prior's",
      day,
      skill: skillOf(againstPrior),
    },
  };
}

function objectionTo(candidate: Candidate | undefined): Decision["reason"] | undefined {
  if (candidate === undefined) return "no candidate yet";
  if (candidate.days < leastDays) return "the candidate is too young";
  if (!isBetter(candidate.againstPrior)) return "the candidate is not better than the prior";
  return isBetter(candidate.againstCurrent)
    ? undefined
    : "the candidate is not better than the weights in force";
}
