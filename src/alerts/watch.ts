/**
 * Time as the rule counts it, which never runs backwards. Durations (hold, cooldown, warm-up) are differences of
 * `elapsedMs`, so that a clock set back neither lengthens nor repeats them.
 */
export interface Watch {
  /** The clock at the newest decision, epoch ms. */
  readonly wallAt: number;
  readonly elapsedMs: number;
  /** The usual time between decisions; 0 before the second one. */
  readonly stepMs: number;
  /** How far the clock was set back and has not been set forward again. */
  readonly owedMs: number;
}

/** Replicas may disagree by this much without it being a change of the clock. */
const toleranceMs = 60_000;

export function startWatch(now: number): Watch {
  return { wallAt: now, elapsedMs: 0, stepMs: 0, owedMs: 0 };
}

/**
 * The watch at the next decision. A clock set back counts as no time passed; when it is later set forward again,
 * what is owed doesn't count either. Any other long step is an outage and counts in full: a cooldown must not
 * outlive a night in which nobody watched. A clock that runs ahead gets no step, because all data look old to it
 * (`decideRules`). (So only one that was behind from the first start on shortens a cooldown when it is set right.)
 */
export function advanceWatch(watch: Watch, now: number, gapMs: number): Watch {
  const step = now - watch.wallAt;
  if (step < -toleranceMs) return { ...watch, wallAt: now, owedMs: watch.owedMs - step };
  if (step < 0) return watch;
  const repaid = step > gapMs ? Math.min(watch.owedMs, step) : 0;
  return {
    wallAt: now,
    elapsedMs: watch.elapsedMs + step - repaid,
    stepMs: usualStep(watch.stepMs, step - repaid),
    owedMs: watch.owedMs - repaid,
  };
}

/** What becomes usual is at most so many times what was, or so long: within it no gap is any longer. */
const mostGrowth = 3;
const freeStepMs = 200_000;

/** An outage is no usual step: two with one look in between would be no gap. A longer interval becomes usual by and by. */
function usualStep(beforeMs: number, stepMs: number): number {
  return beforeMs > 0 ? Math.min(stepMs, Math.max(mostGrowth * beforeMs, freeStepMs)) : stepMs;
}

/** Longer without a decision is a gap: 10 minutes, or thrice the hold or the usual step where that is more. */
export function gapLimitMs(watch: Watch, holdMs: number): number {
  return Math.max(10 * 60_000, 3 * holdMs, 3 * watch.stepMs);
}
