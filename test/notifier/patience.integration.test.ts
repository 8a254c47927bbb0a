import { expect, test } from "vitest";
import type { SendResult } from "../../src/notifier/contracts.ts";
import { aGate } from "../support/gate.ts";
import { aPush, fakeSender } from "./fakeSender.ts";
import { useScene } from "./scene.ts";
import { subscribed } from "./subscribed.ts";

const scene = useScene();
const limits = { perSecond: 25, chatGapMs: 0, groupPerMinute: Infinity, invalidPer10Minutes: Infinity };

test("a platform that wants patience from all isn't asked by those either who had a place in line already", async () => {
  const { store, clock, commit, notifierOf } = scene();
  for (let nth = 0; nth < 30; nth += 1) await subscribed(store, `console:${nth}`);
  const after: string[] = [];
  let isAnswered = false;
  const { sender } = fakeSender([], {
    pace: { limits, names: { before: "console:", after: "", groups: "" } },
    send: async (request) => {
      if (isAnswered) after.push(request.destination);
      // whoever is asked at the same moment doesn't know it yet
      setImmediate(() => {
        isAnswered = true;
      });
      return { kind: "rate-limited", retryAt: clock.now() + 3_600_000 };
    },
  });
  const { drain } = notifierOf(sender);
  await commit(aPush("a1"));
  await drain();
  expect(after).toEqual([]);
});

test("nor is a chat's new address by who found it at its old one", async () => {
  const { store, clock, commit, notifierOf } = scene();
  await subscribed(store, "console:old");
  await subscribed(store, "console:other");
  const { sender, requests } = fakeSender([], {
    pace: { limits, names: { before: "console:", after: "", groups: "" } },
  });
  const { drain } = notifierOf({
    ...sender,
    send: async (request) => {
      await sender.send(request);
      if (request.destination === "console:old") return { kind: "migrated", to: "console:new" };
      return { kind: "rate-limited", retryAt: clock.now() + 3_600_000 };
    },
  });
  await commit(aPush("a1"));
  await drain();
  expect(requests.map(({ destination }) => destination).toSorted()).toEqual(["console:old", "console:other"]);
});

test("nor by who was waiting for a picture", async () => {
  const { store, clock, commit, notifierOf } = scene();
  await subscribed(store, "console:1");
  await subscribed(store, "console:2");
  const drawing = aGate();
  const { sender, requests } = fakeSender([], {
    pace: { limits, names: { before: "console:", after: "", groups: "" } },
  });
  const pictures = [async () => Promise.resolve({}), async () => drawing.passed.then(() => ({}))];
  const { drain } = notifierOf(
    {
      ...sender,
      send: async (request) => {
        await sender.send(request);
        // drawn once the answer was heard
        setImmediate(drawing.open);
        return { kind: "rate-limited", retryAt: clock.now() + 3_600_000 };
      },
    },
    { dress: async () => pictures.shift()?.() ?? {} },
  );
  await commit(aPush("a1"));
  await drain();
  expect(requests).toHaveLength(1);
});

test("a chat that wants patience isn't asked by what waited behind, until its patience is back", async () => {
  const { store, clock, commit, notifierOf } = scene();
  await subscribed(store, "console:1");
  const retryAt = clock.now() + 3_600_000;
  const asked: string[] = [];
  const answers: SendResult[] = [
    { kind: "sent", messageId: "m1" },
    { kind: "rate-limited", retryAt: retryAt + 4 * 3_600_000, scope: "chat" },
  ];
  const answered = (what: string): SendResult => {
    asked.push(what);
    return answers.shift() ?? { kind: "sent", messageId: "m2" };
  };
  const { sender } = fakeSender([], {
    pace: { limits, names: { before: "console:", after: "", groups: "" } },
    send: async () => answered("push"),
    edit: async () => answered("edit"),
  });
  const { drain } = notifierOf(sender);
  await commit(aPush("a1"));
  await drain();
  clock.advance(4 * 3_600_000);
  await commit(aPush("b1"), aPush("a1-resolved", { kind: "edit", episodeId: "a1" }));
  await drain();
  expect(asked).toEqual(["push", "push"]);
});
