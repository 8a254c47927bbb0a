import { describe, expect, test, vi } from "vitest";
import { followConfig } from "../../src/alerts/operator.ts";
import { setMute } from "../../src/alerts/settings.ts";
import type { SendRequest, SendResult } from "../../src/notifier/contracts.ts";
import { summaryFor } from "../../src/notifier/holding.ts";
import type { Outbox } from "../../src/store/contracts/outbox.ts";
import type { OutboxAlert } from "../../src/store/contracts/symbols.ts";
import { aGate, type Gate } from "../support/gate.ts";
import { patient } from "../support/patience.ts";
import { content } from "./builders.ts";
import { aPush, fakeSender } from "./fakeSender.ts";
import { useScene } from "./scene.ts";
import { subscribed } from "./subscribed.ts";

const scene = useScene();
const moved: SendResult = { kind: "migrated", to: "console:new" };
const minuteMs = 60_000;

/** Redis has given notices away, and the answer is on its way. */
function claimingLate(outbox: Outbox, gate: Gate): Outbox {
  return {
    ...outbox,
    claim: async (place, ...more) => {
      const claimed = await outbox.claim(place, ...more);
      if (place === "notices" && claimed.deliveries.length > 0) await gate.passed;
      return claimed;
    },
  };
}

const destinationsOf = (requests: readonly SendRequest[]): string[] =>
  requests.map(({ destination }) => destination);

const anAlertTo = (destination: string, alertId: string): OutboxAlert => ({
  alertId,
  content,
  destinations: [destination],
});

const aSummaryOf = (destination: string) => summaryFor(destination, "late", 0);

describe("a chat that says itself that it has moved", () => {
  test("gets the alert that was on its way to its old address", async () => {
    const { store, commit, notifierOf } = scene();
    await subscribed(store, "console:old");
    await commit(aPush("a1"));
    await store.destinations.move("console:old", "console:new");
    const { sender, requests } = fakeSender();
    const { drain, settled } = notifierOf(sender);
    await drain();
    expect([settled, destinationsOf(requests)]).toEqual([["sent"], ["console:new"]]);
  });

  test("is told once what was held back for its old address", async () => {
    const { store, clock, commit, notifierOf } = scene();
    await subscribed(store, "console:old");
    await commit(aPush("a1"));
    clock.advance(11 * minuteMs);
    const { sender, requests } = fakeSender();
    const { drain } = notifierOf(sender);
    await drain("BTC", "notices");
    await store.destinations.move("console:old", "console:new");
    clock.advance(2 * minuteMs);
    await drain("notices");
    expect(destinationsOf(requests)).toEqual(["console:new"]);
    expect(await store.turns.heldBack("console:old")).toEqual(new Map());
  });
});

