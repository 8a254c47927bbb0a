import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { telegramLimits } from "../../src/notifier/senders/telegram.ts";
import { systemClock } from "../../src/ops/clock.ts";
import { noticesPlace } from "../../src/store/contracts/outbox.ts";
import { startTestLopside, type TestLopside } from "../support/lopside.ts";
import { patient } from "../support/patience.ts";
import { freePort, startTestRedis, type TestRedis } from "../support/redis.ts";
import { startTelegramServer, type TelegramServer } from "../support/telegram/server.ts";

describe("the role telegram", () => {
  let redis: TestRedis;
  let server: TelegramServer;
  const running: TestLopside[] = [];

  beforeEach(async () => {
    [redis, server] = await Promise.all([startTestRedis(), startTelegramServer()]);
  });
  afterEach(async () => {
    for (const lopside of running.splice(0)) await lopside.stop();
    await server.close();
    await redis.stop();
  });

  const start = async (env: Readonly<Record<string, string>> = {}): Promise<TestLopside> => {
    const lopside = await startTestLopside({
      redis,
      clock: systemClock,
      roles: env["TELEGRAM_WEBHOOK_URL"] === undefined ? ["telegram"] : ["telegram", "http"],
      env: { TELEGRAM_BOT_TOKEN: server.bot.token, TELEGRAM_API_ROOT: server.apiRoot, ...env },
    });
    running.push(lopside);
    return lopside;
  };

  const ask = async (text: string): Promise<string> => {
    const user = server.driver.addUser();
    const chat = server.driver.addPrivateChat(user);
    server.driver.say(user, chat, text);
    const answer = await server.waitFor(() => server.sent(chat.id)[0]);
    return answer.content.text ?? "";
  };

  test("answers, and of two processes one polls; the other takes over without a 409", async () => {
    const first = await start();
    expect(await ask("/status")).toContain("BTC: not computed yet");
    await start();
    await first.stop();
    running.shift();
    expect(await ask("/privacy")).toContain("/forget");
    expect(server.calls.filter(({ status }) => status === 409)).toEqual([]);
    expect(server.commands().length).toBeGreaterThan(3);
  });

  test("as a webhook it takes what carries Telegram's secret, and nothing else", async () => {
    const port = String(await freePort());
    const url = `http://127.0.0.1:${port}/telegram`;
    await start({ TELEGRAM_WEBHOOK_URL: url, HTTP_PORT: port });
    await server.waitFor(() => server.calls.find(({ method }) => method === "setWebhook"));
    expect(await ask("/privacy")).toContain("/forget");
    const forged = await fetch(url, {
      method: "POST",
      headers: { "x-telegram-bot-api-secret-token": "guess" },
      body: JSON.stringify({ update_id: 1 }),
    });
    expect(forged.status).toBe(401);
    expect(server.calls.some(({ method }) => method === "getUpdates")).toBe(false);
  });

  test.each([
    ["setWebhook", { kind: "status", status: 502 }],
    ["getMyCommands", { kind: "resetBefore" }],
  ] as const)(
    "as a webhook it answers in the end although Telegram failed %s once",
    async (method, fault) => {
      server.faults.add({ ...fault, method });
      const port = String(await freePort());
      await start({ TELEGRAM_WEBHOOK_URL: `http://127.0.0.1:${port}/telegram`, HTTP_PORT: port });
      expect(await ask("/privacy")).toContain("/forget");
    },
  );

  test("quiet hours that are switched off leave a summary of what they held back, for a notifier to find", async () => {
    const { store } = await start();
    const user = server.driver.addUser();
    const chat = server.driver.addPrivateChat(user);
    const say = async (text: string): Promise<void> => {
      const seen = server.sent(chat.id).length;
      server.driver.say(user, chat, text);
      await server.waitFor(() => server.sent(chat.id)[seen]);
    };
    const hour = new Date().getUTCHours();
    await say(`/quiet ${(hour + 22) % 24}:00-${(hour + 2) % 24}:00`);
    await say("/quiet off");
    const { deliveries } = await store.outbox.claim(noticesPlace, "telegram", 10);
    expect(deliveries).toMatchObject([
      {
        destination: `telegram:${chat.id}`,
        alert: { content: expect.stringContaining('"why":"quiet-hours"') },
      },
    ]);
  });

  describe("a test alert in a group", () => {
    /** What a chat bears, and however much all of them together. */
    const open = { ...telegramLimits(undefined), perSecond: Infinity, chatGapMs: 0 };

    test("counts among the group's twenty a minute, as answers do", async () => {
      const { store } = await start();
      const ana = server.driver.addUser();
      const group = server.driver.addGroup({ admins: [ana] });
      server.driver.say(ana, group, "/subscribe BTC 2");
      const [, answer] = await server.waitFor(() => {
        const sent = server.sent(group.id);
        return sent.length === 2 ? sent : undefined;
      });
      expect(answer?.content.text).toContain("test alert");
      const wishes = Array.from({ length: 20 }, () => ({ chat: String(group.id), isGroup: true }));
      const left = await store.pace.book("telegram", open, wishes);
      expect(left.filter(({ kind }) => kind === "go")).toHaveLength(18);
    });

    test("that Telegram has no patience for makes alerts wait, too", async () => {
      const { store } = await start();
      const ana = server.driver.addUser();
      const group = server.driver.addGroup({ admins: [ana] });
      server.faults.add({ kind: "status", status: 429, retryAfterSeconds: 60, method: "sendMessage" });
      server.driver.say(ana, group, "/subscribe BTC 2");
      await vi.waitFor(async () => {
        const [booking] = await store.pace.book("telegram", open, [{ chat: "1", isGroup: false }]);
        expect(booking).toMatchObject({ kind: "wait", isAll: true });
      }, patient);
    });
  });

  test("a webhook without the role http is refused, saying what to do", async () => {
    const env = { TELEGRAM_WEBHOOK_URL: "http://127.0.0.1:1/telegram" };
    const started = startTestLopside({
      redis,
      clock: systemClock,
      roles: ["telegram"],
      env: { TELEGRAM_BOT_TOKEN: server.bot.token, TELEGRAM_API_ROOT: server.apiRoot, ...env },
    });
    await expect(started).rejects.toThrow("needs the roles telegram and http in one process");
  });
});
