import type { Phase, Script } from "./contracts.ts";

const dayMs = 86_400_000;

const calm: Phase = { name: "calm", durationMs: dayMs, priceRatio: 1, dailyVolatility: 0.02 };

/** Where the story stands at a time; ratios are against the live start's price and open interest. */
export interface Scene {
  readonly phase: Phase;
  /** Where the price is drawn to, and how long it may take. */
  readonly priceRatio: number;
  readonly remainingMs: number;
  readonly openInterestRatio: number;
}

interface Placed {
  readonly phase: Phase;
  readonly from: number;
  readonly until: number;
  readonly priceRatio: number;
  readonly openInterestFrom: number;
  readonly openInterestUntil: number;
}

function place(phases: readonly Phase[], from: number, price: number, openInterest: number): Placed[] {
  let at = from;
  let priceRatio = price;
  let held = openInterest;
  return phases.map((phase) => {
    const openInterestFrom = held;
    held *= phase.openInterestRatio ?? 1;
    priceRatio *= phase.priceRatio;
    at += phase.durationMs;
    return {
      phase,
      from: at - phase.durationMs,
      until: at,
      priceRatio,
      openInterestFrom,
      openInterestUntil: held,
    };
  });
}

const product = (ratios: readonly number[]): number => ratios.reduce((all, ratio) => all * ratio, 1);

/** A script on the world's clock; `elapsed` counts from the live start and is negative in history. */
export interface Timeline {
  readonly sceneAt: (elapsed: number) => Scene;
  /** Price and open interest at the very beginning, against those at the live start. */
  readonly first: { readonly priceRatio: number; readonly openInterestRatio: number };
}

export function createTimeline(script: Script): Timeline {
  const history = script.history;
  const start = -history.reduce((sum, phase) => sum + phase.durationMs, 0);
  const first = {
    priceRatio: 1 / product(history.map((phase) => phase.priceRatio)),
    openInterestRatio: 1 / product(history.map((phase) => phase.openInterestRatio ?? 1)),
  };
  const placed = [
    ...place(history, start, first.priceRatio, first.openInterestRatio),
    ...place(script.live, 0, 1, 1),
  ];
  const last = placed.at(-1);

  const before: Scene = { phase: calm, remainingMs: dayMs, ...first };
  const after: Scene = {
    phase: calm,
    remainingMs: dayMs,
    priceRatio: last?.priceRatio ?? 1,
    openInterestRatio: last?.openInterestUntil ?? 1,
  };
  const sceneAt = (elapsed: number): Scene => {
    if (elapsed < start) return before;
    const scene = placed.find((candidate) => elapsed < candidate.until);
    if (scene === undefined) return after;
    const progress = (elapsed - scene.from) / (scene.until - scene.from);
    return {
      phase: scene.phase,
      priceRatio: scene.priceRatio,
      remainingMs: scene.until - elapsed,
      openInterestRatio:
        scene.openInterestFrom * (scene.openInterestUntil / scene.openInterestFrom) ** progress,
    };
  };
  return { sceneAt, first };
}
