import { expect, test, vi } from "vitest";
import { pollingLease } from "../../../src/bots/telegram/polling.ts";
import { lead } from "../../../src/bots/shared/leadership.ts";
import { systemClock } from "../../../src/ops/clock.ts";
import type { Lease } from "../../../src/store/contracts/memory.ts";
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

/** Time that is moved by hand, and whoever sleeps in it. */
function handTime() {
  let now = 0;
  const sleepers = new Set<{ at: number; wake: () => void; owner: string }>();
  return {
    now: () => now,
    sleepOf: (owner: string) => async (ms: number, signal?: AbortSignal) =>
      new Promise<void>((resolve) => {
        if (signal?.aborted === true) return resolve();
        const onAbort = (): void => resolve();
        const wake = (): void => {
          signal?.removeEventListener("abort", onAbort);
          resolve();
        };
        sleepers.add({ at: now + ms, wake, owner });
        signal?.addEventListener("abort", onAbort, { once: true });
      }),
    /** Its process is gone: it never wakes again. */
    kill: (owner: string) => {
      for (const sleeper of sleepers) if (sleeper.owner === owner) sleepers.delete(sleeper);
    },
    advance: async (ms: number) => {
      now += ms;
      for (const sleeper of sleepers) {
        if (sleeper.at > now) continue;
        sleepers.delete(sleeper);
        sleeper.wake();
      }
      // what wakes up asks for the lease, and the answer takes some turns
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

test.each([0, 1, 700, 1_250, 2_400, 2_499])(
  "who polls Telegram and is killed %i ms after its renewal is replaced within fifteen seconds",
  async (afterMs) => {
    const stepMs = 50;
    const time = handTime();
    let held = { holder: "", until: 0 };
    const lease: Lease = {
      hold: async (holder, ttlMs) => {
        if (held.holder !== holder && held.until > time.now())
          return { kind: "taken", remainingMs: held.until - time.now() };
        held = { holder, until: time.now() + ttlMs };
        return { kind: "held", fence: 1 };
      },
      release: async () => undefined,
    };
    const working: string[] = [];
    const start = (holder: string) =>
      lead({
        ...pollingLease,
        lease,
        holder,
        log: silentLog,
        clock: { now: time.now, realMs: (ms) => ms, sleep: time.sleepOf(holder) },
        work: async (signal) => {
          working.push(holder);
          await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
        },
      });
    start("a");
    await time.advance(stepMs);
    // it tries at other moments than the first renews
    await time.advance(afterMs % pollingLease.everyMs);
    const stop = start("b");
    while (time.now() < 30_000) await time.advance(stepMs);
    expect(working).toEqual(["a"]);
    await time.advance(afterMs);
    time.kill("a");
    const killedAt = time.now();
    while (!working.includes("b") && time.now() < killedAt + 60_000) await time.advance(stepMs);
    expect(time.now() - killedAt).toBeLessThanOrEqual(15_000);
    await stop();
  },
);
