import { describe, expect, test } from "vitest";
import { orderBookAt } from "../../src/sim/book.ts";
import { instrumentOf } from "../../src/sim/instruments.ts";
import { noon } from "./builders.ts";

const book = (time = noon) => orderBookAt(instrumentOf("BTC"), 84_000, 100_000, time, 3);

describe("the order book", () => {
  test("reaches ±5 % and no further, nearest first", () => {
    const { bids, asks } = book();
    const bidPrices = bids.map(([price]) => price);
    const askPrices = asks.map(([price]) => price);
    expect(bidPrices).toEqual(bidPrices.toSorted((a, b) => b - a));
    expect(askPrices).toEqual(askPrices.toSorted((a, b) => a - b));
    expect(bidPrices.at(-1)).toBeCloseTo(84_000 * 0.95, 6);
    expect(askPrices.at(-1)).toBeCloseTo(84_000 * 1.05, 6);
  });

  test("holds about three hundredths of the open interest a side, all of it positive", () => {
    for (const levels of [book().bids, book().asks]) {
      expect(Math.min(...levels.map(([, quantity]) => quantity))).toBeGreaterThan(0);
      const resting = levels.reduce((sum, [, quantity]) => sum + quantity, 0);
      expect(resting / 3_000).toBeCloseTo(1, 0);
    }
  });

  test("is the same at the same time and another later", () => {
    expect(book()).toEqual(book());
    expect(book(noon + 10_000).bids).not.toEqual(book().bids);
  });
});
