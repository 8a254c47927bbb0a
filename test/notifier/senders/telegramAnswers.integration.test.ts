import type { ServerResponse } from "node:http";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Picture } from "../../../src/charts/contracts.ts";
import type { Sender, SendRequest } from "../../../src/notifier/contracts.ts";
import { createTelegramSender } from "../../../src/notifier/senders/telegram.ts";
import { saying, startGateway } from "../../support/gateway.ts";
import { patient } from "../../support/patience.ts";
import { plainPng } from "../../support/png.ts";
import { handClock } from "../builders.ts";
import { aPush } from "../fakeSender.ts";
import { useScene } from "../scene.ts";
import { alert } from "./sender.contract.ts";
import { subscribed } from "../subscribed.ts";

const scene = useScene();
const clock = handClock();
const picture: Picture = { kind: "picture", png: plainPng(16, 9), width: 16, height: 9, key: "BTC-1" };
const request: SendRequest = {
  destination: "telegram:5",
  message: alert,
  possibleRepeat: false,
  idempotencyKey: "k",
};

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function telegramBehind(answer: (response: ServerResponse) => void): Promise<Sender> {
  const { url, close } = await startGateway(answer);
  closers.push(close);
  return createTelegramSender({ token: "1:a", apiRoot: url, timeoutMs: 1_000, clock });
}

const asks: readonly (readonly [string, (sender: Sender) => Promise<unknown> | undefined])[] = [
  ["words", async (sender) => sender.send(request)],
  ["a picture", async (sender) => sender.send({ ...request, picture })],
  ["an edit", async (sender) => sender.edit?.({ ...request, messageId: "5" })],
];

describe("an answer that is not the Bot API's", () => {
  const answers: readonly (readonly [number, string])[] = [
    [502, '{"message":"Bad Gateway"}'],
    [200, "null"],
    [200, '"hello"'],
    [200, '{"ok":true}'],
    [200, '{"ok":true,"result":null}'],
    [400, '{"ok":false,"error_code":400,"description":null}'],
    [502, "<html>502 Bad Gateway</html>"],
    [200, ""],
  ];
  for (const [what, ask] of asks)
    it.each(answers)(`leaves open what became of ${what}: %s %s`, async (status, body) => {
      const sender = await telegramBehind(saying(status, body));
      expect(await ask(sender)).toMatchObject({
        kind: "unknown-outcome",
        reason: "no answer from Telegram: not its API's language",
      });
    });

  it("keeps no outcome out of the ledger, nor what comes behind it", async () => {
    const { store, commit, notifierOf } = scene();
    await subscribed(store, request.destination);
    await commit(aPush("a1"));
    const sender = await telegramBehind(saying(502, '{"message":"Bad Gateway"}'));
    const { drain, settled } = notifierOf(sender, { dress: async () => ({ picture }) });
    await drain();
    expect(settled).toEqual(["unknown"]);
  });
});

describe("a token that Telegram knows no more", () => {
  it("costs no alert: it waits for the operator's next one", async () => {
    const { store, clock: hand, commit, notifierOf } = scene();
    await subscribed(store, request.destination);
    await commit(aPush("a1"));
    let answer = saying(401, '{"ok":false,"error_code":401,"description":"Unauthorized"}');
    const sender = await telegramBehind((response) => answer(response));
    const { drain, settled } = notifierOf(sender);
    await drain();
    answer = saying(200, '{"ok":true,"result":{"message_id":7}}');
    // its place in line comes in real time
    await vi.waitFor(async () => {
      hand.advance(2_000);
      await drain();
      expect(settled.at(-1)).toBe("sent");
    }, patient);
    expect(settled).not.toContain("dead");
    expect((await store.destinations.get(request.destination))?.disabled).toBeUndefined();
  });
});
