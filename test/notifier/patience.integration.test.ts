import { expect, test } from "vitest";
import { paceBy } from "../../src/notifier/chatNames.ts";
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
    pace: paceBy(limits, { before: "console:", after: "", groups: "" }),
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
