import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Random } from "../../src/sim/random.ts";
import { openStore } from "../../src/store/store.ts";
import { textsIn } from "../../src/texts/texts.ts";
import { type Child, ensureBuilt, startChild } from "../support/child.ts";
import { startDiscordServer, type DiscordServer } from "../support/discord/server.ts";
import { freePort, silentLog, startTestRedis, type TestRedis } from "../support/redis.ts";
import { startTcpProxy, type TcpProxy } from "../support/tcpProxy.ts";
import { takeOver } from "../support/takeOver.ts";
import { startTelegramServer, type TelegramServer } from "../support/telegram/server.ts";
import { bundleScript } from "./bundle.ts";
import { commitNext, lab, subscribeAll } from "./crosser.ts";
import type { Posted } from "./oracle.ts";

export interface StageOptions {
  readonly crossings: number;
  readonly everyMs: number;
  readonly random: Random;
  /** Another build of the program than the checkout's. */
  readonly cli?: string;
}

/** Everything a chaos run needs: Redis behind a proxy, both platforms, and how to start the processes. */
export interface Stage {
  readonly redis: TestRedis;
  readonly proxy: TcpProxy;
  readonly telegram: TelegramServer;
  readonly discord: DiscordServer;
  readonly startNotifier: () => Promise<Child>;
  readonly startCrosser: () => Child;
  /** Commits one more crossing from here, whatever the proxy does. Nobody is woken: the sweep finds it. */
  readonly cross: () => Promise<void>;
  /** Crossings that were committed. */
  readonly committed: () => Promise<number>;
  readonly pending: () => Promise<number>;
  /** What killed notifiers held is free at once; none may be alive. */
  readonly takeOver: () => Promise<void>;
  readonly posted: () => { readonly telegram: readonly Posted[]; readonly discord: readonly Posted[] };
  readonly close: () => Promise<void>;
}

export async function openStage({ crossings, everyMs, random, cli }: StageOptions): Promise<Stage> {
  ensureBuilt();
  const chance = { random: () => random.next() };
  const [dir, redis, telegram, discord, crosser] = await Promise.all([
    mkdtemp(join(tmpdir(), "lopside-chaos-")),
    startTestRedis({ tcp: true }),
    startTelegramServer(chance),
    startDiscordServer(chance),
    bundleScript("test/chaos/crosser.main.ts"),
  ]);
  const proxy = await startTcpProxy({ port: Number(new URL(redis.url).port) });
  const redisUrl = `redis://127.0.0.1:${proxy.port}`;
  const guild = discord.driver.addGuild();
  const places = Array.from({ length: crossings }, () => ({
    chat: telegram.driver.addPrivateChat(telegram.driver.addUser()),
    channel: discord.driver.addChannel(guild, {}),
  }));
  const destinations = places.map(({ chat, channel }) => [`telegram:${chat.id}`, `discord:${channel.id}`]);
  // on the server itself: asked while the proxy fails
  const connection = await redis.connect();
  const store = await openStore(connection, { log: silentLog });
  await subscribeAll(store, destinations);
  const note = textsIn("en").say("possible-repeat");
  const read = (text: string): Posted[] => {
    const crossing = /\bC(\d+)\b/.exec(text)?.[1];
    return crossing === undefined ? [] : [{ crossing: Number(crossing), marked: text.includes(note) }];
  };

  return {
    redis,
    proxy,
    telegram,
    discord,
    startNotifier: async () =>
      startChild({
        args: ["start", "--roles", "notifier"],
        cwd: dir,
        ...(cli !== undefined && { cli }),
        env: {
          REDIS_URL: redisUrl,
          SYMBOLS: lab,
          HTTP_PORT: String(await freePort()),
          TELEGRAM_BOT_TOKEN: telegram.bot.token,
          TELEGRAM_API_ROOT: telegram.apiRoot,
          TELEGRAM_CHATS: String(places[0]?.chat.id ?? 1),
          DISCORD_BOT_TOKEN: discord.token,
          DISCORD_API_URL: discord.apiUrl,
          DISCORD_CHANNELS: places[0]?.channel.id ?? "1",
        },
      }),
    startCrosser: () =>
      startChild({
        args: [],
        cli: crosser.file,
        cwd: dir,
        env: {
          CHAOS_REDIS: redisUrl,
          CHAOS_COUNT: String(crossings),
          CHAOS_EVERY_MS: String(everyMs),
        },
      }),
    cross: async () => {
      const done = await commitNext(store, crossings);
      if (done !== "committed") throw new Error(`a crossing was not committed: ${done}`);
    },
    committed: async () => (await store.symbols.read(lab)).version,
    pending: async () => store.outbox.countPending(lab),
    takeOver: async () => takeOver(connection, lab, destinations.flat()),
    posted: () => ({
      telegram: telegram.sent().flatMap(({ content }) => read(content.text ?? content.caption ?? "")),
      discord: discord.sent().flatMap(({ body }) => read(JSON.stringify(body))),
    }),
    close: async () => {
      await Promise.all([proxy.close(), telegram.close(), discord.close(), crosser.remove()]);
      await redis.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