describe("a chat whose platform says that it has moved", () => {
  test("is followed at once, with its subscriptions, under the same idempotency key", async () => {
    const { store, commit, notifierOf } = scene();
    await subscribed(store, "console:old");
    const { sender, requests } = fakeSender([moved]);
    const { drain, settled } = notifierOf(sender);
    await commit(aPush("a1"));
    await drain();
    expect(destinationsOf(requests)).toEqual(["console:old", "console:new"]);
    expect(new Set(requests.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
    expect(settled).toEqual(["sent"]);
    expect(await store.destinations.get("console:old")).toBeUndefined();
    expect((await store.destinations.get("console:new"))?.subscriptions).toHaveLength(1);
  });

  test("gets what was on its way to its old address, and the edits of what it was sent", async () => {
    const { store, commit, insert, notifierOf } = scene();
    await subscribed(store, "console:old");
    const { sender, requests, edits } = fakeSender([moved]);
    const { drain } = notifierOf(sender);
    await commit(aPush("a1"));
    await insert(anAlertTo("console:old", "b1"));
    await drain();
    await insert(anAlertTo("console:old", "b2"));
    await commit(aPush("a1-resolved", { kind: "edit", episodeId: "a1" }));
    await drain();
    expect(new Set(destinationsOf(requests).slice(1))).toEqual(new Set(["console:new"]));
    expect(requests).toHaveLength(4);
    expect(edits).toEqual([["console:new", "m3", requests[0]?.message.headline]]);
  });

  test("keeps its floor, also for what was on its way to its old address", async () => {
    const { store, commit, notifierOf } = scene();
    await subscribed(store, "console:old");
    const { sender, requests } = fakeSender();
    const { drain } = notifierOf(sender);
    await commit(aPush("a1"));
    await drain();
    await commit(aPush("a2"));
    await store.turns.moved("console:old", "console:new");
    await store.destinations.move("console:old", "console:new");
    await drain();
    expect(destinationsOf(requests)).toEqual(["console:old"]);
  });

  test("keeps its floor for the push that found it moved", async () => {
    const { store, commit, notifierOf } = scene();
    await subscribed(store, "console:old");
    const { sender, requests } = fakeSender([moved]);
    const { drain } = notifierOf(sender);
    await commit(aPush("a1"));
    await drain();
    await commit(aPush("a2"));
    await drain();
    expect(destinationsOf(requests)).toEqual(["console:old", "console:new"]);
  });

  test("just when it is told what was held back is told once", async () => {
    const { store, clock, commit, notifierOf } = scene();
    await subscribed(store, "console:old");
    await commit(aPush("a1"));
    clock.advance(11 * 60_000);
    const { sender, requests } = fakeSender([moved]);
    const { drain } = notifierOf(sender);
    await drain("BTC", "notices");
    clock.advance(60_000);
    await drain("notices");
    expect(destinationsOf(requests)).toEqual(["console:old", "console:new"]);
    expect(await store.turns.heldBack("console:new")).toEqual(new Map());
  });

  test("for ever is given up", async () => {
    const { insert, notifierOf } = scene();
    await insert(anAlertTo("console:old", "a"));
    const { sender } = fakeSender([moved, { kind: "migrated", to: "console:newer" }]);
    const { drain, settled } = notifierOf(sender);
    await drain();
    expect(settled).toEqual(["dead"]);
  });

  test("isn't asked any more by who hears of it too late: somebody else may be about to", async () => {
    const { store, commit, notifierOf, clock } = scene();
    await subscribed(store, "console:old");
    let passedMs = 0;
    const { sender, requests } = fakeSender([moved]);
    const { drain, settled } = notifierOf(
      {
        ...sender,
        send: async (request) => {
          passedMs += 2_000;
          return sender.send(request);
        },
      },
      { monotonicMs: () => passedMs },
    );
    await commit(aPush("a1"));
    await drain();
    expect(destinationsOf(requests)).toEqual(["console:old"]);
    clock.advance(5_000);
    await drain();
    expect([settled, destinationsOf(requests)]).toEqual([
      ["postponed", "sent"],
      ["console:old", "console:new"],
    ]);
  });
});

describe("what is sent by a chat's old address", () => {
  test("counts for the floor under its new one", async () => {
    const { store, commit, notifierOf } = scene();
    await subscribed(store, "console:old");
    await commit(aPush("a1"));
    await store.destinations.move("console:old", "console:new");
    const { sender } = fakeSender();
    const { drain, settled } = notifierOf(sender);
    await drain();
    await commit(aPush("a2"));
    await drain();
    expect(settled).toEqual(["sent", "skipped"]);
  });

  test("leaves a turn at its new one to whoever has it", async () => {
    const { store, commit, notifierOf, clock } = scene();
    await subscribed(store, "console:old");
    await commit(aPush("a1"));
    await store.destinations.move("console:old", "console:new");
    await store.outbox.insert("notices", clock.now(), [aSummaryOf("console:new")]);
    const [sending, claimed] = [aGate(), aGate()];
    const { sender } = fakeSender();
    const { pump, settled } = notifierOf(
      {
        ...sender,
        send: async (request) => {
          await sending.passed;
          return sender.send(request);
        },
      },
      { store: { ...store, outbox: claimingLate(store.outbox, claimed) } },
    );
    pump.wake("BTC");
    pump.wake("notices");
    await vi.waitFor(() => expect(claimed.waiting()).toBe(true), patient);
    sending.open();
    await vi.waitFor(() => expect(settled).toEqual(["sent"]), patient);
    const turns = await store.turns.take(["console:new"], "another process", 4_000);
    claimed.open();
    await pump.settled();
    expect(turns).toEqual([{ kind: "busy" }]);
  });

  test("is edited there, and nowhere else: the new chat has other messages of that number", async () => {
    const { store, commit, notifierOf } = scene();
    await subscribed(store, "console:old");
    const { sender, edits } = fakeSender();
    const { drain } = notifierOf(sender);
    await commit(aPush("a1"));
    await drain();
    await store.destinations.move("console:old", "console:new");
    await commit(aPush("a1-resolved", { kind: "edit", episodeId: "a1" }));
    await drain();
    expect(edits).toEqual([["console:old", "m1", expect.anything()]]);
  });
});

describe("a chat whose old address somebody wrote down again", () => {
  const place = { destination: "console:old", kind: "group" } as const;

  test("is spoken to as its settings say under the new one", async () => {
    const { store, clock, commit, notifierOf } = scene();
    await subscribed(store, "console:old");
    const { sender, requests } = fakeSender([moved]);
    const { drain, settled } = notifierOf(sender);
    await commit(aPush("a1"));
    await drain();
    const now = clock.now();
    await store.destinations.change(
      "console:new",
      setMute({ ...place, destination: "console:new" }, now + 60 * minuteMs, now),
    );
    await store.destinations.change("console:old", followConfig(place, { symbols: ["BTC"], ratio: 2 }));
    clock.advance(11 * minuteMs);
    await commit(aPush("a2"));
    await drain();
    expect([requests.length, settled]).toEqual([2, ["sent", "skipped", "skipped"]]);
  });

  test("is told everything once, as soon as it was told something", async () => {
    const { store, clock, commit, notifierOf } = scene();
    await subscribed(store, "console:old");
    const { sender, requests } = fakeSender([moved]);
    const { drain } = notifierOf(sender);
    await commit(aPush("a1"));
    await drain();
    await subscribed(store, "console:old");
    for (const alertId of ["a2", "a3"]) {
      clock.advance(11 * minuteMs);
      await commit(aPush(alertId));
      await drain();
    }
    const ofLast = requests.filter(({ idempotencyKey }) => idempotencyKey.startsWith("a3"));
    expect(destinationsOf(ofLast)).toEqual(["console:new"]);
    expect(await store.destinations.get("console:old")).toBeUndefined();
  });
});
