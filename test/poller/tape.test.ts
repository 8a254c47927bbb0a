import { describe, expect, it } from "vitest";
import { createTape } from "../../src/poller/tape.ts";
import { barMs, minuteMs, noon } from "./world.ts";

const candle = (openTime: number) => ({ openTime, open: 10, high: 12, low: 9, close: 11, volume: 5 });
const mark = (openTime: number) => ({ openTime, high: 11.5, low: 9.5 });
const readAt = noon + 2 * minuteMs;

function read() {
  const tape = createTape();
  tape.keep({
    candles: [candle(noon - barMs), candle(noon)],
    marks: [mark(noon - barMs), mark(noon)],
    readAt,
  });
  return tape;
}

describe("a tape", () => {
  it("is due before its first reading", () => {
    expect(createTape().isDue(undefined, noon, 0)).toBe(true);
    expect(createTape().reading()).toBeUndefined();
  });

  it.each([
    ["not while its newest bar forms", undefined, noon + barMs - 1, 0, false],
    ["once that has closed", undefined, noon + barMs, 0, true],
    ["later by its delay", undefined, noon + barMs + 999, 1_000, false],
    ["when the delay is over", undefined, noon + barMs + 1_000, 1_000, true],
    ["at once when bars after the cursor are missing", noon - 3 * barMs, readAt, 0, true],
    ["not when it begins right after the cursor", noon - 2 * barMs, readAt, 0, false],
  ])("is due %s", (_claim, cursor, now, delayMs, due) => {
    expect(read().isDue(cursor, now, delayMs)).toBe(due);
  });

  it("goes on with the marks seen since, in its newest bar only", () => {
    const tape = read();
    for (const price of [13, 8, 10.5]) tape.seen(price);
    const { candles, marks, readAt: at } = tape.reading() ?? { candles: [], marks: [], readAt: 0 };
    expect(candles).toEqual([
      candle(noon - barMs),
      { openTime: noon, open: 10, high: 13, low: 8, close: 10.5, volume: 5 },
    ]);
    expect(new Map(marks.map((row) => [row.openTime, row])).get(noon)).toMatchObject({ high: 13, low: 8 });
    expect(at).toBe(readAt);
  });

  it("forgets them with the next reading", () => {
    const tape = read();
    tape.seen(99);
    tape.keep({ candles: [candle(noon)], marks: [], readAt: readAt + 1 });
    expect(tape.reading()?.candles).toEqual([candle(noon)]);
  });
});
