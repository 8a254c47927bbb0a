import { describe, expect, it } from "vitest";
import type { VenueLevels } from "../../src/model/levels.ts";
import { createNullMap, nullOpenInterest } from "../../src/model/nullMap.ts";
import { decodePath, encodePath } from "../../src/model/pathSnapshot.ts";
import { createPath, extendPath, pathHour, pathHours, type PricePath } from "../../src/model/pricePath.ts";
import type { Bar } from "../../src/model/types.ts";
import { aSpec, fiveMinutes, sameBits, walkBars } from "../support/market.ts";

const hourMs = 3_600_000;
const dayBars = 288;

/** Falls and rises again, with volume and open interest that do what they like. */
function swing(days: number, openInterest = 8e4): Bar[] {
  const steps = Array.from({ length: days * dayBars }, (_, i) => ({
    move: 0.002 * Math.sin(i / 100) + 0.001 * Math.sin(i / 7),
    wickUp: 0.001,
    wickDown: 0.001,
    volume: 0.01,
    change: 0.3 * Math.sin(i / 50),
  }));
  return walkBars(steps, 1e5, openInterest);
}

function pathOf(bars: readonly Bar[], path: PricePath = createPath()): PricePath {
  for (const bar of bars) extendPath(path, bar, fiveMinutes);
  return path;
}

describe("a path's memory", () => {
  it("holds an hour's extremes of the mark and its last price", () => {
    const risen = swing(1).slice(0, 24);
    // the hour's highest and lowest come in its middle
    const bars = risen.map((bar, i) => (i === 17 ? { ...bar, high: 1.2e5, low: 8e4 } : bar));
    const path = pathOf(bars.map((bar) => ({ ...bar, markHigh: bar.high, markLow: bar.low })));
    const hour = bars.slice(12, 24);
    expect(pathHour(path, 1)?.high).toBeCloseTo(Math.max(...hour.map(({ high }) => high)), 0);
    expect(pathHour(path, 1)?.low).toBeCloseTo(Math.min(...hour.map(({ low }) => low)), 0);
    expect(pathHour(path, 1)?.close).toBeCloseTo(hour.at(-1)?.close ?? NaN, 0);
    expect(pathHour(path, 2)).toBeUndefined();
  });

  it("forgets what is older than two weeks, and knows nothing of hours that are missing", () => {
    const bars = swing(20);
    const path = pathOf(bars.filter(({ openTime }) => Math.floor(openTime / hourMs) !== 400));
    const newest = 20 * 24 - 1;
    expect(pathHour(path, newest)).toBeDefined();
    expect(pathHour(path, newest - pathHours + 1)).toBeDefined();
    expect(pathHour(path, newest - pathHours)).toBeUndefined();
    expect(pathHour(path, 400)).toBeUndefined();
    expect(pathHour(path, 401)).toBeDefined();
  });

  it("survives a gap of any length", () => {
    const [first, second] = swing(1);
    if (first === undefined || second === undefined) throw new Error("no bars");
    const path = pathOf([first, { ...second, openTime: 1000 * 24 * hourMs }]);
    expect(path.newest).toBe(24_000);
    expect(pathHour(path, 23_999)).toBeUndefined();
    expect(pathHour(path, 0)).toBeUndefined();
  });

  it("is lossless in bytes, and refused when a byte is wrong", () => {
    const path = pathOf(swing(3));
    const bytes = encodePath(path);
    const decoded = decodePath(bytes);
    expect(decoded?.newest).toBe(path.newest);
    expect(sameBits(decoded?.prices ?? new Float32Array(), path.prices)).toBe(true);
    for (const at of [0, 5, 9, 100]) {
      const damaged = bytes.slice();
      damaged[at] = (damaged[at] ?? 0) ^ 1;
      expect(decodePath(damaged)).toBeUndefined();
    }
    expect(decodePath(bytes.subarray(1))).toBeUndefined();
  });
});

describe("a null map", () => {
  const price = swing(6).at(-1)?.close ?? NaN;

  it("is unknown before there is a day of prices", () => {
    expect(createNullMap(aSpec()).levels(pathOf(swing(1)), price)).toBeUndefined();
    expect(createNullMap(aSpec()).levels(createPath(), price)).toBeUndefined();
  });

  it("knows the path only: open interest and volume don't move it", () => {
    const one = createNullMap(aSpec()).levels(pathOf(swing(6)), price);
    const other = createNullMap(aSpec()).levels(pathOf(swing(6, 3e5)), price);
    expect(areSame(one, other)).toBe(true);
    expect(massOf(one)).toBeGreaterThan(0.2 * nullOpenInterest);
    expect(massOf(one)).toBeLessThan(2 * nullOpenInterest);
  });

  it("is the same whether it was followed hour by hour or made anew", () => {
    const bars = swing(18);
    const path = createPath();
    const followed = createNullMap(aSpec());
    for (const bar of bars) {
      extendPath(path, bar, fiveMinutes);
      if (bar.openTime % (3 * hourMs) === 0) followed.levels(path, bar.close);
    }
    expect(areSame(followed.levels(path, price), createNullMap(aSpec()).levels(path, price))).toBe(true);
  });

  it("is the same at every mark and with any weights, whatever it was asked before", () => {
    const path = createPath();
    const kept = createNullMap(aSpec());
    const weights = [0.5, 0.1, 0.3, 0.1];
    for (const bar of swing(3)) {
      extendPath(path, bar, fiveMinutes);
      if (bar.openTime < 36 * hourMs || bar.openTime % (5 * fiveMinutes) !== 0) continue;
      // the last question of a bar is the first of the next, whose path is another
      const asked = [[1e5], [bar.close], [bar.close, weights], [bar.low, weights], [1e5]] as const;
      for (const [mark, own] of asked) {
        const anew = createNullMap(aSpec()).levels(path, mark, own);
        expect(areSame(kept.levels(path, mark, own), anew)).toBe(true);
      }
      expect(kept.levels(path, 1e5)).toBe(kept.levels(path, 1e5));
    }
  });

  it("is made anew where the path's memory is an older one", () => {
    const bars = swing(6);
    const nullMap = createNullMap(aSpec());
    nullMap.levels(pathOf(bars), price);
    const older = pathOf(bars.slice(0, -30));
    expect(areSame(nullMap.levels(older, price), createNullMap(aSpec()).levels(older, price))).toBe(true);
  });
});

function massOf(levels: VenueLevels | undefined): number {
  return levels?.long.quantities.reduce((sum, quantity) => sum + quantity, 0) ?? NaN;
}

function areSame(one: VenueLevels | undefined, other: VenueLevels | undefined): boolean {
  return (["long", "short"] as const).every((side) => {
    const [own, others] = [one?.[side].quantities, other?.[side].quantities];
    return own !== undefined && others !== undefined && sameBits(own, others);
  });
}
