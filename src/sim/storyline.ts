import type { Phase, Script, Storyline } from "./contracts.ts";

const minutes = (count: number): number => count * 60_000;
const hours = (count: number): number => minutes(60 * count);

/** Nothing happens but trade. */
export const quietStoryline: Storyline = { script: { history: [], live: [] }, faults: [] };

const phase = (name: string, durationMs: number, priceRatio: number, more: Partial<Phase> = {}): Phase => ({
  name,
  durationMs,
  priceRatio,
  dailyVolatility: 0.015,
  ...more,
});

/**
 * A fall washed the longs out and shorts piled up at the lows. The price creeps up towards their liquidations,
 * squeezes them, everybody chases, and a small slip brings the new longs' own liquidations near.
 */
const squeezeThenFlush: Script = {
  history: [
    phase("high", hours(30), 1.005),
    phase("fall", hours(4), 0.93, { activity: 3, dailyVolatility: 0.025 }),
    phase("shorts pile up", hours(24), 1, {
      activity: 4,
      shortCrowding: 1.3,
      openInterestRatio: 1.2,
      dailyVolatility: 0.01,
    }),
    phase("first bids", hours(1), 1.004),
  ],
  live: [
    phase("hesitation", minutes(3), 1, { dailyVolatility: 0.01 }),
    phase("creep", minutes(3), 1.035, { dailyVolatility: 0.01 }),
    phase("coil", minutes(6), 1.003, { dailyVolatility: 0.008 }),
    phase("squeeze", minutes(9), 1.022, { activity: 4, dailyVolatility: 0.02 }),
    phase("late longs", minutes(16), 1.002, {
      activity: 60,
      longCrowding: 1.4,
      openInterestRatio: 1.25,
      dailyVolatility: 0.01,
    }),
    phase("slip", minutes(4), 0.967, { activity: 2, dailyVolatility: 0.01 }),
    phase("nobody blinks", minutes(7), 0.996, { activity: 2, dailyVolatility: 0.008 }),
    phase("flush", minutes(9), 0.955, { activity: 4, dailyVolatility: 0.03 }),
    phase("settling", hours(2), 1.005, { activity: 2 }),
  ],
};

/** The mirror, later and quieter: shorts were squeezed, longs crowd at the highs, and a slip brings theirs near. */
const flush: Script = {
  history: [
    phase("low", hours(30), 0.995),
    phase("rise", hours(4), 1.075, { activity: 3, dailyVolatility: 0.025 }),
    phase("longs crowd in", hours(25), 1, {
      activity: 4,
      longCrowding: 1.3,
      openInterestRatio: 1.2,
      dailyVolatility: 0.01,
    }),
  ],
  live: [
    phase("ease", minutes(18), 1.001, { dailyVolatility: 0.01 }),
    phase("slip", minutes(4), 0.966, { activity: 1.5, dailyVolatility: 0.01 }),
    phase("hang", minutes(6), 0.999, { activity: 1.5, dailyVolatility: 0.008 }),
    phase("flush", minutes(10), 0.965, { activity: 4, dailyVolatility: 0.03 }),
    phase("settling", hours(2), 1.005, { activity: 2 }),
  ],
};

/** A range in which neither side is near. */
const range: Script = {
  history: [phase("range", hours(72), 1, { dailyVolatility: 0.008 })],
  live: [phase("range", hours(24), 1, { dailyVolatility: 0.008 })],
};

/**
 * The demo, sixty minutes of it: a build-up and a short-squeeze alert on BTC within ten minutes, a flush alert on
 * ETH after twenty and on BTC after forty, SOL for comparison, and one venue that fails and comes back.
 */
export const demoStoryline: Storyline = {
  script: range,
  symbols: { BTC: squeezeThenFlush, ETH: flush },
  faults: [{ venue: "bybit", kind: "bad-gateway", fromMs: minutes(13), untilMs: minutes(22) }],
};

/** As much history as the demo's scripts tell. */
export const demoHistoryMs = hours(72);
