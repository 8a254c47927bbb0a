import { beforeEach, describe, expect, test, vi } from "vitest";
import { setQuietHours } from "../../src/alerts/settings.ts";
import { summaryFor } from "../../src/notifier/holding.ts";
import type { Sender, SendRequest, SendResult } from "../../src/notifier/contracts.ts";
import type { Store } from "../../src/store/contracts/store.ts";
import { destinationKeys, paceKeys, registerKeys } from "../../src/store/keys.ts";
import type { RedisClient } from "../../src/store/redis/script.ts";
import { patient } from "../support/patience.ts";
import { content, handClock, now } from "./builders.ts";
import { aPush, fakeSender } from "./fakeSender.ts";
import { type Scene, useScene } from "./scene.ts";
import { subscribed } from "./subscribed.ts";

const scene = useScene();
let redis: RedisClient;
let store: Store;
let clock: Scene["clock"];
beforeEach(() => {
  ({ redis, store, clock } = scene());
});

async function commitAlerts(alertIds: readonly string[], destinations = ["console"], json = content) {
  await scene().insert(...alertIds.map((alertId) => ({ alertId, content: json, destinations })));
}

const commit: Scene["commit"] = async (...args) => scene().commit(...args);
const notifierOf: Scene["notifierOf"] = (...args) => scene().notifierOf(...args);

const ids = (count: number): string[] => Array.from({ length: count }, (_, i) => `a${i}`);
const destinationsOf = (requests: readonly SendRequest[]): string[] =>
  requests.map(({ destination }) => destination);

