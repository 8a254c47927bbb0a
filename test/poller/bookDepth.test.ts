import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Book, bookDepthOf } from "../../src/poller/bookDepth.ts";
import { noon } from "./world.ts";

const book = (over: Partial<Book> = {}): Book => ({
  venue: "bybit",
  observedAt: noon,
  bids: [
    [99.99, 10],
    [99.9, 20],
  ],
  asks: [
    [100.01, 10],
    [100.1, 20],
  ],
  levels: 500,
  ...over,
});

const usd = (levels: readonly (readonly [number, number])[]): number =>
  levels.reduce((sum, [, notional]) => sum + notional, 0);

describe("a book's depth", () => {
  test("is in dollars, by distance from the middle of the spread, nearest first", () => {
    const { bids, asks } = bookDepthOf(book());
    expect(bids).toEqual([
      [expect.closeTo(0.00025, 5), 1_000],
      [expect.closeTo(0.00125, 5), 1_998],
    ]);
    expect(usd(asks)).toBe(1_000 + 2_002);
  });

  test("adds up what lies in one bin", () => {
    const bids = [99.99, 99.985, 99.98].map((price) => [price, 1] as const);
    expect(bookDepthOf(book({ bids })).bids).toHaveLength(1);
  });

  test("ends at five percent", () => {
    const asks = [
      [100.01, 1],
      [104.9, 1],
      [106, 1_000],
    ] as const;
    expect(usd(bookDepthOf(book({ asks })).asks)).toBe(205);
  });

  test("is known as far as it was shown, where the venue cut it off", () => {
    const depth = bookDepthOf(book({ levels: 2, asks: [...book().asks, [107, 1]] }));
    expect(depth.bidReach).toBeCloseTo(0.001, 6);
    // beyond the five percent that are wanted
    expect(depth).not.toHaveProperty("askReach");
  });

  test.each<[string, Partial<Book>, string]>([
    ["an empty side", { bids: [] }, "a side of the book is empty"],
    ["a crossed book", { bids: [[100.02, 1]] }, "best bid 100.02 is not below best ask 100.01"],
    [
      "a level on the wrong side",
      { asks: [...book().asks, [90, 1]] },
      "a level at 90 lies on the wrong side",
    ],
  ])("%s is refused", (_name, over, reason) => {
    expect(() => bookDepthOf(book(over))).toThrow(reason);
  });

  test("holds every dollar within its five percent, whatever the levels", () => {
    const offsets = fc.array(fc.double({ min: 0.0001, max: 0.045, noNaN: true }), {
      minLength: 1,
      maxLength: 50,
    });
    fc.assert(
      fc.property(offsets, (distances) => {
        const sorted = distances.toSorted((a, b) => a - b);
        const asks = sorted.map((distance) => [100 * (1 + distance), 1_000] as const);
        const depth = bookDepthOf(book({ bids: [[100, 1]], asks }));
        const whole = asks.reduce((sum, [price, quantity]) => sum + price * quantity, 0);
        expect(Math.abs(usd(depth.asks) - whole)).toBeLessThan(asks.length);
        expect(depth.asks.map(([distance]) => distance)).toEqual(
          depth.asks.map(([distance]) => distance).toSorted((a, b) => a - b),
        );
      }),
    );
  });
});
