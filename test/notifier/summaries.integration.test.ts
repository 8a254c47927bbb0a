import { describe, expect, test, vi } from "vitest";
import type { AlertMessage } from "../../src/alerts/message.ts";
import type { Sender, SendRequest } from "../../src/notifier/contracts.ts";
import { createHolding, summaryFor } from "../../src/notifier/holding.ts";
import { patient } from "../support/patience.ts";
import { aGate } from "../support/gate.ts";
import { aDelivery } from "./builders.ts";
import { aPush, fakeSender } from "./fakeSender.ts";
import { type Running, useScene } from "./scene.ts";
import { subscribed } from "./subscribed.ts";

const scene = useScene();
const minuteMs = 60_000;
const destination = "console:1";
const lost = { kind: "unknown-outcome", reason: "lost" } as const;
const repeatsOf = (requests: readonly SendRequest[]): boolean[] =>
  requests.map(({ possibleRepeat }) => possibleRepeat);

/** An alert that came too late, and the time of its summary. */
async function holdOne({ drain }: Running, alertId = "a1"): Promise<void> {
  const { clock, commit } = scene();
  await commit(aPush(alertId));
  clock.advance(11 * minuteMs);
  await drain("BTC", "notices");
  clock.advance(90_000);
}

async function announceAnother(): Promise<void> {
  const { store, clock } = scene();
  const now = clock.now();
  await store.outbox.insert("notices", now, [summaryFor(destination, "quiet-hours", now)]);
}

