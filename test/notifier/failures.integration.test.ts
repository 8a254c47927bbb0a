import { afterEach, describe, expect, test, vi } from "vitest";
import type { Sender } from "../../src/notifier/contracts.ts";
import { patient } from "../support/patience.ts";
import { aPush, fakeSender } from "./fakeSender.ts";
import { useScene } from "./scene.ts";
import { subscribed } from "./subscribed.ts";

const scene = useScene();
const destination = "console:1";
const minuteMs = 60_000;

test("what waits behind a delivery that failed in a way it must not goes back untried", async () => {
  const { store, clock, commit, notifierOf } = scene();
  await subscribed(store, destination);
  await commit(aPush("a1"), aPush("a2"));
  const { sender, requests } = fakeSender();
  const failing: Sender = {
    ...sender,
    send: async (request) => {
      if (request.idempotencyKey.startsWith("a1")) throw new Error("a bug");
      return sender.send(request);
    },
  };
  const { pump, settled } = notifierOf(failing);
  pump.wake("BTC");
  await vi.waitFor(() => expect(settled).toContain("back"), patient);
  clock.advance(1_000);
  await vi.waitFor(() => expect(requests).toHaveLength(1), patient);
  expect(requests).toMatchObject([{ idempotencyKey: `a2|${destination}`, possibleRepeat: false }]);
});

test("a refusal counts as one also where Redis is away when it is to be heeded", async () => {
  const { store, commit, notifierOf } = scene();
  await subscribed(store, destination);
  await commit(aPush("a1"));
  const { sender } = fakeSender([{ kind: "rejected", reason: "bot was blocked", disable: true }]);
  const away = async (): Promise<never> => Promise.reject(new Error("Redis is away"));
  const { drain, settled } = notifierOf(sender, {
    store: { ...store, destinations: { ...store.destinations, disable: away } },
  });
  await drain();
  expect(settled).toEqual(["dead"]);
});

test("a chat that has moved is followed later, unmarked, where Redis is away when that is to be noted", async () => {
  const { store, clock, commit, notifierOf } = scene();
  await subscribed(store, destination);
  await commit(aPush("a1"));
  const moved = { kind: "migrated", to: "console:new" } as const;
  const { sender, requests } = fakeSender([moved]);
  let failures = 1;
  const move: typeof store.destinations.move = async (...asked) => {
    failures -= 1;
    if (failures >= 0) throw new Error("Redis is away");
    return store.destinations.move(...asked);
  };
  const { drain, settled } = notifierOf(sender, {
    store: { ...store, destinations: { ...store.destinations, move } },
  });
  await drain();
  clock.advance(2_000);
  await drain();
  expect([settled, requests.map(({ possibleRepeat }) => possibleRepeat)]).toEqual([
    ["postponed", "sent"],
    [false, false],
  ]);
});

describe("what Redis fails before its platform is asked", () => {
  afterEach(async () => scene().redis.config("SET", "maxmemory", "0"));

  test("is held back for quiet hours once there is room in its memory", async () => {
    const { redis, store, clock, commit, notifierOf } = scene();
    await subscribed(store, destination, { quietHours: { from: 0, to: 1_439 } });
    await commit(aPush("a1"));
    const { sender } = fakeSender();
    const { pump, drain, settled } = notifierOf(sender);
    await redis.config("SET", "maxmemory", "1");
    pump.wake("BTC");
    await vi.waitFor(() => expect(settled).toEqual(["postponed"]), patient);
    await redis.config("SET", "maxmemory", "0");
    clock.advance(2_000);
    await drain();
    expect(settled).toEqual(["postponed", "held"]);
  });

  test("is told later, as no repeat", async () => {
    const { store, clock, commit, notifierOf } = scene();
    await subscribed(store, destination);
    await commit(aPush("a1"));
    clock.advance(11 * minuteMs);
    let failures = 1;
    const heldBack: typeof store.turns.heldBack = async (of) => {
      failures -= 1;
      if (failures >= 0) throw new Error("Redis is away");
      return store.turns.heldBack(of);
    };
    const { sender, requests } = fakeSender();
    const failing = { store: { ...store, turns: { ...store.turns, heldBack } } };
    const { pump, drain, settled } = notifierOf(sender, failing);
    await drain();
    clock.advance(90_000);
    pump.wake("notices");
    await vi.waitFor(() => expect(settled).toEqual(["held", "postponed"]), patient);
    clock.advance(2_000);
    await drain("notices");
    expect(requests.map(({ possibleRepeat }) => possibleRepeat)).toEqual([false]);
  });
});
