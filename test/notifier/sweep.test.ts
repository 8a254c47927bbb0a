import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { startSweep, type SweepOptions } from "../../src/notifier/sweep.ts";
import { silentLog } from "../support/redis.ts";

const places = ["BTC", "notices"];
const settle = async (): Promise<void> => {
  await vi.advanceTimersByTimeAsync(0);
};

/** A notifier that notes where it was woken. */
function noting(): { woken: string[]; wake: (place: string) => void } {
  const woken: string[] = [];
  return { woken, wake: (place) => woken.push(place) };
}

function sweepWith(
  notifiers: Readonly<Record<string, { wake: (place: string) => void }>>,
  releaseStuck: SweepOptions["outbox"]["releaseStuck"] = async () => 0,
) {
  const outbox = { releaseStuck };
  return startSweep({ notifiers: new Map(Object.entries(notifiers)), outbox, places, log: silentLog });
}

describe("a sweep", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test("wakes every place at once, and again every three seconds, until it is stopped", async () => {
    const { woken, wake } = noting();
    const stop = sweepWith({ console: { wake } });
    await settle();
    expect(woken).toEqual(places);
    await vi.advanceTimersByTimeAsync(6_000);
    expect(woken).toHaveLength(6);
    await stop();
    await vi.advanceTimersByTimeAsync(6_000);
    expect(woken).toHaveLength(6);
  });

  test("takes over claims older than a send can take, everywhere", async () => {
    const asked: unknown[] = [];
    const stop = sweepWith({ console: noting() }, async (...args) => {
      asked.push(args);
      return 0;
    });
    await settle();
    await stop();
    expect(asked).toEqual(places.map((place) => [place, "console", 12_500]));
  });

  test("takes over all of a dead process' claims at once, however many it had", async () => {
    const left = { BTC: 3, notices: 1 };
    const stop = sweepWith({ console: noting() }, async (place) => {
      if (place !== "BTC" && place !== "notices") return 0;
      left[place] -= 1;
      return left[place] >= 0 ? 192 : 0;
    });
    await settle();
    await stop();
    expect(left).toEqual({ BTC: -1, notices: -1 });
  });

  test("a platform that can't be swept keeps no other from it", async () => {
    const { woken, wake } = noting();
    sweepWith({ telegram: noting(), console: { wake } }, async (_place, platform) =>
      platform === "telegram" ? new Promise<number>(() => undefined) : 0,
    );
    await vi.advanceTimersByTimeAsync(6_000);
    expect(woken).toHaveLength(6);
  });

  test("a place that fails is woken all the same, and tried again", async () => {
    const { woken, wake } = noting();
    const stop = sweepWith({ console: { wake } }, async (place) => {
      if (place === "BTC") throw new Error("unreadable");
      return 0;
    });
    await vi.advanceTimersByTimeAsync(3_000);
    await stop();
    expect(woken).toEqual([...places, ...places]);
  });

  test("never runs twice at once on one platform", async () => {
    let running = 0;
    let most = 0;
    sweepWith({ console: noting() }, async () => {
      running += 1;
      most = Math.max(most, running);
      return new Promise<number>(() => undefined);
    });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(most).toBe(1);
  });
});
