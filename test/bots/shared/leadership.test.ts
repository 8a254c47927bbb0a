import { expect, test, vi } from "vitest";
import { lead } from "../../../src/bots/shared/leadership.ts";
import { systemClock } from "../../../src/ops/clock.ts";
import type { Lease } from "../../../src/store/contracts.ts";
import { patient } from "../../support/patience.ts";
import { silentLog } from "../../support/redis.ts";

/** Like the one in Redis, with a time nobody waits for. */
function fakeLease(): Lease & { steal: (holder: string) => void; isAway: boolean } {
  let owner: string | undefined;
  const lease = {
    isAway: false,
    steal: (holder: string) => {
      owner = holder;
    },
    hold: async (holder: string) => {
      if (lease.isAway) throw new Error("Redis is away");
      owner ??= holder;
      return owner === holder
        ? ({ kind: "held", fence: 1 } as const)
        : ({ kind: "taken", remainingMs: 1 } as const);
    },
    release: async (holder: string) => {
      if (owner === holder) owner = undefined;
    },
  };
  return lease;
}

function worker(lease: Lease, holder: string, ttlMs = 10_000) {
  const turns: AbortSignal[] = [];
  const stop = lead({
    lease,
    holder,
    ttlMs,
    everyMs: 2,
    log: silentLog,
    clock: systemClock,
    work: async (signal) => {
      turns.push(signal);
      await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    },
  });
  const isWorking = (): boolean => turns.at(-1)?.aborted === false;
  return { stop, turns, isWorking };
}

test("one works; when it stops, another takes over at once", async () => {
  const lease = fakeLease();
  const [first, second] = [worker(lease, "a"), worker(lease, "b")];
  await vi.waitFor(() => expect(first.isWorking()).toBe(true), patient);
  expect(second.turns).toEqual([]);
  await first.stop();
  await vi.waitFor(() => expect(second.isWorking()).toBe(true), patient);
  expect(first.isWorking()).toBe(false);
  await second.stop();
});

test("a lease that somebody else has now ends the work", async () => {
  const lease = fakeLease();
  const first = worker(lease, "a");
  await vi.waitFor(() => expect(first.isWorking()).toBe(true), patient);
  lease.steal("b");
  await vi.waitFor(() => expect(first.isWorking()).toBe(false), patient);
  await first.stop();
});

test("a leader that can't renew stops before its time is up, and goes on once it can", async () => {
  const lease = fakeLease();
  const first = worker(lease, "a", 30);
  await vi.waitFor(() => expect(first.isWorking()).toBe(true), patient);
  lease.isAway = true;
  await vi.waitFor(() => expect(first.isWorking()).toBe(false), patient);
  lease.isAway = false;
  await vi.waitFor(() => expect(first.isWorking()).toBe(true), patient);
  await first.stop();
});

test("work that ends by itself, or fails, is begun again", async () => {
  const lease = fakeLease();
  let turns = 0;
  const stop = lead({
    lease,
    holder: "a",
    ttlMs: 10_000,
    everyMs: 1,
    log: silentLog,
    clock: systemClock,
    work: async () => {
      turns += 1;
      if (turns === 2) throw new Error("failed");
    },
  });
  await vi.waitFor(() => expect(turns).toBeGreaterThan(3), patient);
  await stop();
});
