import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openQuota } from "../../src/poller/quota.ts";
import { handClock } from "./world.ts";

/** Ten a second, two of them at once. */
const turn = { takesMs: 100, burstMs: 200, mostWaitMs: 1_000 };

describe("a quota", () => {
  it("lets a burst through at once, then one request a drip, then nobody who would wait too long", () => {
    const quota = openQuota(handClock(0));
    const waits = Array.from({ length: 14 }, () => quota.reserve(turn));
    expect(waits).toEqual([0, 0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1_000, undefined, undefined]);
  });

  it("takes no turn from others for one that wasn't had", () => {
    const clock = handClock(0);
    const quota = openQuota(clock);
    expect(quota.reserve({ ...turn, takesMs: 5_000 })).toBeUndefined();
    expect(quota.reserve(turn)).toBe(0);
  });

  it("never lets more through in a window than the burst and what drips in it, however requests come", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 80 }), (pauses) => {
        const clock = handClock(0);
        const quota = openQuota(clock);
        const leftAt = pauses.flatMap((pause) => {
          clock.advance(pause);
          const waitMs = quota.reserve(turn);
          return waitMs === undefined ? [] : [clock.now() + waitMs];
        });
        for (const start of leftAt) {
          const inWindow = leftAt.filter((time) => time >= start && time < start + 1_000);
          expect(inWindow.length).toBeLessThanOrEqual(12);
        }
      }),
    );
  });
});