describe("a notifier", () => {
  test("sends all that is due, more than it claims at once, each once", async () => {
    await commitAlerts(ids(300));
    const { sender, requests } = fakeSender();
    const { drain, settled } = notifierOf(sender);
    // what is claimed for one place while a turn there ends waits for a moment
    await vi.waitFor(async () => {
      await drain();
      clock.advance(200);
      expect(requests).toHaveLength(300);
    }, patient);
    expect(new Set(requests.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(300);
    expect(settled.filter((outcome) => outcome === "sent")).toHaveLength(300);
    expect(await store.outbox.countPending("BTC")).toBe(0);
    await drain();
    expect(requests).toHaveLength(300);
  });

  test("says what the alert says, in the reader's language, and nothing about a repeat", async () => {
    await commitAlerts(["a"]);
    const { sender, requests } = fakeSender();
    await notifierOf(sender).drain();
    expect(requests[0]).toMatchObject({
      destination: "console",
      possibleRepeat: false,
      message: { kind: "full", headline: expect.stringMatching(/^BTC 2\.6× lopsided up/) },
    });
  });

  test("renders an alert once for all who read the same language", async () => {
    await commitAlerts(["a"], ["console", "console:2", "console:3"]);
    const { sender, requests } = fakeSender();
    await notifierOf(sender).drain();
    expect(new Set(requests.map(({ message }) => message)).size).toBe(1);
  });

  test("serves its own platform and leaves the others'", async () => {
    await commitAlerts(["a"], ["console", "telegram:-100"]);
    const { sender, requests } = fakeSender();
    await notifierOf(sender).drain();
    expect(destinationsOf(requests)).toEqual(["console"]);
    expect(await store.outbox.countPending("BTC")).toBe(1);
  });

  test("two at once send each alert once, also where all go to one destination", async () => {
    await commitAlerts(ids(50));
    const senders = [fakeSender(), fakeSender()];
    const drains = senders.map(({ sender }) => notifierOf(sender).drain);
    await vi.waitFor(async () => {
      clock.advance(1_000);
      await Promise.all(drains.map(async (drain) => drain()));
      expect(await store.outbox.countPending("BTC")).toBe(0);
    }, patient);
    const keys = senders.flatMap(({ requests }) => requests.map(({ idempotencyKey }) => idempotencyKey));
    expect(keys).toHaveLength(50);
    expect(new Set(keys).size).toBe(50);
  });

  test("what could not be sent waits as long as it must, and is then sent as no repeat", async () => {
    await commitAlerts(["a"]);
    const { sender, requests } = fakeSender([{ kind: "rate-limited", retryAt: now + 30_000 }]);
    const { drain, settled } = notifierOf(sender);
    await drain();
    clock.advance(29_999);
    await drain();
    expect(requests).toHaveLength(1);
    clock.advance(1);
    await drain();
    expect(settled).toEqual(["postponed", "sent"]);
    expect(requests[1]).toMatchObject({ possibleRepeat: false });
  });

  test("what may have arrived is repeated and says so, once for each answer that was lost", async () => {
    await commitAlerts(["a"]);
    const lost: SendResult = { kind: "unknown-outcome", reason: "no answer" };
    const { sender, requests } = fakeSender([lost, lost]);
    let repeats = 0;
    const { drain, settled } = notifierOf(sender, { onRepeat: () => (repeats += 1) });
    for (let i = 0; i < 4; i++) {
      await drain();
      clock.advance(60_000);
    }
    expect(requests.map(({ possibleRepeat }) => possibleRepeat)).toEqual([false, true, true]);
    expect(settled).toEqual(["unknown", "unknown", "sent"]);
    expect(repeats).toBe(2);
  });

  test("a platform that knows a repeat by its key gets it unmarked while it does, and marked after", async () => {
    await commitAlerts(["a"]);
    const lost: SendResult = { kind: "unknown-outcome", reason: "no answer" };
    const { sender, requests } = fakeSender([lost, lost], { repeatSafeMs: 120_000 });
    const { drain } = notifierOf(sender);
    await drain();
    clock.advance(60_000);
    await drain();
    clock.advance(61_000);
    await drain();
    expect(requests.map(({ possibleRepeat }) => possibleRepeat)).toEqual([false, false, true]);
    expect(new Set(requests.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
  });

  test("a stored alert that can't be read is given up and holds nobody up", async () => {
    await commitAlerts(["broken"], ["console"], "{}");
    const { sender, requests } = fakeSender();
    const { drain, settled } = notifierOf(sender);
    await drain();
    expect(requests).toEqual([]);
    expect(settled).toEqual(["dead"]);
  });

  test("a bug in one send leaves the others sent, and its own claim to be taken over", async () => {
    await commitAlerts(ids(5), ["console"]);
    await commitAlerts(["b"], ["console:2"]);
    const { sender, requests } = fakeSender();
    const faulty: Sender = {
      ...sender,
      send: async (request) => {
        if (request.destination === "console:2") throw new Error("a bug");
        return sender.send(request);
      },
    };
    const { pump } = notifierOf(faulty);
    pump.wake("BTC");
    await vi.waitFor(async () => {
      expect(requests).toHaveLength(5);
      expect(await store.outbox.countPending("BTC")).toBe(1);
    }, patient);
  });

  test("a destination that hangs delays no other", async () => {
    await commitAlerts(["a"], ["console", "console:hangs", ...ids(200).map((id) => `console:${id}`)]);
    let release = (): void => undefined;
    const { sender, requests } = fakeSender();
    const hanging: Sender = {
      ...sender,
      send: async (request) => {
        if (request.destination !== "console:hangs") return sender.send(request);
        return new Promise((resolve) => {
          release = () => resolve({ kind: "sent", messageId: "late" });
        });
      },
    };
    const { pump } = notifierOf(hanging);
    pump.wake("BTC");
    await vi.waitFor(() => expect(requests).toHaveLength(201), patient);
    release();
    await vi.waitFor(async () => expect(await store.outbox.countPending("BTC")).toBe(0), patient);
  });

  test("what was not begun in time goes back untried: others may have taken it over", async () => {
    await commitAlerts(["a"]);
    const { sender, requests } = fakeSender();
    let time = 0;
    // stopped, and going on, while Redis answers
    const claim: Store["outbox"]["claim"] = async (...args) => {
      const claimed = await store.outbox.claim(...args);
      time += 2_000;
      return claimed;
    };
    const stopped = { ...store, outbox: { ...store.outbox, claim } };
    const { pump, settled } = notifierOf(sender, {
      store: stopped,
      monotonicMs: () => performance.now() + time,
    });
    pump.wake("BTC");
    await vi.waitFor(() => expect(settled.length).toBeGreaterThan(1), patient);
    await pump.stop();
    expect(requests).toEqual([]);
    expect(new Set(settled)).toEqual(new Set(["back"]));
  });

  test("stopping begins nothing more, and what was claimed is there for others at once", async () => {
    await commitAlerts(
      ["a"],
      ids(100).map((id) => `console:${id}`),
    );
    const release: (() => void)[] = [];
    const { sender, requests } = fakeSender();
    const slow: Sender = {
      ...sender,
      send: async (request) => {
        await new Promise<void>((resolve) => release.push(resolve));
        return sender.send(request);
      },
    };
    const { pump } = notifierOf(slow);
    pump.wake("BTC");
    await vi.waitFor(() => expect(release).toHaveLength(16), patient);
    const stopping = pump.stop();
    for (const go of release) go();
    await stopping;
    expect(requests).toHaveLength(16);
    const again = fakeSender();
    await notifierOf(again.sender).drain();
    expect(again.requests).toHaveLength(84);
    expect(again.requests.some(({ possibleRepeat }) => possibleRepeat)).toBe(false);
  });
});

describe("a destination somebody else is delivering to", () => {
  test("is waited for, and gets its messages once they are gone or dead", async () => {
    await commitAlerts(ids(20));
    await store.turns.take(["console"], "somebody else", 600);
    const { sender, requests } = fakeSender();
    const { pump } = notifierOf(sender);
    pump.wake("BTC");
    await vi.waitFor(() => {
      clock.advance(200);
      expect(requests).toHaveLength(20);
    }, patient);
  });
});

describe("what can't be read", () => {
  test("is waited for, and holds up nobody who was claimed with it", async () => {
    await commitAlerts(["a"], ["console:1", "console:2", "console:3", "console:4", "console:5"]);
    await redis.hset(registerKeys.documents, "console:3", '{"v":99}');
    const { sender, requests } = fakeSender();
    const { pump } = notifierOf(sender);
    pump.wake("BTC");
    await vi.waitFor(() => expect(requests).toHaveLength(4), patient);
    await redis.hdel(registerKeys.documents, "console:3");
    await vi.waitFor(() => {
      clock.advance(1_000);
      expect(requests).toHaveLength(5);
    }, patient);
    expect(requests.some(({ possibleRepeat }) => possibleRepeat)).toBe(false);
    expect(new Set(requests.map(({ destination }) => destination)).size).toBe(5);
  });

  test("because Redis fails ends the turns that were taken for it", async () => {
    await commitAlerts(["a"], ["console:1", "console:2"]);
    const ended: string[] = [];
    const turns: Store["turns"] = {
      ...store.turns,
      end: async (ends, holder) => {
        ended.push(...ends.map(({ destination }) => destination));
        return store.turns.end(ends, holder);
      },
    };
    const outbox: Store["outbox"] = {
      ...store.outbox,
      claim: async (...args) => {
        // as where there are too many for the claim to book
        const { bookings: _none, ...claimed } = await store.outbox.claim(...args);
        return claimed;
      },
      settle: async (place, platform, outcomes, holder) => {
        const ends = outcomes.flatMap(({ end }) => (end === undefined ? [] : [end.destination]));
        const settled = await store.outbox.settle(place, platform, outcomes, holder);
        ended.push(...ends);
        return settled;
      },
    };
    const pace = { ...store.pace, book: async () => Promise.reject(new Error("Redis is away")) };
    const { sender } = fakeSender();
    const paced: Sender = {
      ...sender,
      pace: {
        limits: { perSecond: 10, chatGapMs: 0, groupPerMinute: Infinity, invalidPer10Minutes: Infinity },
        names: { before: "console:", after: "", groups: "" },
      },
    };
    const { pump } = notifierOf(paced, { store: { ...store, outbox, turns, pace } });
    pump.wake("BTC");
    await vi.waitFor(() => expect(new Set(ended)).toEqual(new Set(["console:1", "console:2"])), patient);
  });
});

describe("a platform with limits", () => {
  const limits = { perSecond: 10, chatGapMs: 0, groupPerMinute: Infinity, invalidPer10Minutes: Infinity };
  const paced = { limits, names: { before: "console:", after: "", groups: "" } };
  let asked: number;
  const countingStore = (): Store => {
    asked = 0;
    const book: Store["pace"]["book"] = async (...args) => {
      asked += 1;
      return store.pace.book(...args);
    };
    return { ...store, pace: { ...store.pace, book } };
  };

  test("is sent what the claim has booked, without another question", async () => {
    await commitAlerts(["a"], ["console:1", "console:2"]);
    const { sender, requests } = fakeSender([], { pace: paced });
    const { drain } = notifierOf(sender, { store: countingStore() });
    await drain();
    expect(destinationsOf(requests).toSorted()).toEqual(["console:1", "console:2"]);
    expect(asked).toBe(0);
    const { all } = paceKeys("console");
    expect(await redis.llen(all)).toBe(2);
  });

  test("is asked for places by itself where more are claimed than a script books", async () => {
    await commitAlerts(
      ["a"],
      ids(100).map((id) => `console:${id}`),
    );
    const pace = { ...paced, limits: { ...limits, perSecond: 1_000 } };
    const { sender, requests } = fakeSender([], { pace });
    await notifierOf(sender, { store: countingStore() }).drain();
    expect(requests).toHaveLength(100);
    expect(asked).toBeGreaterThan(0);
  });

  test("gets the place of what wasn't asked in the end for something else", async () => {
    await subscribed(store, "console:1");
    await commit(aPush("a1"));
    await store.destinations.forget("console:1");
    const { sender } = fakeSender([], { pace: paced });
    const { drain, settled } = notifierOf(sender, { store: countingStore() });
    await drain();
    expect(settled).toEqual(["skipped"]);
    const { all } = paceKeys("console");
    await vi.waitFor(async () => expect(await redis.llen(all)).toBe(0), patient);
  });

  test("that wants patience in one chat isn't asked there, and is in the others", async () => {
    await store.pace.pause("console", "1", 60_000);
    await commitAlerts(["a"], ["console:1", "console:2"]);
    const { sender, requests } = fakeSender([], { pace: paced });
    const { pump, settled } = notifierOf(sender, { store: countingStore() });
    pump.wake("BTC");
    await vi.waitFor(() => expect(settled.toSorted()).toEqual(["back", "sent"]), patient);
    expect([destinationsOf(requests), asked]).toEqual([["console:2"], 0]);
  });
});

describe("a subscriber", () => {
  test("is sent what their rule says; and once more about a symbol only after a while", async () => {
    await subscribed(store, "console:1");
    const { sender, requests } = fakeSender();
    const { drain, settled } = notifierOf(sender);
    await commit(aPush("a1"));
    await drain();
    await commit(aPush("a2"));
    await drain();
    clock.advance(10 * 60_000 + 1);
    await commit(aPush("a3"));
    await drain();
    expect(settled).toEqual(["sent", "skipped", "sent"]);
    expect(requests.map(({ idempotencyKey }) => idempotencyKey)).toEqual(["a1|console:1", "a3|console:1"]);
  });

  test("whose message failed is not made to wait for the next one", async () => {
    await subscribed(store, "console:1");
    const { sender, requests } = fakeSender([{ kind: "rejected", reason: "too long", disable: false }]);
    const { drain } = notifierOf(sender);
    await commit(aPush("a1"));
    await drain();
    await commit(aPush("a2"));
    await drain();
    expect(requests).toHaveLength(2);
  });

  test("who wants silence gets it", async () => {
    await subscribed(store, "console:1", { mode: "silent" });
    const { sender, requests } = fakeSender();
    await commit(aPush("a1"));
    await notifierOf(sender).drain();
    expect(requests).toMatchObject([{ silent: true }]);
  });

  test("who left before it was sent gets nothing", async () => {
    await subscribed(store, "console:1");
    await commit(aPush("a1"));
    await store.destinations.forget("console:1");
    const { sender, requests } = fakeSender();
    const { drain, settled } = notifierOf(sender);
    await drain();
    expect([requests, settled]).toEqual([[], ["skipped"]]);
  });

  test("has their messages edited as the episode goes on, without a new one", async () => {
    await subscribed(store, "console:1");
    const { sender, requests, edits } = fakeSender();
    const { drain } = notifierOf(sender);
    await commit(aPush("a1"));
    await drain();
    await commit(aPush("a1-resolved", { kind: "edit", episodeId: "a1" }));
    await drain();
    expect(requests).toHaveLength(1);
    expect(edits).toEqual([["console:1", "m1", requests[0]?.message.headline]]);
  });

  test("whose edits are refused as often as leads to a ban rests", async () => {
    await subscribed(store, "console:1");
    await subscribed(store, "console:2");
    const edit = async (): Promise<SendResult> => ({
      kind: "rejected",
      reason: "no access",
      disable: true,
      invalid: true,
    });
    const limits = { perSecond: 10, chatGapMs: 0, groupPerMinute: Infinity, invalidPer10Minutes: 2 };
    const names = { before: "console:", after: "", groups: "" };
    const { sender } = fakeSender([], { edit, pace: { limits, names } });
    const { drain } = notifierOf(sender);
    await commit(aPush("a1"));
    await drain();
    await commit(aPush("a1-resolved", { kind: "edit", episodeId: "a1" }));
    await drain();
    expect(await redis.get(paceKeys("console").until)).not.toBeNull();
  });

  test("whose message can't be edited for a day keeps it as it is", async () => {
    await subscribed(store, "console:1");
    const edit = async (): Promise<SendResult> => ({ kind: "unreachable", reason: "away" });
    const { sender } = fakeSender([], { edit });
    const { drain, settled } = notifierOf(sender);
    await commit(aPush("a1"));
    await drain();
    await commit(aPush("a1-resolved", { kind: "edit", episodeId: "a1" }));
    await drain();
    clock.advance(24 * 3_600_000);
    await drain();
    expect(settled).toEqual(["sent", "postponed", "dead"]);
    expect(await store.outbox.countPending("BTC")).toBe(0);
  });

  test("on a platform that can't edit is told in a new message", async () => {
    await subscribed(store, "console:1");
    const { sender, requests } = fakeSender();
    const { edit: _none, ...plain } = sender;
    const { drain } = notifierOf(plain);
    await commit(aPush("a1"));
    await drain();
    await commit(aPush("a1-resolved", { kind: "edit", episodeId: "a1" }));
    await drain();
    expect(requests.map(({ idempotencyKey, isUpdate }) => [idempotencyKey, isUpdate])).toEqual([
      ["a1|console:1", undefined],
      ["a1-resolved|console:1", true],
    ]);
  });

  test("who has quiet hours gets one summary when they end", async () => {
    const at = new Date(now);
    const minute = at.getUTCHours() * 60 + at.getUTCMinutes();
    await subscribed(store, "console:1", { quietHours: { from: minute - 60, to: minute + 60 } });
    const { sender, requests } = fakeSender();
    const { drain, settled } = notifierOf(sender);
    for (const alertId of ["a1", "a2", "a3"]) {
      await commit(aPush(alertId));
      await drain("BTC", "notices");
    }
    expect([requests, settled]).toEqual([[], ["held", "held", "held"]]);
    clock.advance(61 * 60_000);
    await drain("BTC", "notices");
    await drain("BTC", "notices");
    expect(requests).toHaveLength(1);
    expect(requests[0]?.message).toMatchObject({ kind: "line", headline: expect.stringMatching(/quiet.*3/) });
    expect(await store.turns.heldBack("console:1")).toEqual(new Map());
  });

  test("who ends quiet hours early gets the summary then, and no second one at what was to be the end", async () => {
    await subscribed(store, "console:1", { quietHours: { from: 0, to: 1_439 } });
    const { sender, requests } = fakeSender();
    const { drain } = notifierOf(sender);
    await commit(aPush("a1"));
    await drain("BTC", "notices");
    await store.destinations.change(
      "console:1",
      setQuietHours({ destination: "console:1", kind: "direct" }, undefined),
    );
    await store.outbox.insert("notices", clock.now(), [summaryFor("console:1", "quiet-hours", clock.now())]);
    await drain("notices");
    expect(requests).toHaveLength(1);
    clock.advance(24 * 3_600_000);
    await drain("notices");
    expect(requests).toHaveLength(1);
  });

  test("who has quiet hours gets the summary also where the clock was set back meanwhile", async () => {
    const minute = new Date(now).getUTCHours() * 60;
    await subscribed(store, "console:1", { quietHours: { from: minute - 60, to: minute + 60 } });
    const { sender, requests } = fakeSender();
    const { drain } = notifierOf(sender);
    await commit(aPush("a1"));
    await drain("BTC", "notices");
    clock.advance(60 * 60_000);
    const behind = notifierOf(sender, { clock: handClock(clock.now() - 30_000) });
    await behind.drain("notices");
    expect(requests).toEqual([]);
    clock.advance(31_000);
    await drain("notices");
    expect(requests).toHaveLength(1);
  });

  test("is told that a summary may repeat what another one said whose answer was lost", async () => {
    await subscribed(store, "console:1");
    const lost = { kind: "unknown-outcome", reason: "lost" } as const;
    const { sender, requests } = fakeSender([lost, lost, lost, lost]);
    const { drain } = notifierOf(sender);
    await commit(aPush("a1"));
    clock.advance(11 * 60_000);
    await drain("BTC", "notices");
    clock.advance(90_000);
    for (const ms of [0, 2_000, 4_000, 8_000]) {
      clock.advance(ms);
      await drain("notices");
    }
    expect(requests.map(({ possibleRepeat }) => possibleRepeat)).toEqual([false, true, true, true]);
    await commit(aPush("a2"));
    await redis.hset(
      destinationKeys("console:1").held,
      "a2",
      (await store.turns.heldBack("console:1")).get("a1") ?? "",
    );
    const at = clock.now();
    const notice = { version: 1, kind: "summary", why: "late", time: at, alerts: [] };
    const another = {
      alertId: "summary-other",
      content: JSON.stringify(notice),
      destinations: ["console:1"],
    };
    await store.outbox.insert("notices", at, [another]);
    await drain("notices");
    expect(requests).toHaveLength(5);
    expect(requests[4]?.possibleRepeat).toBe(true);
    expect(await store.turns.heldBack("console:1")).toEqual(new Map());
  });

  test("is told of what came too late to be news in one summary, on its own clock", async () => {
    await subscribed(store, "console:1", { zone: "Asia/Kolkata" });
    await commit(aPush("a1"));
    await commit(aPush("a2"));
    clock.advance(11 * 60_000);
    const { sender, requests } = fakeSender();
    const { drain } = notifierOf(sender);
    await drain("BTC", "notices");
    expect(requests).toEqual([]);
    clock.advance(60_000);
    await drain("BTC", "notices");
    expect(requests).toHaveLength(1);
    expect(requests[0]?.message).toMatchObject({ kind: "line", headline: expect.stringMatching(/late.*2/) });
    expect(requests[0]?.message).toMatchObject({
      lines: [expect.stringContaining("GMT+5:30"), expect.anything()],
    });
  });
});

describe("replicas whose clocks differ by half a minute", () => {
  test("tell all that came too late", async () => {
    const late = 11 * 60_000;
    await commitAlerts(["a1"]);
    await scene().insert({ alertId: "a2", content, destinations: ["console"], delayMs: late + 31_000 });
    clock.advance(late);
    const { sender, requests } = fakeSender();
    const aheadClock = handClock(clock.now() + 30_000);
    const ahead = notifierOf(sender, { clock: aheadClock });
    const behind = notifierOf(sender);
    await ahead.drain("BTC", "notices");
    for (const step of [30_500, 500, 30_000, 30_000, 120_000]) {
      clock.advance(step);
      aheadClock.advance(step);
      if (step === 500) await behind.drain("BTC", "notices");
      await ahead.drain("notices");
    }
    expect(requests.length).toBeGreaterThan(0);
    expect(await store.turns.heldBack("console")).toEqual(new Map());
  });
});

describe("a platform's definite refusal", () => {
  const blocked: SendResult = { kind: "rejected", reason: "bot was blocked", disable: true };

  test("stops the destination with the reason, and its owner is told once", async () => {
    await subscribed(store, "console:channel", { owner: "console:owner" });
    const { sender, requests } = fakeSender([blocked]);
    const { drain, settled } = notifierOf(sender);
    await commit(aPush("a1"));
    await drain();
    await drain("notices");
    const record = await store.destinations.get("console:channel");
    expect(record?.disabled).toMatchObject({ reason: "bot was blocked", ownerTold: true });
    expect(destinationsOf(requests)).toEqual(["console:channel", "console:owner"]);
    expect(requests[1]?.message.headline).toContain("console:channel");
    await commitAlerts(["a2"], ["console:channel"]);
    await drain("BTC", "notices");
    expect(settled).toEqual(["dead", "sent", "skipped"]);
  });

  test("tells the owner also where the process died before it could", async () => {
    await subscribed(store, "console:channel", { owner: "console:owner" });
    await commit(aPush("a1"));
    await store.destinations.disable("console:channel", "kicked", now);
    const { sender, requests } = fakeSender();
    const { drain } = notifierOf(sender);
    await drain();
    await drain("notices");
    expect(destinationsOf(requests)).toEqual(["console:owner"]);
  });

  test("of a message alone stops nothing", async () => {
    await subscribed(store, "console:1");
    const { sender } = fakeSender([{ kind: "rejected", reason: "too long", disable: false }]);
    const { drain } = notifierOf(sender);
    await commit(aPush("a1"));
    await drain();
    expect((await store.destinations.get("console:1"))?.disabled).toBeUndefined();
  });
});

describe("a delivery taken over while it was being sent", () => {
  async function settledAfter(answer: SendResult): Promise<readonly string[]> {
    await commitAlerts(["a"]);
    const { sender, requests } = fakeSender([answer]);
    const slow: Sender = {
      ...sender,
      send: async (request) => {
        clock.advance(20_000);
        await store.outbox.releaseStuck("BTC", "console", 12_500);
        await store.outbox.claim("BTC", "console", 1);
        return sender.send(request);
      },
    };
    const { pump, settled } = notifierOf(slow);
    pump.wake("BTC");
    await vi.waitFor(() => expect(requests).toHaveLength(1), patient);
    await pump.stop();
    return settled;
  }

  test("is not given up by who lost it", async () => {
    expect(await settledAfter({ kind: "rejected", reason: "a bad message", disable: false })).toEqual([]);
    expect(await store.outbox.countPending("BTC")).toBe(1);
  });

  test("is over where it was sent after all", async () => {
    expect(await settledAfter({ kind: "sent", messageId: "m1" })).toEqual(["sent"]);
    expect(await store.outbox.countPending("BTC")).toBe(0);
  });
});
