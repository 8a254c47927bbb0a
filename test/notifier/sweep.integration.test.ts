import { setImmediate as turn } from "node:timers/promises";
import { afterEach, expect, test, vi } from "vitest";
import { startSweep } from "../../src/notifier/sweep.ts";
import { patient } from "../support/patience.ts";
import { silentLog } from "../support/redis.ts";
import { aPush, fakeSender } from "./fakeSender.ts";
import { useScene } from "./scene.ts";
import { subscribed } from "./subscribed.ts";

const scene = useScene();
const destination = "console:1";

afterEach(() => {
  vi.useRealTimers();
});

test("after Redis was away whoever sent something meanwhile says so before it is taken over", async () => {
  const { store, clock, commit, notifierOf } = scene();
  await subscribed(store, destination);
  await commit(aPush("a1"));
  const away = { one: true, other: true };
  const settle: typeof store.outbox.settle = async (...asked) => {
    if (away.one) throw new Error("Redis is away");
    return store.outbox.settle(...asked);
  };
  const { sender, requests } = fakeSender();
  const one = notifierOf(sender, { store: { ...store, outbox: { ...store.outbox, settle } } });
  one.pump.wake("BTC");
  await vi.waitFor(() => expect(requests).toHaveLength(1), patient);
  clock.advance(13_000);

  vi.useFakeTimers({ toFake: ["setInterval"] });
  let sweeps = 0;
  const releaseStuck: typeof store.outbox.releaseStuck = async (...asked) => {
    sweeps += 1;
    if (away.other) throw new Error("Redis is away");
    return store.outbox.releaseStuck(...asked);
  };
  const other = notifierOf(sender);
  const notifiers = new Map([["console", other.pump]]);
  const stop = startSweep({ notifiers, outbox: { releaseStuck }, places: ["BTC"], log: silentLog });
  await turn();
  away.other = false;
  vi.advanceTimersByTime(3_000);
  await stop();
  expect(sweeps).toBeGreaterThan(1);
  await other.pump.settled();
  away.one = false;
  await one.pump.settled();
  expect([requests.length, one.settled]).toEqual([1, ["sent"]]);
});
