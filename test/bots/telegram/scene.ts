import { afterAll, afterEach, beforeAll } from "vitest";
import { alertMessage } from "../../../src/alerts/message.ts";
import { testAlertContent } from "../../../src/alerts/content.ts";
import type { BotPorts, TestOutcome } from "../../../src/bots/contracts.ts";
import { createTelegramBot } from "../../../src/bots/telegram/bot.ts";
import { poll } from "../../../src/bots/telegram/polling.ts";
import type { Picture, Pictures } from "../../../src/charts/contracts.ts";
import { createTelegramSender, telegramLimits } from "../../../src/notifier/senders/telegram.ts";
import type { Clock } from "../../../src/ops/clock.ts";
import { systemClock } from "../../../src/ops/clock.ts";
import type { Log } from "../../../src/ops/log.ts";
import { createBotMemory } from "../../../src/store/botMemory.ts";
import { createDestinations } from "../../../src/store/destinations/destinations.ts";
import { createPace } from "../../../src/store/pace/pace.ts";
import { createReplyPace } from "../../../src/store/pace/replyPace.ts";
import { readSigningKey } from "../../../src/store/signingKey.ts";
import { referenceImbalance } from "../../alerts/examples.ts";
import { plainPng } from "../../support/png.ts";
import { silentLog, startTestRedis, type TestRedis } from "../../support/redis.ts";
import type { OpenQuery } from "../../support/telegram/method.ts";
import {
  startTelegramServer,
  type TelegramOptions,
  type TelegramServer,
} from "../../support/telegram/server.ts";
import type { ChatRecord, MessageRecord, UserRecord } from "../../support/telegram/world.ts";

export const symbols = ["BTC", "ETH", "SOL"] as const;

/** Telegram with people in it, and the bot, unmodified, asking it for updates. */
export interface Scene {
  readonly server: TelegramServer;
  readonly driver: TelegramServer["driver"];
  readonly ports: BotPorts;
  readonly redis: TestRedis;
  /** Has written to the bot before. */
  readonly ana: UserRecord;
  readonly anaChat: ChatRecord;
  /** Never has. */
  readonly ben: UserRecord;
  /** Says it, and gives the bot's next message in that chat. */
  readonly ask: (
    user: UserRecord,
    chat: ChatRecord,
    text: string,
    options?: SayOptions,
  ) => Promise<MessageRecord>;
  /** The bot's message after `seen` others in that chat. */
  readonly next: (chat: ChatRecord, seen: number) => Promise<MessageRecord>;
  /** Presses, and waits for the answer of the query. */
  readonly press: (user: UserRecord, message: MessageRecord, label: string) => Promise<OpenQuery>;
  /** Resolves once every update so far was dealt with. */
  readonly settled: () => Promise<void>;
  /** Ends this bot and starts another over the same Redis. */
  readonly restart: () => Promise<void>;
}

type SayOptions = Parameters<TelegramServer["driver"]["say"]>[3];

export interface SceneOptions extends TelegramOptions {
  readonly ports?: Partial<BotPorts>;
  readonly clock?: Clock;
  readonly log?: Log;
  /** Answers keep to Telegram's limits, as they do in the role. */
  readonly isPaced?: boolean;
}

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
  const server = await startTelegramServer(options);
  closers.push(server.close);
  const { driver } = server;
  const clock = options.clock ?? systemClock;
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
    sendTest: testSender(server, clock),
    pictures: plainPictures,
    signingKey: await readSigningKey(client),
    ...options.ports,
  };
  const work = { active: 0 };
  const start = async (): Promise<() => Promise<void>> => startBot(server, { client, ports, options, work });
  let stop = await start();
  closers.push(async () => stop());

  const ana = driver.addUser({ firstName: "Ana", languageCode: "en" });
  const anaChat = driver.addPrivateChat(ana);
  const next: Scene["next"] = async (chat, seen) => server.waitFor(() => server.sent(chat.id)[seen]);
  return {
    server,
    driver,
    ports,
    redis,
    ana,
    anaChat,
    ben: driver.addUser({ firstName: "Ben", languageCode: "en" }),
    next,
    ask: async (user, chat, text, given) => {
      const seen = server.sent(chat.id).length;
      driver.say(user, chat, text, given);
      return next(chat, seen);
    },
    press: async (user, message, label) => answered(server, driver.press(user, message, label)),
    settled: async () => {
      const isIdle = (): true | undefined =>
        server.queue().pending().length === 0 && work.active === 0 ? true : undefined;
      await server.waitFor(isIdle);
    },
    restart: async () => {
      await stop();
      stop = await start();
    },
  };
}

export async function answered(server: TelegramServer, query: OpenQuery): Promise<OpenQuery> {
  await server.waitFor(() => query.answer);
  return query;
}

interface BotParts {
  readonly client: Awaited<ReturnType<TestRedis["connect"]>>;
  readonly ports: BotPorts;
  readonly options: SceneOptions;
  readonly work: { active: number };
}

/** Runs the bot as the role does, without the lease. */
async function startBot(
  { apiRoot, bot: { token } }: TelegramServer,
  { client, ports, options, work }: BotParts,
): Promise<() => Promise<void>> {
  const log = options.log ?? silentLog;
  const pacing = {
    answers: createReplyPace(client),
    pause: createPace(client).pause,
    limits: telegramLimits(undefined),
  };
  const memory = createBotMemory(client);
  const paced = options.isPaced === true && { pacing };
  const bot = await createTelegramBot({ token, apiRoot, ports, memory, log, ...paced });
  const handle = bot.handleUpdate.bind(bot);
  bot.handleUpdate = async (...update) => {
    work.active += 1;
    await handle(...update).finally(() => {
      work.active -= 1;
    });
  };
  const stopping = new AbortController();
  const polling = poll(bot, stopping.signal, log);
  return async () => {
    stopping.abort();
    await polling;
  };
}

/** Posts the example alert as the notifier does. */
function testSender({ apiRoot, bot: { token } }: TelegramServer, clock: Clock): BotPorts["sendTest"] {
  const sender = createTelegramSender({ token, apiRoot, timeoutMs: 5_000, clock });
  return async (destination, symbol, language): Promise<TestOutcome> => {
    const message = alertMessage(testAlertContent(symbol, clock.now()), language);
    const sent = await sender.send({ destination, message, possibleRepeat: false, idempotencyKey: "test" });
    if (sent.kind === "sent") return { kind: "sent" };
    return sent.kind === "rejected" ? { kind: "refused", reason: sent.reason } : { kind: "unsure" };
  };
}

const drawn = async (symbol: string): Promise<Picture> => ({
  kind: "picture",
  png: plainPng(64, 36),
  width: 64,
  height: 36,
  key: `${symbol}-1`,
});

export const plainPictures: Pictures = {
  map: async (symbol) => drawn(`map-${symbol}`),
  heatmap: async (symbol) => drawn(`heatmap-${symbol}`),
  history: async (symbol) => drawn(`history-${symbol}`),
};
