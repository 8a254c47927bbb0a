import { describe, expect, it, vi } from "vitest";
import { createPump, type Pump } from "../../src/notifier/pump.ts";
import type { Claimed, Delivery } from "../../src/store/contracts/outbox.ts";
import { silentLog } from "../support/redis.ts";

const capacity = 128;

describe("a pump", () => {
  it("claims the next while what it has claimed is being read", async () => {
    const { pump, events, finishRead } = start({ waiting: 64 });
    await until(() => events.length === 3);
    expect(events).toEqual(["claim 32", "read 32", "claim 64"]);
    finishRead();
    await until(() => events.length === 4);
    expect(events.slice(3)).toEqual(["read 32"]);
    finishRead();
    await pump.settled();
  });

  it("goes on when what filled it could not begin", async () => {
    const { pump, events, finishRead, release } = start({ waiting: 300 });
    await until(() => events.filter((event) => event.startsWith("read")).length === 1);
    finishRead();
    await until(() => events.filter((event) => event.startsWith("read")).length === 2);
    expect(events.at(-1)).toBe("read 64");
    const before = events.length;
    release();
    finishRead();
    await until(() => events.length > before);
    expect(events[before]).toMatch(/^claim/);
    await pump.settled();
  });

  it("gives up until it is woken again when two in a row can't be read", async () => {
    const { pump, events, failRead } = start({ waiting: 1_000 });
    await until(() => events.includes("read 32"));
    failRead();
    await until(() => events.includes("read 64"));
    failRead();
    await pump.settled();
    expect(events).not.toContain("read 128");
  });
});

describe("a pump whose platform takes nothing for a while", () => {
  it("doesn't look for what is due until it does again", async () => {
    vi.useFakeTimers();
    try {
      let looks = 0;
      const monotonicMs = (): number => {
        looks += 1;
        return performance.now();
      };
      const { pump, events, release } = start({ waiting: 1, monotonicMs });
      release();
      await vi.advanceTimersByTimeAsync(1);
      const before = events.length;
      looks = 0;
      pump.close(30_000);
      pump.expect("BTC", 0);
      await vi.advanceTimersByTimeAsync(29_000);
      expect(events).toHaveLength(before);
      expect(looks).toBeLessThan(30);
      await vi.advanceTimersByTimeAsync(2_000);
      expect(events.length).toBeGreaterThan(before);
      await pump.stop();
    } finally {
      vi.useRealTimers();
    }
  });
});

interface Outset {
  readonly waiting: number;
  readonly monotonicMs?: () => number;
}

interface Started {
  readonly pump: Pump;
  readonly events: readonly string[];
  /** Of the oldest that is being read. */
  readonly finishRead: () => void;
  readonly failRead: () => void;
  /** What was taken so far is given back, and all that comes at once. */
  readonly release: () => void;
}

/** On an outbox that holds so many, and a courier that reads when it is told to and never settles by itself. */
function start({ waiting, monotonicMs = () => 0 }: Outset): Started {
  const events: string[] = [];
  const reads: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = [];
  let left = waiting;
  let load = 0;
  let isReleased = false;
  const claim = async (_place: string, _platform: string, limit: number): Promise<Claimed> => {
    events.push(`claim ${limit}`);
    await Promise.resolve();
    const count = Math.min(left, limit, 64);
    left -= count;
    const deliveries = Array.from({ length: count }, () => delivery);
    return { deliveries, isOpen: false, ageMs: [left > 0 ? 1 : undefined], laterInMs: undefined };
  };
  const accept = async ({ deliveries }: Pick<Claimed, "deliveries">): Promise<void> => {
    events.push(`read ${deliveries.length}`);
    if (isReleased) return;
    load += deliveries.length;
    await new Promise<void>((resolve, reject) => reads.push({ resolve, reject }));
  };
  const pump = createPump({
    platform: "telegram",
    outbox: { claim, expand: async () => Promise.resolve(false) },
    visitor: { holder: "test", turnMs: 4_000 },
    courier: {
      accept,
      load: () => load,
      halt: () => undefined,
      close: () => undefined,
      isClosed: () => false,
      ended: () => undefined,
      idle: async () => Promise.resolve(),
    },
    capacity,
    log: silentLog,
    monotonicMs,
  });
  pump.wake("BTC");
  return {
    pump,
    events,
    finishRead: () => reads.shift()?.resolve(),
    failRead: () => reads.shift()?.reject(new Error("unreadable")),
    release: () => {
      load = 0;
      isReleased = true;
    },
  };
}

async function until(isTrue: () => boolean): Promise<void> {
  for (let turn = 0; turn < 200 && !isTrue(); turn += 1)
    await new Promise((resolve) => setImmediate(resolve));
  expect(isTrue()).toBe(true);
}

const delivery: Delivery = {
  place: "BTC",
  alert: {
    alertId: "a",
    episodeId: "",
    kind: "push",
    content: "{}",
    rule: "",
    createdAt: 0,
    ageMs: 0,
  },
  destination: "telegram:1",
  attempt: 1,
  failures: 0,
  unknowns: 0,
  unknownMs: 0,
  ticket: "",
  version: "",
};
