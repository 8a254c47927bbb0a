import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { advanceWatch, gapLimitMs, startWatch } from "../../src/alerts/watch.ts";

const minute = 60_000;
const hour = 60 * minute;
const gapMs = 10 * minute;

const elapsed = (times: readonly number[]): number[] => {
  let watch = startWatch(0);
  return times.map((now) => {
    watch = advanceWatch(watch, now, gapMs);
    return watch.elapsedMs;
  });
};

describe("a watch", () => {
  it.each<[string, number[], number[]]>([
    ["follows the clock", [minute, 2 * minute], [minute, 2 * minute]],
    ["counts an outage in full", [minute, 5 * hour], [minute, 5 * hour]],
    ["stands still when the clock is set back", [minute, minute - hour], [minute, minute]],
    ["goes on from there", [minute, minute - hour, 2 * minute - hour], [minute, minute, 2 * minute]],
    ["doesn't count the way forward again", [minute, minute - hour, minute], [minute, minute, minute]],
    [
      "doesn't count the way forward after two ways back",
      [minute, minute - hour, minute - 2 * hour, minute],
      [minute, minute, minute, minute],
    ],
    [
      "counts an outage in full after a way back and forward",
      [minute, minute - hour, minute, 5 * hour],
      [minute, minute, minute, 5 * hour],
    ],
    [
      "takes a little less for a replica's clock, and waits for it",
      [90_000, minute, 100_000],
      [90_000, 90_000, 100_000],
    ],
  ])("%s", (_name, times, expected) => {
    expect(elapsed(times)).toEqual(expected);
  });

  it("never runs backwards, whatever the clock does", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -2 * hour, max: 2 * hour }), { minLength: 1 }), (times) => {
        const counted = elapsed(times);
        expect(counted).toEqual(counted.toSorted((one, other) => one - other));
        expect(counted[0]).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe("the usual step", () => {
  const stepsOf = (times: readonly number[]): number[] => {
    let watch = startWatch(0);
    return times.map((now) => {
      watch = advanceWatch(watch, now, gapLimitMs(watch, 90_000));
      return watch.stepMs;
    });
  };

  it("is not an outage's", () => {
    expect(stepsOf([minute, 2 * minute, 5 * hour]).at(-1)).toBeLessThanOrEqual(gapMs / 3);
  });

  it("is that of a longer interval after some of them", () => {
    const longer = Array.from({ length: 8 }, (_, nth) => 2 * minute + nth * hour);
    expect(stepsOf([minute, ...longer]).at(-1)).toBe(hour);
  });
});

describe("a gap is longer than", () => {
  const watch = startWatch(0);
  it.each([
    ["ten minutes", watch, 90_000, 10 * minute],
    ["three holds", watch, 20 * minute, hour],
    ["three usual steps", { ...watch, stepMs: hour }, 90_000, 3 * hour],
  ])("%s", (_name, at, holdMs, limit) => {
    expect(gapLimitMs(at, holdMs)).toBe(limit);
  });
});
