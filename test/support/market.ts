import * as fc from "fast-check";
import type { Bar, RiskTier, SeriesSpec } from "../../src/model/types.ts";

export const fiveMinutes = 300_000;

/** Flat margin table: one rate whatever the size. */
export const oneTier: readonly RiskTier[] = [
  { floorNotional: 0, capNotional: Infinity, maintenanceMarginRate: 0.004, maxLeverage: 125 },
];

export function aSpec(change: Partial<SeriesSpec> = {}): SeriesSpec {
  return {
    venue: "binanceusdm",
    symbol: "BTC",
    market: "BTC/USDT:USDT",
    contractType: "linear",
    intervalMs: fiveMinutes,
    riskTiers: oneTier,
    liquidationFeeRate: 0,
    ...change,
  };
}

/** One bar of a walk, in shares: of the last price, and of the open interest and the volume before. */
export interface WalkStep {
  readonly move: number;
  readonly wickUp: number;
  readonly wickDown: number;
  /** Of open interest. */
  readonly volume: number;
  /** Of that volume, −1 to 1. */
  readonly change: number;
}

/** Bars that a sound venue could send: whatever the steps, open interest never moves by more than the volume. */
export function walkBars(steps: readonly WalkStep[], price = 1e5, openInterest = 8e4): Bar[] {
  let open = price;
  let held = openInterest;
  return steps.map((step, index) => {
    const close = open * Math.exp(step.move);
    const high = Math.max(open, close) * Math.exp(step.wickUp);
    const low = Math.min(open, close) * Math.exp(-step.wickDown);
    const volume = held * step.volume;
    held += volume * step.change;
    const bar = { openTime: index * fiveMinutes, open, high, low, close, volume, openInterest: held };
    open = close;
    return bar;
  });
}

export const anyStep: fc.Arbitrary<WalkStep> = fc.record({
  move: fc.double({ min: -0.03, max: 0.03, noNaN: true }),
  wickUp: fc.double({ min: 0, max: 0.02, noNaN: true }),
  wickDown: fc.double({ min: 0, max: 0.02, noNaN: true }),
  volume: fc.oneof(
    { weight: 9, arbitrary: fc.double({ min: 0, max: 0.2, noNaN: true }) },
    fc.constantFrom(0, 5e-324, 1e-300),
  ),
  change: fc.double({ min: -0.9, max: 0.9, noNaN: true }),
});

export function anyWalk(minLength = 2, maxLength = 12): fc.Arbitrary<Bar[]> {
  return fc.array(anyStep, { minLength, maxLength }).map((steps) => walkBars(steps));
}

/** A quiet market that goes on for `count` bars around `price`, enough to fill the map on both sides. */
export function steadyBars(count: number, price = 1e5): Bar[] {
  return walkBars(
    Array.from({ length: count }, (_, i) => ({
      move: 0.004 * Math.sin(i / 3),
      wickUp: 0.001,
      wickDown: 0.001,
      volume: 0.01,
      change: 0,
    })),
    price,
  );
}

/** Bit for bit, and far faster than a deep comparison. */
export function sameBits(one: ArrayBufferView, other: ArrayBufferView): boolean {
  return Buffer.compare(bytesOf(one), bytesOf(other)) === 0;
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
