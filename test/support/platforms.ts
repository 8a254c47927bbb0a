import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import type { SimulatedExchange } from "../../src/sim/contracts.ts";
import { openStore } from "../../src/store/store.ts";
import { type Child, ensureBuilt, killChildren } from "./child.ts";
import { type DiscordServer, startDiscordServer } from "./discord/server.ts";
import type { DiscordChannel } from "./discord/world.ts";
import { openExchange, startInstalled } from "./installation.ts";
import { silentLog, startTestRedis, type TestRedis } from "./redis.ts";
import { takeOver } from "./takeOver.ts";
import { startTelegramServer, type TelegramServer } from "./telegram/server.ts";
import type { ChatRecord } from "./telegram/world.ts";

/** What a test of the way to both platforms holds; each test has servers and a Redis of its own. */
export interface Platforms {
  readonly telegram: TelegramServer;
  readonly discord: DiscordServer;
  readonly chat: ChatRecord;
  readonly channel: DiscordChannel;
  /** `lopside start` with both platforms, alerting within seconds and once. */
  readonly start: (env?: Readonly<Record<string, string>>) => Promise<Child>;
  /** Deliveries that are not settled yet. */
  readonly pending: () => Promise<number>;
  /** What a killed process held is free at once; nobody else may be alive. */
  readonly takeOver: () => Promise<void>;
}

/** Sets all of it up around the tests of a file; call it once, use what it returns inside tests. */
export function aroundPlatforms(): () => Platforms {
  let exchange: SimulatedExchange;
  let dir: string;
  let redis: TestRedis;
  let platforms: Platforms;

  beforeAll(async () => {
    ensureBuilt();
    dir = await mkdtemp(join(tmpdir(), "lopside-platforms-"));
    exchange = await openExchange();
  });
  beforeEach(async () => {
    redis = await startTestRedis({ tcp: true });
    platforms = await openPlatforms(redis, exchange, dir);
  });
  afterEach(async () => {
    await killChildren();
    await Promise.all([platforms.telegram.close(), platforms.discord.close(), redis.stop()]);
  });
  afterAll(async () => {
    await exchange.close();
    await rm(dir, { recursive: true, force: true });
  });
  return () => platforms;
}

async function openPlatforms(redis: TestRedis, exchange: SimulatedExchange, cwd: string): Promise<Platforms> {
  const [telegram, discord] = await Promise.all([startTelegramServer(), startDiscordServer()]);
  const chat = telegram.driver.addGroup({});
  const channel = discord.driver.addChannel(discord.driver.addGuild(), {});
  const settings = {
    REDIS_URL: redis.url,
    VENUE_BASE_URL: exchange.baseUrl,
    ALERT_COOLDOWN: "30d",
    TELEGRAM_BOT_TOKEN: telegram.bot.token,
    TELEGRAM_API_ROOT: telegram.apiRoot,
    TELEGRAM_CHATS: String(chat.id),
    DISCORD_BOT_TOKEN: discord.token,
    DISCORD_API_URL: discord.apiUrl,
    DISCORD_CHANNELS: channel.id,
  };
  const connection = await redis.connect();
  const store = await openStore(connection, { log: silentLog });
  return {
    telegram,
    discord,
    chat,
    channel,
    start: async (env = {}) => startInstalled({ cwd, env: { ...settings, ...env } }),
    pending: async () => store.outbox.countPending("BTC"),
    takeOver: async () => takeOver(connection, "BTC", [`telegram:${chat.id}`, `discord:${channel.id}`]),
  };
}
