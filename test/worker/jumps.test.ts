import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { VenueRecord } from "../../src/store/contracts/rounds.ts";
import { judgeJumps } from "../../src/worker/jumps.ts";
import { anObservation } from "../store/builders.ts";

const minuteMs = 60_000;
const before = { bybit: { at: 0, value: 1_000 } };
const said = (openInterest: number, observedAt = minuteMs, venue = "bybit"): VenueRecord => ({
  venue,
  observation: { ...anObservation(), openInterest, observedAt },
});
const doubt = (openInterest: number, at?: number): string | undefined =>
  judgeJumps([said(openInterest, at)], before).doubts.get("bybit");

describe("open interest", () => {
  test.each([
    ["grows by 30 % in a minute", 1_300, minuteMs],
    ["shrinks by as much", 1_000 / 1.29, minuteMs],
    ["grows by half in two minutes", 1_500, 2 * minuteMs],
    ["is the same figure again", 1_000, 0],
  ])("that %s is believed", (_claim, value, at) => {
    expect(doubt(value, at)).toBeUndefined();
  });

  test.each([
    ["doubles in a minute", 2_000, minuteMs],
    ["halves", 500, minuteMs],
    ["is told in contracts for once", 1_000_000, minuteMs],
    ["jumps within seconds", 1_400, 10_000],
  ])("that %s is not, and the reason has both figures", (_claim, value, at) => {
    expect(doubt(value, at)).toMatch(new RegExp(`1000 to ${value}`));
  });

  test("is believed the first time", () => {
    expect(judgeJumps([said(5)], {}).doubts.size).toBe(0);
  });

  test("that jumped and stays is believed after a while; until then the old figure is what counts", () => {
    let memory: ReturnType<typeof judgeJumps>["memory"] = before;
    const doubted: boolean[] = [];
    for (let minute = 1; minute <= 4; minute += 1) {
      const judged = judgeJumps([said(2_000, minute * minuteMs)], memory);
      memory = judged.memory;
      doubted.push(judged.doubts.size > 0);
    }
    expect(doubted).toEqual([true, true, false, false]);
    expect(memory).toEqual({ bybit: { at: 4 * minuteMs, value: 2_000 } });
  });

  test("of each series is judged by itself, and a silent one is remembered", () => {
    const { doubts, memory } = judgeJumps(
      [said(1_001), said(9, minuteMs, "okx:inverse"), { venue: "gate" }],
      { ...before, "okx:inverse": { at: 0, value: 3 }, gate: { at: 0, value: 7 } },
    );
    expect([...doubts.keys()]).toEqual(["okx:inverse"]);
    expect(memory).toMatchObject({
      bybit: { value: 1_001 },
      "okx:inverse": { value: 3 },
      gate: { value: 7 },
    });
  });

  test("judged twice gives the same verdict", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), fc.integer({ min: 0, max: 600_000 }), (value, at) => {
        const records = [said(value, at)];
        const once = judgeJumps(records, before);
        const twice = judgeJumps(records, once.memory);
        expect(twice.memory).toEqual(once.memory);
        expect(twice.doubts).toEqual(once.doubts);
      }),
    );
  });
});
