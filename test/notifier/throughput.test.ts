import { describe, expect, test } from "vitest";
import { createThroughput } from "../../src/notifier/throughput.ts";

function open(capacity: number) {
  let now = 0;
  const throughput = createThroughput({ monotonicMs: () => now, capacity });
  /** So many are taken evenly in 50 ms, which is when they are looked at. */
  const take = (count: number): number => {
    for (let taken = 0; taken < count; taken += 1) {
      now += 50 / count;
      throughput.note();
    }
    return throughput.ahead();
  };
  return { ...throughput, take };
}

describe("what is taken ahead of a platform", () => {
  test("is as many as it takes in half a second", () => {
    expect(open(1_000).take(10)).toBe(100);
  });

  test.each([
    ["256 while nothing is known of it", 1_000, 0, 256],
    ["no more than may be under way, then", 16, 0, 16],
    ["no more than may be under way, however quick it is", 200, 50, 200],
    ["32 however slow it is", 1_000, 1, 32],
  ])("is %s", (_what, capacity, count, ahead) => {
    expect(open(capacity).take(count)).toBe(ahead);
  });

  test("is unknown again after a rest", () => {
    const { take, forget, ahead } = open(1_000);
    take(10);
    forget();
    expect(ahead()).toBe(256);
  });
});
