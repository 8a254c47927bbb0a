import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { scaledClock, systemClock } from "../../src/ops/clock.ts";
import { createSlots, startDeadlines } from "../../src/worker/slots.ts";

const minute = 60_000;

describe("slots", () => {
  test.each([
    ["the first millisecond opens a slot", 5 * minute, 5],
    ["the last one still belongs to it", 6 * minute - 1, 5],
    ["the next opens the next", 6 * minute, 6],
  ])("%s", (_claim, now, slot) => {
    expect(createSlots(systemClock, minute, () => now).current()).toBe(slot);
  });

  test("a faster clock cuts the machine's time into shorter ones", () => {
    expect(createSlots(scaledClock(60, 0), minute, () => 5_500)).toMatchObject({ lengthMs: 1_000 });
    expect(createSlots(scaledClock(60, 0), minute, () => 5_500).current()).toBe(5);
    expect(createSlots(scaledClock(1e9, 0), minute).lengthMs).toBe(1);
  });

  test.each([
    [minute, 0, 10_000],
    [minute, 9_999, 1],
    [minute, 10_000, minute],
    [minute, 30_000, 40_000],
    [1_000, 0, 500],
    [1_000, 500, 1_000],
  ])("with slots of %d ms the deadline is, %d ms into one, %d ms away", (length, into, left) => {
    const slots = createSlots(systemClock, length, () => 7 * length + into);
    expect(slots.until(slots.deadlineMs)).toBe(left);
  });

  test("the deadline lies inside its slot, never further than ten seconds or half of it from the start", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1_000, max: 3_600_000 }), fc.nat(), (length, now) => {
        let time = now;
        const slots = createSlots(systemClock, length, () => time);
        time += slots.until(slots.deadlineMs);
        expect(slots.until(slots.deadlineMs)).toBe(length);
        expect(slots.intoMs()).toBeCloseTo(Math.min(10_000, length / 2));
      }),
    );
  });
});

describe("deadlines", () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: 3 * minute + 20_000 });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test("wake each symbol once a slot, for the slot it is in, until they are stopped", () => {
    const woken: [string, number][] = [];
    const deadlines = new Map([
      ["BTC", 4_000],
      ["ETH", 10_000],
    ]);
    const stop = startDeadlines(
      createSlots(systemClock, minute),
      [...deadlines.keys()],
      (symbol) => deadlines.get(symbol) ?? 0,
      (symbol, slot) => woken.push([symbol, slot]),
    );
    vi.advanceTimersByTime(40_000 + 5_000);
    expect(woken).toEqual([["BTC", 4]]);
    vi.advanceTimersByTime(2 * minute);
    expect(woken).toEqual([
      ["BTC", 4],
      ["ETH", 4],
      ["BTC", 5],
      ["ETH", 5],
      ["BTC", 6],
    ]);
    stop();
    vi.advanceTimersByTime(3 * minute);
    expect(woken).toHaveLength(5);
  });
});
