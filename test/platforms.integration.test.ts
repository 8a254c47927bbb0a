import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { SimulatedExchange } from "../src/sim/contracts.ts";
import { openStore } from "../src/store/store.ts";
import { textsIn } from "../src/texts/texts.ts";
import { type Child, ensureBuilt, killChildren } from "./support/child.ts";
import { type DiscordServer, startDiscordServer } from "./support/discord/server.ts";
import type { DiscordChannel } from "./support/discord/world.ts";
import { hasStarted, openExchange, startInstalled } from "./support/installation.ts";
import { silentLog, startTestRedis, type TestRedis } from "./support/redis.ts";
import { startTelegramServer, type TelegramServer } from "./support/telegram/server.ts";
import type { ChatRecord } from "./support/telegram/world.ts";

/** The machine may be busy: what matters is that it comes, not when. */
const patient = { timeout: 45_000, interval: 50 };
/** No chat of the stand-in has it. */
const nobody = "-1009999999999";

describe("alerts on their way to the platforms", () => {
  let exchange: SimulatedExchange;
  let dir: string;
  let redis: TestRedis;
  let telegram: TelegramServer;
  let discord: DiscordServer;
  let chat: ChatRecord;
  let channel: DiscordChannel;

  beforeAll(async () => {
    ensureBuilt();
    dir = await mkdtemp(join(tmpdir(), "lopside-platforms-"));
    exchange = await openExchange();
  });
  beforeEach(async () => {
    [redis, telegram, discord] = await Promise.all([
      startTestRedis({ tcp: true }),
      startTelegramServer(),
      startDiscordServer(),
    ]);
    chat = telegram.driver.addGroup({});
    channel = discord.driver.addChannel(discord.driver.addGuild(), {});
  });
  afterEach(async () => {
    await killChildren();
    await Promise.all([telegram.close(), discord.close(), redis.stop()]);
  });
  afterAll(async () => {
    await exchange.close();
    await rm(dir, { recursive: true, force: true });
  });

  const start = async (env: Readonly<Record<string, string>> = {}): Promise<Child> =>
    startInstalled({
      cwd: dir,
      env: {
        REDIS_URL: redis.url,
        VENUE_BASE_URL: exchange.baseUrl,
        ALERT_COOLDOWN: "30d",
        TELEGRAM_BOT_TOKEN: telegram.bot.token,
        TELEGRAM_API_ROOT: telegram.apiRoot,
        TELEGRAM_CHATS: String(chat.id),
        DISCORD_BOT_TOKEN: discord.token,
        DISCORD_API_URL: discord.apiUrl,
        DISCORD_CHANNELS: channel.id,
        ...env,
      },
    });

  const pending = async (): Promise<number> => {
    const client = await redis.connect();
    const store = await openStore(client, { log: silentLog });
    return store.outbox.countPending("BTC");
  };

  test("reach a Telegram group and a Discord channel once each, whoever else can't be reached", async () => {
    const child = await start({ TELEGRAM_CHATS: `${nobody},${chat.id}` });
    await vi.waitFor(() => {
      expect(telegram.sent(chat.id)).toHaveLength(1);
      expect(discord.sent(channel.id)).toHaveLength(1);
    }, patient);
    await vi.waitFor(async () => expect(await pending()).toBe(0), patient);
    expect(telegram.sent(chat.id)[0]?.content.text).toContain("Liquidation maps are not price predictions.");
    expect(child.stderr()).toContain("entry 1 of TELEGRAM_CHATS");
    expect(child.stderr()).toContain("chat not found");
    for (const hidden of [nobody, String(chat.id), channel.id, telegram.bot.token, discord.token]) {
      expect(child.stdout() + child.stderr()).not.toContain(hidden);
    }
    expect(telegram.sent(chat.id)).toHaveLength(1);
    expect(discord.sent(channel.id)).toHaveLength(1);
  });

  test("survive a kill -9 between the platform's acceptance and its answer", async () => {
    telegram.faults.add({ kind: "acceptThenHang", method: "sendMessage" });
    discord.faults.add({ kind: "acceptThenHang", target: channel.id });
    const first = await start();
    await vi.waitFor(() => {
      expect(telegram.sent(chat.id)).toHaveLength(1);
      expect(discord.sent(channel.id)).toHaveLength(1);
    }, patient);
    first.signal("SIGKILL");
    await first.exit;
    expect(await pending()).toBe(2);
    await start();
    await vi.waitFor(async () => expect(await pending()).toBe(0), patient);
    // Telegram knows no idempotency key: twice, and the second time marked. Discord does: once.
    const copies = telegram.sent(chat.id).map(({ content }) => content.text ?? "");
    expect(copies).toHaveLength(2);
    expect(copies[1]).toContain(textsIn("en").say("possible-repeat"));
    expect(discord.sent(channel.id)).toHaveLength(1);
  });

  test("survive a kill -9 before the platform hears of them", async () => {
    telegram.faults.add({ kind: "status", status: 502, method: "sendMessage", times: Infinity });
    discord.faults.add({
      kind: "status",
      status: 429,
      retryAfterSeconds: 1,
      target: channel.id,
      times: Infinity,
    });
    const first = await start();
    await vi.waitFor(async () => expect(await pending()).toBe(2), patient);
    first.signal("SIGKILL");
    await first.exit;
    telegram.faults.clear();
    discord.faults.clear();
    await start();
    await vi.waitFor(() => {
      expect(telegram.sent(chat.id)).toHaveLength(1);
      expect(discord.sent(channel.id)).toHaveLength(1);
    }, patient);
  });

  test.each([
    ["TELEGRAM_BOT_TOKEN", "123456789:AAwrongwrongwrongwrongwrongwrongwro"],
    ["DISCORD_BOT_TOKEN", "MTIzNDU2Nzg5MDEyMzQ1Njc4.Gwrong.wrongwrongwrongwrongwrongwrongwrong1"],
  ])("a wrong %s ends the start and is named, not shown", async (variable, token) => {
    const child = await start({ [variable]: token });
    expect(await child.exit).toEqual({ code: 1, signal: null });
    expect(child.stderr()).toContain(variable);
    expect(child.stdout() + child.stderr()).not.toContain(token);
  });

  test("a platform that can't be reached at the start is waited for", async () => {
    await telegram.goDown();
    const child = await start();
    await child.waitFor(hasStarted(child));
    await vi.waitFor(() => expect(discord.sent(channel.id)).toHaveLength(1), patient);
    await telegram.comeBack();
    await vi.waitFor(() => expect(telegram.sent(chat.id)).toHaveLength(1), patient);
  });
});
