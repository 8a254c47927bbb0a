import { afterAll, afterEach, beforeAll } from "vitest";
import { PermissionFlagsBits as bits } from "discord-api-types/v10";
import { REST } from "@discordjs/rest";
import { alertMessage } from "../../../src/alerts/message.ts";
import { testAlertContent } from "../../../src/alerts/content.ts";
import type { BotPorts, TestOutcome } from "../../../src/bots/contracts.ts";
import { alertButtons } from "../../../src/bots/shared/alertButtons.ts";
import { createDiscordBot, type DiscordBot } from "../../../src/bots/discord/bot.ts";
import { slashCommands } from "../../../src/bots/discord/commands.ts";
import { createTellUser } from "../../../src/bots/discord/directMessages.ts";
import { openGateway } from "../../../src/bots/discord/gateway.ts";
import { register } from "../../../src/bots/discord/registration.ts";
import { openAnswering } from "../../../src/bots/discord/responder.ts";
import { createServerEvents } from "../../../src/bots/discord/serverEvents.ts";
import type { Picture, Pictures } from "../../../src/charts/contracts.ts";
import { createDiscordSender } from "../../../src/notifier/senders/discord.ts";
import type { Clock } from "../../../src/ops/clock.ts";
import { createDestinations } from "../../../src/store/destinations/destinations.ts";
import { readSigningKey } from "../../../src/store/signingKey.ts";
import { createSlashCommandMemory } from "../../../src/store/slashCommands.ts";
import { referenceImbalance } from "../../alerts/examples.ts";
import type { Interaction } from "../../support/discord/interactions.ts";
import { startDiscordServer, type DiscordOptions, type DiscordServer } from "../../support/discord/server.ts";
import {
  defaultPermissions,
  type DiscordChannel,
  type DiscordGuild,
  type DiscordMessage,
  type DiscordUser,
} from "../../support/discord/world.ts";
import { plainPng } from "../../support/png.ts";
import { silentLog, startTestRedis, type TestRedis } from "../../support/redis.ts";

export const symbols = ["BTC", "ETH", "SOL"] as const;

/** A server with a channel, somebody who manages it and somebody who doesn't; the bot connected and registered. */
export interface Scene {
  readonly server: DiscordServer;
  readonly redis: TestRedis;
  readonly bot: DiscordBot;
  readonly ports: BotPorts;
  readonly guild: DiscordGuild;
  readonly channel: DiscordChannel;
  readonly manager: DiscordUser;
  readonly stranger: DiscordUser;
  /** Asks, and waits until the answer is there and nothing is being worked on. */
  readonly ask: (
    name: string,
    options?: Readonly<Record<string, string | number | boolean | DiscordChannel>>,
    by?: { user?: DiscordUser; channel?: DiscordChannel; locale?: string },
  ) => Promise<Interaction>;
  /** Waits until the interaction is answered for good. */
  readonly answered: (interaction: Interaction) => Promise<Interaction>;
  readonly press: (message: DiscordMessage, label: string, user?: DiscordUser) => Promise<Interaction>;
}

export interface SceneOptions extends DiscordOptions {
  readonly ports?: Partial<BotPorts>;
  readonly clock?: Clock;
  /** How interactions come; by the gateway when left out. */
  readonly isByHttp?: boolean;
}

const realClock: Clock = {
  now: () => Date.now(),
  realMs: (ms) => ms,
  sleep: async () => undefined,
};

const closers: (() => Promise<void>)[] = [];

/** One Redis for the tests of a file, emptied between them; a scene of its own for each. */
export function aroundScenes(): (options?: SceneOptions) => Promise<Scene> {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await startTestRedis();
  });
  afterEach(async () => {
    for (const close of closers.splice(0).toReversed()) await close();
  });
  afterAll(async () => redis.stop());
  return async (options = {}) => setScene(redis, options);
}

