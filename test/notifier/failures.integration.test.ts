import { expect, test, vi } from "vitest";
import type { Sender } from "../../src/notifier/contracts.ts";
import { patient } from "../support/patience.ts";
import { aPush, fakeSender } from "./fakeSender.ts";
import { useScene } from "./scene.ts";
import { subscribed } from "./subscribed.ts";

const scene = useScene();
const destination = "console:1";

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
