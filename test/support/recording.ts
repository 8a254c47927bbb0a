import type { Bar } from "../../src/model/types.ts";
import type { Recording } from "../../src/replay/recording.ts";

const intervalMs = 300_000;

/** Seeded 5m bars of a market that drifts, swings and turns over: enough for alerts on both sides. */
export function swingingBars(count: number, startAt = Date.UTC(2026, 0, 1)): Bar[] {
  const random = mulberry32(7);
  let [close, openInterest] = [100, 50_000];
  return Array.from({ length: count }, (_, index) => {
    const open = close;
    const swing = 0.004 * Math.sin(index / 90) * Math.sin(index / 17);
    close = open * Math.exp(swing + 0.002 * (random() - 0.5));
    const [high, low] = [
      Math.max(open, close) * (1 + 0.001 * random()),
      Math.min(open, close) * (1 - 0.001 * random()),
    ];
    openInterest *= 1 + 0.004 * (random() - 0.5);
    return {
      openTime: startAt + index * intervalMs,
      open,
      high,
      low,
      close,
      volume: 800 + 800 * random(),
      openInterest,
    };
  });
}

export function recordingOf(bars: readonly Bar[]): Recording {
  return {
    path: "bars.csv",
    intervalMs,
    bars,
    liquidations: undefined,
    badRows: [],
    duplicates: 0,
    outOfOrder: 0,
    gaps: [],
  };
}

/** A small generator of numbers in [0, 1): the same ones for the same seed. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
