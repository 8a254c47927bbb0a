import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { percentileOf, rememberExcess, type ExcessMemory } from "../../src/model/excess.ts";

const hourMs = 3_600_000;
const week = 7 * 24;

/** One excess ratio an hour. */
function remembered(ratios: readonly (number | null)[], from?: ExcessMemory) {
  const start = from === undefined ? 0 : from.hour + 1;
  return ratios.reduce<ExcessMemory | undefined>(
    (memory, ratio, i) => rememberExcess(memory, ratio, (start + i) * hourMs),
    from,
  );
}

describe("the percentile of an excess ratio", () => {
  it("is the share of the hours before whose ratio was lower, ties by half", () => {
    const past = Array.from({ length: 200 }, (_, i) => 1 + i / 1000);
    const at = (ratio: number) => percentileOf(remembered([...past, ratio]) ?? fail(), ratio);
    expect(at(0.5)).toBe(0);
    expect(at(2)).toBe(1);
    expect(at(1.1)).toBeCloseTo(0.5, 2);
    expect(percentileOf(remembered([...past.map(() => 1.5), 1.5]) ?? fail(), 1.5)).toBe(0.5);
  });

  it("is unknown before a week of hours, and while the ratio itself is", () => {
    const past = Array.from({ length: week }, () => 1.2);
    expect(percentileOf(remembered(past) ?? fail(), 1.2)).toBeNull();
    expect(percentileOf(remembered([...past, 1.3]) ?? fail(), 1.3)).toBe(1);
    expect(percentileOf(remembered([...past, 1.3, null]) ?? fail(), null)).toBeNull();
  });

  it("lies in 0 to 1 whatever was remembered, in thirty days of memory at most, and survives JSON", () => {
    const ratio = fc.option(fc.double({ min: 1e-3, max: 1e3, noNaN: true }), { nil: null });
    const step = fc.tuple(ratio, fc.integer({ min: -3, max: 900 }));
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), (steps) => {
        let time = 1e6 * hourMs;
        let memory: ExcessMemory | undefined;
        for (const [own, hours] of steps) {
          time += hours * hourMs * 0.5;
          memory = rememberExcess(memory, own, time);
          const percentile = percentileOf(memory, own);
          expect(percentile === null || (percentile >= 0 && percentile <= 1)).toBe(true);
          expect(memory.logs.length).toBeLessThanOrEqual(720);
        }
        expect(JSON.parse(JSON.stringify(memory))).toEqual(memory);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("an hour", () => {
  it("is remembered by its last known ratio", () => {
    const one = rememberExcess(undefined, 1, 10 * hourMs);
    const two = rememberExcess(one, Math.E, 10.9 * hourMs);
    expect(two).toEqual({ hour: 10, logs: [1] });
    expect(rememberExcess(two, null, 10.95 * hourMs)).toEqual(two);
  });

  it("in which nothing ran leaves a hole, and a clock set back changes nothing", () => {
    const one = rememberExcess(undefined, 1, 10 * hourMs);
    expect(rememberExcess(one, 1, 13 * hourMs)).toEqual({ hour: 13, logs: [0, null, null, 0] });
    expect(rememberExcess(one, 2, 9 * hourMs)).toEqual(one);
    expect(rememberExcess(one, 1, 1000 * hourMs)).toEqual({ hour: 1000, logs: [0] });
  });
});

function fail(): never {
  throw new Error("nothing remembered");
}
