import { expect, test } from "vitest";
import { createTelegramSender } from "../../src/notifier/senders/telegram.ts";
import { openFileIds } from "../../src/roles/dressing.ts";
import { handClock } from "../notifier/builders.ts";
import { alert } from "../notifier/senders/sender.contract.ts";
import { plainPng } from "../support/png.ts";
import { silentLog, startTestRedis } from "../support/redis.ts";
import { startTelegramServer } from "../support/telegram/server.ts";

test("a picture that was sent counts as sent where Redis has gone away meanwhile", async () => {
  const [redis, telegram] = await Promise.all([startTestRedis(), startTelegramServer()]);
  const { token } = telegram.bot;
  const fileIds = openFileIds(await redis.connect(), token, silentLog);
  let gone: Promise<void> | undefined;
  const sender = createTelegramSender({
    token,
    apiRoot: telegram.apiRoot,
    timeoutMs: 1_000,
    clock: handClock(),
    fileIds: {
      ...fileIds,
      get: async (key) => {
        const known = await fileIds.get(key);
        gone ??= redis.kill();
        await gone;
        return known;
      },
    },
  });
  const chat = telegram.driver.addPrivateChat(telegram.driver.addUser());
  const picture = { kind: "picture", png: plainPng(64, 36), width: 64, height: 36, key: "BTC-1" } as const;
  const destination = `telegram:${chat.id}`;
  const request = { destination, message: alert, possibleRepeat: false, idempotencyKey: "k", picture };
  expect(await sender.send(request)).toMatchObject({ kind: "sent" });
  expect(telegram.sent(chat.id)).toHaveLength(1);
  await redis.start();
  await Promise.all([redis.stop(), telegram.close()]);
});
