import { expect, it } from "vitest";
import { retryTime } from "../../../src/notifier/senders/retryTime.ts";
import { handClock } from "../builders.ts";

it.each([
  ["as long as it says", 500, 500],
  ["not at all where it is over", -5_000, 0],
  ["a second where it names no time", Number.NaN, 1_000],
  ["a day at most, in which an alert is given up", 1e33, 24 * 3_600_000],
  ["a day at most, in which an alert is given up", Infinity, 24 * 3_600_000],
])("a platform's wish to be left alone counts %s: %d ms", (_what, wanted, waited) => {
  const clock = handClock();
  expect(retryTime(clock, wanted)).toBe(clock.now() + waited);
});
