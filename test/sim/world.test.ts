import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TrueLevel } from "../../src/sim/contracts.ts";
import { quietStoryline } from "../../src/sim/storyline.ts";
import type { OpenWorld } from "../../src/sim/world.ts";
import { barMs, dayMs, dialects, minuteMs, noon, smallWorld, wild } from "./builders.ts";

const hourMs = 3_600_000;
const sum = (levels: readonly TrueLevel[]): number => levels.reduce((all, { quantity }) => all + quantity, 0);

const contractOf = (world: OpenWorld, venue = "bybit") => {
  const contract = world.contract("BTC", venue);
  if (contract === undefined) throw new Error(`no ${venue}`);
  return contract;
};

describe("the world", () => {
  test("is the same for equal seeds, however often it is asked", () => {
    const asked = smallWorld();
    for (let time = noon; time <= noon + hourMs; time += 7_000) asked.advanceTo(time);
    asked.advanceTo(noon + hourMs);
    const slept = smallWorld();
    slept.advanceTo(noon + hourMs);
    expect(asked.now()).toBe(slept.now());
    expect(asked.truth("BTC")).toEqual(slept.truth("BTC"));
    expect(asked.liquidations("BTC", "okx")).toEqual(slept.liquidations("BTC", "okx"));
    expect(contractOf(asked).candles(minuteMs, 0, Infinity)).toEqual(
      contractOf(slept).candles(minuteMs, 0, Infinity),
    );
    expect(smallWorld({ seed: 6 }).truth("BTC")).not.toEqual(smallWorld().truth("BTC"));
  });

  test("leaves a symbol as it was when another is added", () => {
    const alone = smallWorld();
    const together = smallWorld({ symbols: ["SOL", "BTC"] });
    expect(together.truth("BTC")).toEqual(alone.truth("BTC"));
  });

  test("tells the same story where inverse contracts are listed too, each with a crowd of its own", () => {
    const linear = smallWorld();
    const both = smallWorld({ inverse: true });
    for (const world of [linear, both]) world.advanceTo(noon + hourMs);
    for (const { id } of dialects.map(({ profile }) => profile))
      expect(both.truth("BTC", id)).toEqual(linear.truth("BTC", id));
    expect(both.contractsAt("okx").map(({ instrument }) => instrument.contractUsd)).toEqual([undefined, 100]);
    expect(both.contractsAt("binanceusdm")).toHaveLength(1);
    const [inverse, beside] = [both.truth("BTC", "okx:inverse"), both.truth("BTC", "okx")];
    expect(inverse.markPrice / beside.markPrice).toBeCloseTo(1, 2);
    expect(inverse.openInterest / beside.openInterest).toBeCloseTo(0.15, 1);
    expect(both.liquidations("BTC", "okx:inverse").length).toBeGreaterThan(0);
    const parts = ["binanceusdm", "bybit", "okx", "bybit:inverse", "okx:inverse"];
    const all = parts.reduce((total, id) => total + both.truth("BTC", id).openInterest, 0);
    expect(both.truth("BTC").openInterest).toBeCloseTo(all, 6);
    expect(() => linear.truth("BTC", "okx:inverse")).toThrow("the world has no okx:inverse");
  });

  test("ignores a time that has passed", () => {
    const world = smallWorld();
    world.advanceTo(noon + hourMs);
    const before = world.truth("BTC");
    world.advanceTo(noon);
    expect(world.truth("BTC")).toEqual(before);
  });

  test("never runs ahead of the time it is told", () => {
    const world = smallWorld();
    world.advanceTo(noon + 19_999);
    expect(world.now()).toBe(noon + 10_000);
  });

  test("begins on the last whole step before the clock's time", () => {
    expect(smallWorld({ startAt: noon + 123_456 })).toMatchObject({ startAt: noon + 120_000 });
  });

  test("has no truth for what it doesn't hold", () => {
    expect(() => smallWorld().truth("DOGE")).toThrow("the world has no DOGE");
    expect(() => smallWorld().truth("BTC", "kraken")).toThrow("the world has no kraken");
  });

  test("shows longs below the mark and shorts above, nearest first, no more than there is open interest", () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 0, max: 6 * 3_600 }), (seed, seconds) => {
        const world = smallWorld({ seed, historyMs: 2 * hourMs });
        world.advanceTo(noon + seconds * 1_000);
        for (const venue of world.venues) {
          const truth = world.truth("BTC", venue);
          const prices = [...truth.long.toReversed(), { price: truth.markPrice }, ...truth.short];
          const found = prices.map(({ price }) => price);
          expect(found).toEqual(found.toSorted((a, b) => a - b));
          expect(sum(truth.long) + truth.hedgedLong).toBeLessThanOrEqual(truth.openInterest * (1 + 1e-9));
          // a short always has a price that takes it
          expect(sum(truth.short) + truth.hedgedShort).toBeCloseTo(truth.openInterest, 6);
        }
      }),
      { numRuns: 25 },
    );
  });

  test("adds venues up in the common truth", () => {
    const world = smallWorld();
    const venues = world.venues.map((venue) => world.truth("BTC", venue));
    const all = world.truth("BTC");
    expect(all.openInterest).toBeCloseTo(
      venues.reduce((total, { openInterest }) => total + openInterest, 0),
      6,
    );
    expect(all.long).toHaveLength(venues.reduce((total, { long }) => total + long.length, 0));
    expect(all.markPrice).toBe(world.truth("BTC", "binanceusdm").markPrice);
  });

  test("liquidates only where the mark went, and says so in the minute it happened", () => {
    const world = smallWorld();
    world.advanceTo(noon + 6 * hourMs);
    for (const venue of world.venues) {
      const candles = contractOf(world, venue).candles(minuteMs, noon, Infinity);
      const events = world.liquidations("BTC", venue).filter(({ time }) => time > noon);
      expect(events.length).toBeGreaterThan(10);
      for (const { time, triggerPrice, bankruptcyPrice, liquidatedSide } of events) {
        // a step's last millisecond belongs to the candle the step was in
        const candle = candles.find(({ openTime }) => openTime < time && time <= openTime + minuteMs);
        expect(candle?.mark.low).toBeLessThanOrEqual(triggerPrice);
        expect(candle?.mark.high).toBeGreaterThanOrEqual(triggerPrice);
        const isBeyond =
          liquidatedSide === "long" ? bankruptcyPrice < triggerPrice : bankruptcyPrice > triggerPrice;
        expect(isBeyond).toBe(true);
      }
    }
  });

  test("takes positions off the map when they are liquidated", () => {
    const world = smallWorld({ storyline: quietStoryline });
    const nearest = (): number => world.truth("BTC", "bybit").long[0]?.price ?? 0;
    const seen = new Set<number>();
    for (let hour = 0; hour < 12; hour += 1) {
      world.advanceTo(noon + hour * hourMs);
      seen.add(nearest());
      const gone = world.liquidations("BTC", "bybit").map(({ triggerPrice }) => triggerPrice);
      expect(gone).not.toContain(nearest());
    }
    expect(seen.size).toBeGreaterThan(1);
  });

  test.each([
    ["1m", minuteMs],
    ["5m", barMs],
    ["1h", hourMs],
  ])("history and live make one row of %s candles: each opens where the last closed", (_name, intervalMs) => {
    const world = smallWorld();
    world.advanceTo(noon + 2 * hourMs + 70_000);
    const candles = contractOf(world).candles(intervalMs, noon - 3 * hourMs, Infinity);
    expect(candles[0]?.openTime).toBe(noon - 3 * hourMs);
    candles.slice(1).forEach((candle, index) => {
      const before = candles[index];
      expect(candle.openTime).toBe((before?.openTime ?? 0) + intervalMs);
      expect(candle.open).toBe(before?.close);
      expect(candle.mark.open).toBe(before?.mark.close);
    });
    for (const { open, high, low, close, volume, takerBuyVolume } of candles) {
      expect([low, open, high].toSorted((a, b) => a - b)).toEqual([low, open, high]);
      expect([low, close, high].toSorted((a, b) => a - b)).toEqual([low, close, high]);
      expect(takerBuyVolume).toBeLessThanOrEqual(volume);
    }
  });

  test("coarse candles hold what the fine ones hold", () => {
    const world = smallWorld();
    const fine = contractOf(world).candles(minuteMs, noon - hourMs, noon);
    const coarse = contractOf(world).candles(hourMs, noon - hourMs, noon);
    expect(coarse).toHaveLength(1);
    expect(coarse[0]?.high).toBe(Math.max(...fine.map(({ high }) => high)));
    expect(coarse[0]?.volume).toBeCloseTo(
      fine.reduce((total, { volume }) => total + volume, 0),
      6,
    );
  });

  test("coarse candles open on the clock's own marks, wherever history begins", () => {
    const world = smallWorld({ historyMs: 1.5 * hourMs });
    const times = contractOf(world)
      .candles(hourMs, 0, Infinity)
      .map(({ openTime }) => openTime);
    expect(times).toEqual([noon - 2 * hourMs, noon - hourMs]);
  });

  test("samples positioning at every bar's close, as soon as the bar is closed", () => {
    const world = smallWorld();
    world.advanceTo(noon + 2 * barMs);
    const samples = contractOf(world).samples(noon - barMs, Infinity);
    expect(samples.map(({ time }) => time)).toEqual([noon - barMs, noon, noon + barMs, noon + 2 * barMs]);
    expect(samples.at(-1)?.openInterest).toBe(world.truth("BTC", "bybit").openInterest);
    expect(
      samples.every(({ accountRatio, topPositionRatio }) => accountRatio > 0 && topPositionRatio > 0),
    ).toBe(true);
  });

  test("volume bounds what open interest can do between two samples", () => {
    const world = smallWorld();
    const contract = contractOf(world);
    const samples = contract.samples(0, Infinity);
    samples.slice(1).forEach(({ time, openInterest }, index) => {
      const [bar] = contract.candles(barMs, time - barMs, time);
      const change = Math.abs(openInterest - (samples[index]?.openInterest ?? Number.NaN));
      expect(change).toBeLessThanOrEqual(bar?.volume ?? 0);
    });
  });

  test("settles funding every eight hours", () => {
    const times = contractOf(smallWorld({ historyMs: dayMs }))
      .fundings()
      .map(({ time }) => time);
    expect(times).toEqual([noon - 20 * hourMs, noon - 12 * hourMs, noon - 4 * hourMs]);
  });

  test("brings the price where the script says", () => {
    const world = smallWorld({
      storyline: {
        script: {
          history: [{ name: "fall", durationMs: 6 * hourMs, priceRatio: 0.9, dailyVolatility: 0.02 }],
          live: [{ name: "rise", durationMs: hourMs, priceRatio: 1.05, dailyVolatility: 0.02 }],
        },
        faults: [],
      },
    });
    const start = world.truth("BTC").markPrice;
    expect(start / 84_000).toBeCloseTo(1, 2);
    const [first] = contractOf(world).candles(barMs, noon - 6 * hourMs, noon);
    expect(first === undefined ? 0 : start / first.open).toBeCloseTo(0.9, 1);
    world.advanceTo(noon + hourMs);
    expect(world.truth("BTC").markPrice / 84_000).toBeCloseTo(1.05, 2);
  });

  test("breaks a venue by script and mends it, and by hand whatever the script says", () => {
    const faults = [{ venue: "bybit", kind: "html", fromMs: minuteMs, untilMs: 2 * minuteMs }] as const;
    const world = smallWorld({ storyline: { ...wild, faults } });
    const seen = [0, 60_000, 110_000, 120_000].map((elapsed) => {
      world.advanceTo(noon + elapsed);
      return world.faultOf("bybit");
    });
    expect(seen).toEqual([undefined, "html", "html", undefined]);
    world.fault("bybit", "hang");
    expect(world.faultOf("bybit")).toBe("hang");
    world.fault("bybit", undefined);
    expect(world.faultOf("bybit")).toBeUndefined();
  });

  test("knows a symbol it has never heard of", () => {
    const world = smallWorld({ symbols: ["PEPE2"], historyMs: hourMs });
    expect(world.truth("PEPE2").openInterest).toBeGreaterThan(0);
  });
});
