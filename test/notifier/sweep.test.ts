import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { startSweep } from "../../src/notifier/sweep.ts";
import { scaledClock } from "../../src/ops/clock.ts";
import { fakeStore } from "../support/fakeStore.ts";
import { silentLog } from "../support/redis.ts";
import { handClock } from "./builders.ts";

type Drain = (symbol: string) => Promise<void>;

const symbols = ["BTC", "ETH"];
const { outbox } = fakeStore();
const settle = async (): Promise<void> => {
  await vi.advanceTimersByTimeAsync(0);
};

function sweepWith(drains: Readonly<Record<string, Drain>>, more: object = {}) {
  return startSweep({
    drains: new Map(Object.entries(drains)),
    outbox,
    symbols,
    clock: handClock(),
    log: silentLog,
    ...more,
  });
}

/** A drain that notes whom it was asked for. */
function noting(): { drained: string[]; drain: Drain } {
  const drained: string[] = [];
  return {
    drained,
    drain: async (symbol) => {
      drained.push(symbol);
    },
  };
}

const hanging: Drain = async () => new Promise(() => undefined);

describe("a sweep", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test("looks through every symbol at once, and again every five seconds, until it is stopped", async () => {
    const { drained, drain } = noting();
    const stop = sweepWith({ console: drain });
    await settle();
    expect(drained).toEqual(["BTC", "ETH"]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(drained).toHaveLength(6);
    await stop();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(drained).toHaveLength(6);
  });

  test("takes over claims older than twelve real seconds, however fast the clock runs", async () => {
    const asked: (string | number)[][] = [];
    const watching = {
      ...outbox,
      releaseStuck: async (symbol: string, platform: string, _now: number, stuckMs: number) => {
        asked.push([symbol, platform, stuckMs]);
        return 0;
      },
    };
    const stop = sweepWith({ console: noting().drain }, { outbox: watching, clock: scaledClock(60, 0) });
    await settle();
    await stop();
    expect(asked).toEqual([
      ["BTC", "console", 720_000],
      ["ETH", "console", 720_000],
    ]);
  });

  test("a platform that hangs holds up no other", async () => {
    const { drained, drain } = noting();
    sweepWith({ telegram: hanging, console: drain });
    await settle();
    expect(drained).toEqual(["BTC", "ETH"]);
  });

  test("a platform that hangs does not keep the others from their next sweep", async () => {
    const { drained, drain } = noting();
    sweepWith({ telegram: hanging, console: drain });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(drained).toHaveLength(6);
  });

  test("a symbol that fails holds up no other, and is tried again", async () => {
    const { drained, drain } = noting();
    const stop = sweepWith({
      console: async (symbol) => {
        await drain(symbol);
        if (symbol === "BTC") throw new Error("unreadable");
      },
    });
    await vi.advanceTimersByTimeAsync(5_000);
    await stop();
    expect(drained).toEqual(["BTC", "ETH", "BTC", "ETH"]);
  });

  test("never runs twice at once on one platform", async () => {
    let running = 0;
    let most = 0;
    const release: (() => void)[] = [];
    const stop = sweepWith({
      console: async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise<void>((resolve) => release.push(resolve));
        running -= 1;
      },
    });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(most).toBe(1);
    const stopped = stop();
    for (const go of release) go();
    await stopped;
  });

  test("stopping waits for what is being sent, and begins nothing more", async () => {
    const { drained, drain } = noting();
    let finish = (): void => undefined;
    const stop = sweepWith({
      console: async (symbol) => {
        await drain(symbol);
        await new Promise<void>((resolve) => {
          finish = resolve;
        });
      },
    });
    await settle();
    let stopped = false;
    const stopping = stop().finally(() => {
      stopped = true;
    });
    await settle();
    expect(stopped).toBe(false);
    finish();
    await stopping;
    expect(drained).toEqual(["BTC"]);
  });
});
