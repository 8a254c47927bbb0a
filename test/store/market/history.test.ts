import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  dayBytes,
  historyDaysOf,
  historyPlace,
  packPoint,
  unpackDay,
} from "../../../src/store/market/history.ts";
import { anImbalance, noon } from "../builders.ts";

const dayMs = 86_400_000;

describe("a minute's row", () => {
  test("comes back at its own time, wherever in the day it stands", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), (time) => {
        const { day, offset } = historyPlace(time);
        const block = Buffer.alloc(dayBytes);
        packPoint(anImbalance({ time })).copy(block, offset);
        expect(unpackDay(day, block).map((point) => point.time)).toEqual([time]);
      }),
    );
  });

  test("keeps price and notional exactly, ratios to seven digits, and null as null", () => {
    const block = packPoint(anImbalance({ time: noon - (noon % dayMs), ratio: 2.597, ratioHigh: null }));
    expect(unpackDay(Math.floor(noon / dayMs), block)).toEqual([
      {
        time: noon - (noon % dayMs),
        markPrice: 84_230,
        ratio: 2.597,
        ratioLow: 2.1,
        ratioHigh: null,
        notionalUsd: 1.1e9,
      },
    ]);
  });

  test("that was never written is not a point", () => {
    expect(unpackDay(0, Buffer.alloc(dayBytes))).toEqual([]);
  });
});

test.each([
  { says: "one day", from: 10 * dayMs, to: 10 * dayMs + 5, days: [10] },
  { says: "both ends of a span", from: 10 * dayMs - 1, to: 11 * dayMs, days: [9, 10, 11] },
  { says: "none of a span that ends before it begins", from: 11 * dayMs, to: 9 * dayMs, days: [] },
])("the days of a span are those it touches: $says", ({ from, to, days }) => {
  expect(historyDaysOf(from, to)).toEqual(days);
});

test("no span reaches back further than is kept", () => {
  expect(historyDaysOf(0, 20_000 * dayMs)).toHaveLength(32);
});
