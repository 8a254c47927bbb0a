import { expect, it } from "vitest";
import { untilFlushMs } from "../../../src/poller/liquidations/listen.ts";
import { barMs, noon } from "../world.ts";

it.each([
  ["a second, on the machine's clock", 1, noon + 60_000, 1_000],
  ["a bar that closes sooner is told to its end at once", 1, noon + barMs - 300, 305],
  [
    "sixty times as fast, a bar closes half a minute from now in half a second",
    60,
    noon + barMs - 30_000,
    505,
  ],
  ["… and a minute or more later", 60, noon, 1_000],
])("sums are written after %s", (_claim, speed, now, expected) => {
  expect(untilFlushMs({ now: () => now, realMs: (ms) => ms / speed })).toBe(expected);
});
