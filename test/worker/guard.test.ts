import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { startGuard } from "../../src/worker/guard.ts";
import { createPulse } from "../../src/worker/pulse.ts";
import { silentLog } from "../support/redis.ts";

describe("a guard", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  function guarded(isAnswered: () => boolean = () => true) {
    const pulse = createPulse(Date.now);
    let exits = 0;
    const guard = startGuard({
      pulse,
      ping: async () => {
        if (!isAnswered()) throw new Error("Redis is away");
      },
      log: silentLog,
      exit: () => {
        exits += 1;
      },
      monotonicMs: Date.now,
    });
    return { pulse, guard, exits: () => exits };
  }

  test("has nothing against consumers that come back every few seconds", async () => {
    const { pulse, guard, exits } = guarded();
    for (let turn = 0; turn < 100; turn++) {
      pulse.beat("recompute");
      await vi.advanceTimersByTimeAsync(5_000);
    }
    expect([guard.silent(), exits()]).toEqual([[], 0]);
  });

  test("calls one that doesn't silent within a minute, and ends the process within two", async () => {
    const { pulse, guard, exits } = guarded();
    pulse.beat("recompute");
    pulse.beat("deliver-telegram");
    const beating = setInterval(() => pulse.beat("recompute"), 5_000);
    await vi.advanceTimersByTimeAsync(44_000);
    expect(guard.silent()).toEqual([]);
    await vi.advanceTimersByTimeAsync(16_000);
    expect([guard.silent(), exits()]).toEqual([["deliver-telegram"], 0]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(exits()).toBeGreaterThan(0);
    clearInterval(beating);
  });

  test("waits for who is at work", async () => {
    const { pulse, guard, exits } = guarded();
    pulse.begin("backfill-okx");
    await vi.advanceTimersByTimeAsync(600_000);
    expect([guard.silent(), exits()]).toEqual([[], 0]);
    pulse.end("backfill-okx");
    await vi.advanceTimersByTimeAsync(120_000);
    expect(exits()).toBeGreaterThan(0);
  });

  test("blames nobody while Redis is away, and gives them time when it is back", async () => {
    let isAway = true;
    const { pulse, guard, exits } = guarded(() => !isAway);
    pulse.beat("recompute");
    await vi.advanceTimersByTimeAsync(600_000);
    expect([guard.silent(), exits()]).toEqual([[], 0]);
    isAway = false;
    await vi.advanceTimersByTimeAsync(40_000);
    expect([guard.silent(), exits()]).toEqual([[], 0]);
    pulse.beat("recompute");
    await vi.advanceTimersByTimeAsync(40_000);
    expect([guard.silent(), exits()]).toEqual([[], 0]);
  });
});