async function setScene(redis: TestRedis, options: SceneOptions): Promise<Scene> {
  const client = await redis.connect();
  await client.flushdb();
  const server = await startDiscordServer(options);
  closers.push(server.close);
  const guild = server.driver.addGuild();
  const channel = server.driver.addChannel(guild);
  const [manager, stranger] = [server.driver.addUser("manager"), server.driver.addUser("stranger")];
  server.driver.addMember(guild, manager, defaultPermissions | bits.ManageGuild);
  server.driver.addMember(guild, stranger, defaultPermissions);

  const clock = options.clock ?? realClock;
  const signingKey = await readSigningKey(client);
  const ports: BotPorts = {
    symbols,
    clock,
    imbalance: async (symbol) => ({ ...referenceImbalance, symbol, time: clock.now() }),
    points: async () => [],
    destinations: createDestinations(client),
    watch: async () => ({ stateOf: () => undefined }),
    firings: async () => ({ days: 0, isReconstructed: false, counts: new Map() }),
    deliveries: {
      ofDestination: async () => [],
      tellHeld: async () => undefined,
      forget: async (_destination, takeOut) => takeOut(),
    },
    tellStopped: async () => undefined,
    pending: async () => 0,
    sendTest: testSender(server, clock, signingKey),
    pictures: plainPictures,
    signingKey,
    ...options.ports,
  };
  const answering = openAnswering({ apiUrl: server.apiUrl });
  const bot = createDiscordBot({ ports, answering, log: silentLog });
  await register(
    {
      rest: new REST({ api: server.apiUrl, version: "10" }).setToken(server.token),
      applicationId: server.applicationId,
      memory: createSlashCommandMemory(client),
    },
    slashCommands(),
    { scope: "global", isForced: false },
  );
  if (options.isByHttp !== true) await connectBot(server, bot, ports);

  const answered = async (interaction: Interaction): Promise<Interaction> => {
    await server.waitFor(() => interaction.ackedAt);
    await bot.settled();
    return interaction;
  };
  return {
    server,
    redis,
    bot,
    ports,
    guild,
    channel,
    manager,
    stranger,
    answered,
    ask: async (name, given = {}, by = {}) => {
      const { user = manager, channel: where = channel, locale } = by;
      const use = { user, channel: where, name, options: given, isForced: true };
      return answered(server.driver.slashCommand(locale === undefined ? use : { ...use, locale }));
    },
    press: async (message, label, user = manager) => answered(server.driver.press(user, message, label)),
  };
}

/** Connects one more process' bot to the same Discord. */
export async function connectBot(server: DiscordServer, bot: DiscordBot, ports: BotPorts): Promise<void> {
  const { destinations, clock, tellStopped } = ports;
  const { onInteraction } = bot;
  const { token, apiUrl } = server;
  const tell = createTellUser({ token, apiUrl });
  const events = createServerEvents({
    destinations,
    clock,
    log: silentLog,
    onInteraction,
    tell,
    tellStopped,
  });
  const gateway = await openGateway({ token, apiUrl, events, log: silentLog });
  closers.push(async () => {
    await gateway.close();
    await events.settled();
    await bot.settled();
  });
}

/** What the notifier would post. */
function testSender(server: DiscordServer, clock: Clock, key: Uint8Array): BotPorts["sendTest"] {
  const sender = createDiscordSender({
    token: server.token,
    apiUrl: server.apiUrl,
    timeoutMs: 5_000,
    clock,
  });
  return async (destination, symbol, language): Promise<TestOutcome> => {
    const now = clock.now();
    const content = testAlertContent(symbol, now);
    const result = await sender.send({
      destination,
      message: alertMessage(content, language),
      buttons: alertButtons(content, language, { key, place: destination, now }),
      possibleRepeat: false,
      idempotencyKey: `test-${destination}-${now}`,
    });
    if (result.kind === "sent") return { kind: "sent" };
    return result.kind === "rejected" ? { kind: "refused", reason: result.reason } : { kind: "unsure" };
  };
}

const picture: Picture = { kind: "picture", png: plainPng(64, 36), width: 64, height: 36, key: "k" };

const plainPictures: Pictures = {
  map: async () => picture,
  heatmap: async () => picture,
  history: async () => picture,
};

/** Everything a message shows, for looking into. */
export function shown(message: DiscordMessage | undefined): string {
  return JSON.stringify(message?.body.components ?? []);
}

export const ephemeral = 64;

export function isPrivate(message: DiscordMessage | undefined): boolean {
  return ((message?.body.flags ?? 0) & ephemeral) !== 0;
}