describe("what a summary tells", () => {
  test("is a possible repeat in another one, where a process died that was sending it", async () => {
    const { store, clock, notifierOf } = scene();
    await subscribed(store, destination);
    const [gate, { sender, requests }] = [aGate(), fakeSender()];
    const dying: Sender = { ...sender, send: async () => gate.passed.then(() => lost) };
    const died = notifierOf(dying);
    await holdOne(died);
    died.pump.wake("notices");
    await vi.waitFor(() => expect(gate.waiting()).toBe(true), patient);
    clock.advance(5_000);
    await announceAnother();
    const { pump } = notifierOf(sender);
    pump.wake("notices");
    await vi.waitFor(() => expect(requests).toHaveLength(1), patient);
    gate.open();
    expect(repeatsOf(requests)).toEqual([true]);
  });

  test("is a possible repeat in another one also where no more could be held back", async () => {
    const { store, notifierOf } = scene();
    await subscribed(store, destination);
    const { sender, requests } = fakeSender([lost]);
    const running = notifierOf(sender);
    await holdOne(running);
    const [entry = ""] = (await store.turns.heldBack(destination)).values();
    for (let id = 0; id < 200; id += 1) await store.turns.holdBack(destination, String(id), entry);
    await running.drain("notices");
    await announceAnother();
    await running.drain("notices");
    expect(repeatsOf(requests)).toEqual([false, true]);
  });

  test("is no repeat in another one, where it certainly was not sent", async () => {
    const { store, notifierOf } = scene();
    await subscribed(store, destination);
    const { sender, requests } = fakeSender([{ kind: "unreachable", reason: "away" }]);
    const running = notifierOf(sender);
    await holdOne(running);
    await running.drain("notices");
    await announceAnother();
    await running.drain("notices");
    expect(repeatsOf(requests)).toEqual([false, false]);
  });

  test("is a possible repeat where the alert itself may have arrived", async () => {
    const { store, clock, commit, notifierOf } = scene();
    await subscribed(store, destination);
    const { sender, requests } = fakeSender([lost]);
    const { drain, settled } = notifierOf(sender);
    await commit(aPush("a1"));
    await drain();
    clock.advance(11 * minuteMs);
    await drain("BTC", "notices");
    clock.advance(90_000);
    await drain("notices");
    expect([settled, repeatsOf(requests)]).toEqual([
      ["unknown", "held", "sent"],
      [false, true],
    ]);
  });

  test("is told there and nowhere else, where a process died that held it back as quiet hours ended", async () => {
    const { store, clock, commit, notifierOf } = scene();
    const until = minuteOf(clock.now()) + 1;
    await subscribed(store, destination, { quietHours: { from: until - 60, to: until } });
    await commit(aPush("a1"));
    const [delivery = aDelivery()] = (await store.outbox.claim("BTC", "console", 1)).deliveries;
    const dying = createHolding({ outbox: store.outbox, turns: store.turns, clock });
    await dying.hold(delivery, "quiet-hours", clock.now() + minuteMs);
    clock.advance(minuteMs);
    await store.outbox.releaseStuck("BTC", "console", 12_500);
    const { sender, requests } = fakeSender();
    const { drain } = notifierOf(sender);
    for (let steps = 0; steps < 5; steps += 1) {
      await drain("BTC", "notices");
      clock.advance(minuteMs);
    }
    expect([repeatsOf(requests), requests.map(({ message }) => linesOf(message).length)]).toEqual([
      [false],
      [1],
    ]);
  });

  test("is told where its platform knows repeats by their key, and more was held back in between", async () => {
    const { store, clock, notifierOf } = scene();
    await subscribed(store, destination);
    const shown = new Map<string, AlertMessage>();
    const { sender, requests } = fakeSender([lost]);
    const knowing: Sender = {
      ...sender,
      repeatSafeMs: minuteMs,
      send: async (request) => {
        const { idempotencyKey, message } = request;
        if (!shown.has(idempotencyKey)) shown.set(idempotencyKey, message);
        return sender.send(request);
      },
    };
    const running = notifierOf(knowing);
    await holdOne(running);
    await running.drain("notices");
    await store.turns.holdBack(destination, "a2", await entryOf("a1", "a2"));
    clock.advance(3_000);
    await running.drain("notices");
    const lines = [...shown.values()].map((message) => linesOf(message).length);
    expect([Math.max(...lines), await store.turns.heldBack(destination)]).toEqual([2, new Map()]);
    expect(repeatsOf(requests)).toEqual([false, true]);
  });

  test("is sent once, also where Redis is away when it is to be dropped", async () => {
    const { store, notifierOf } = scene();
    await subscribed(store, destination);
    const { sender, requests } = fakeSender();
    let failures = 1;
    const dropHeld: typeof store.turns.dropHeld = async (...asked) => {
      failures -= 1;
      if (failures >= 0) throw new Error("Redis is away");
      return store.turns.dropHeld(...asked);
    };
    const running = notifierOf(sender, { store: { ...store, turns: { ...store.turns, dropHeld } } });
    await holdOne(running);
    running.pump.wake("notices");
    await vi.waitFor(async () => expect(await store.turns.heldBack(destination)).toEqual(new Map()), patient);
    await running.drain("notices");
    expect([requests.length, running.settled]).toEqual([1, ["held", "sent"]]);
  });
});

const minuteOf = (at: number): number => new Date(at).getUTCHours() * 60 + new Date(at).getUTCMinutes();

const linesOf = (message: AlertMessage): readonly string[] =>
  message.kind === "line" ? (message.lines ?? []) : [];

/** What is held back of one alert, as it would be of another. */
async function entryOf(alertId: string, other: string): Promise<string> {
  const entry = (await scene().store.turns.heldBack(destination)).get(alertId) ?? "";
  return entry.replaceAll(`"${alertId}"`, `"${other}"`);
}

test("a summary is one of the day's loud messages, for all that comes after it", async () => {
  const { store, commit, notifierOf } = scene();
  await subscribed(store, destination, { loudPerDay: 1 });
  const { sender, requests } = fakeSender();
  const running = notifierOf(sender);
  await holdOne(running);
  await running.drain("notices");
  await commit(aPush("a2"));
  await running.drain("BTC");
  expect(requests.map(({ silent = false }) => silent)).toEqual([false, true]);
});
