import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openQuota } from "../../src/poller/quota.ts";
import { handClock, type HandClock } from "./world.ts";

/** A clock on which sleeping is what moves time. */
function sleepingClock(): HandClock {
  const clock = handClock(0);
  return { ...clock, sleep: async (ms) => clock.advance(ms) };
}

describe("a quota", () => {
  it("lets a full bucket through at once and then one request a drop", async () => {
    const clock = sleepingClock();
    const quota = openQuota(10, 1_000, clock);
    const leftAt: number[] = [];
    for (let request = 0; request < 13; request += 1) {
      await quota.take();
      leftAt.push(clock.now());
    }
    expect(leftAt).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 100, 200, 300]);
  });

  it("never lets more than two buckets through in one period, however requests come", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 60 }), async (pauses) => {
        const clock = sleepingClock();
        const quota = openQuota(10, 1_000, clock);
        const leftAt: number[] = [];
        for (const pause of pauses) {
          clock.advance(pause);
          await quota.take();
          leftAt.push(clock.now());
        }
        for (const start of leftAt) {
          expect(leftAt.filter((time) => time >= start && time < start + 1_000).length).toBeLessThanOrEqual(
            20,
          );
        }
      }),
    );
  });
});
