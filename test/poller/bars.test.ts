import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CandleRow } from "../../src/poller/adapter.ts";
import { type Assembly, assemble, settleMs } from "../../src/poller/bars.ts";
import { barMs, markOf, noon, truth } from "./world.ts";

const row = (index: number): CandleRow => ({
  openTime: noon + index * barMs,
  ...truth.candle(noon + index * barMs),
});

interface Scene {
  readonly count: number;
  readonly cursor: number | undefined;
  readonly known: readonly boolean[];
  readonly marked: readonly boolean[];
  readonly lateMs: number;
}

const scenes: fc.Arbitrary<Scene> = fc.integer({ min: 1, max: 12 }).chain((count) =>
  fc.record({
    count: fc.constant(count),
    cursor: fc.option(fc.integer({ min: -2, max: count }), { nil: undefined }),
    known: fc.array(fc.boolean(), { minLength: count, maxLength: count }),
    marked: fc.array(fc.boolean(), { minLength: count, maxLength: count }),
    lateMs: fc.integer({ min: 0, max: 2 * settleMs }),
  }),
);

function assemblyOf({ count, cursor, known, marked, lateMs }: Scene): Assembly {
  const candles = Array.from({ length: count }, (_, index) => row(index));
  const last = noon + (count - 1) * barMs;
  return {
    candles,
    cursor: cursor === undefined ? undefined : noon + cursor * barMs,
    openInterest: new Map(
      candles
        .filter((_, index) => known[index])
        .map(({ openTime }) => [openTime + barMs, truth.openInterest(openTime)]),
    ),
    marks: new Map(
      candles
        .filter((_, index) => marked[index])
        .map((candle) => [candle.openTime, { openTime: candle.openTime, ...markOf(candle) }]),
    ),
    longShortRatio: new Map(),
    fundingRate: new Map(),
    liquidations: new Map(),
    awaited: { openInterest: true, marks: true },
    samples: [],
    live: { openInterest: 5, fundingRate: undefined },
    now: last + lateMs,
  };
}

describe("assemble", () => {
  it("leaves nothing after the cursor out and tells nothing twice", () => {
    fc.assert(
      fc.property(scenes, (scene) => {
        const assembly = assemblyOf(scene);
        const { closedBars, formingBar } = assemble(assembly);
        const wanted = assembly.candles.filter(({ openTime }) => openTime > (assembly.cursor ?? -Infinity));
        const told = [...closedBars, ...(formingBar === undefined ? [] : [formingBar])];
        expect(volume(told)).toBeCloseTo(volume(wanted), 6);
        expect(told.map((bar) => bar.openTime)).toEqual(
          wanted.slice(0, told.length).map((bar) => bar.openTime),
        );
      }),
    );
  });

  it("never hands over a bar that lacks something it may still get", () => {
    fc.assert(
      fc.property(scenes, (scene) => {
        const assembly = assemblyOf(scene);
        for (const bar of assemble(assembly).closedBars) {
          const whole = bar.openInterest !== undefined && bar.markHigh !== undefined;
          expect(whole || assembly.now >= bar.openTime + barMs + settleMs).toBe(true);
        }
      }),
    );
  });

  it("never closes a bar before the venue has shown a newer one", () => {
    fc.assert(
      fc.property(scenes, (scene) => {
        const assembly = assemblyOf({ ...scene, lateMs: Math.min(scene.lateMs, barMs - 1) });
        const newest = assembly.candles.at(-1)?.openTime;
        expect(assemble(assembly).closedBars.some((bar) => bar.openTime === newest)).toBe(false);
      }),
    );
  });

  it("takes the venue's word that a candle is final, and closes a silent market's last bar in time", () => {
    const complete = assemblyOf({
      count: 1,
      cursor: undefined,
      known: [true],
      marked: [true],
      lateMs: barMs + 1_000,
    });
    expect(assemble(complete).closedBars).toHaveLength(0);
    const confirmed = { ...complete, candles: [{ ...row(0), confirmed: true }] };
    expect(assemble(confirmed).closedBars).toHaveLength(1);
    const silent = { ...complete, now: noon + barMs + settleMs };
    expect(assemble(silent)).toEqual({ closedBars: [expect.objectContaining({ openTime: noon })] });
  });

  it("joins taker volume only where every part has it", () => {
    const scene = { count: 2, cursor: undefined, known: [false, false], marked: [false, false], lateMs: 0 };
    const [first, second] = [row(0), row(1)];
    const both = [
      { ...first, takerBuyVolume: 3 },
      { ...second, takerBuyVolume: 4 },
    ];
    expect(assemble({ ...assemblyOf(scene), candles: both }).formingBar?.takerBuyVolume).toBe(7);
    const one = [{ ...first, takerBuyVolume: 3 }, second];
    expect(assemble({ ...assemblyOf(scene), candles: one }).formingBar).not.toHaveProperty("takerBuyVolume");
  });
});

function volume(bars: readonly { readonly volume: number }[]): number {
  return bars.reduce((sum, bar) => sum + bar.volume, 0);
}
