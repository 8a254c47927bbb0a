import { randomUUID } from "node:crypto";
import type { Bot } from "grammy";
import type { BotPorts } from "../bots/contracts.ts";
import { lead } from "../bots/shared/leadership.ts";
import { createTelegramBot } from "../bots/telegram/bot.ts";
import { keepCommandLists } from "../bots/telegram/commandList.ts";
import { poll, pollingLease } from "../bots/telegram/polling.ts";
import { safeError } from "../bots/telegram/failures.ts";
import { createWebhook, registerWebhook, webhookSecret } from "../bots/telegram/webhook.ts";
import { verifyToken } from "../notifier/senders/senders.ts";
import { telegramLimits } from "../notifier/senders/telegram.ts";
import { systemClock } from "../ops/clock.ts";
import { createBotMemory } from "../store/botMemory.ts";
import { createLease } from "../store/lease.ts";
import { createReplyPace } from "../store/pace/replyPace.ts";
import { openBotPorts } from "./botPorts.ts";
import type { Parts } from "./parts.ts";

/** Somebody else polls with our token: asking at once again would only throw them out, and us. */
const pauseAfterConflictMs = 15_000;

/** Talks with people on Telegram. Without a token there is nothing to do. */
export async function startTelegramRole(parts: Parts): Promise<void> {
  const { config, clock, print, log } = parts;
  const { botToken: token, webhookUrl } = config.telegram;
  if (token === undefined) return;
  const check = await verifyToken("telegram", { config, clock, print, terminal: false });
  if (check.kind === "wrong") throw new Error(check.reason);
  if (check.kind === "unreachable")
    log.warn({}, `${check.reason}; the Telegram bot answers once it can be reached`);
  const ports = await openBotPorts(parts);
  const open = async (signal: AbortSignal): Promise<Bot> => openBot(parts, { ports, token, signal });
  if (webhookUrl === undefined) startPolling(parts, token, open);
  else startWebhook(parts, { ports, open, url: webhookUrl });
}

type Open = (signal: AbortSignal) => Promise<Bot>;

interface Opening {
  readonly ports: BotPorts;
  readonly token: string;
  readonly signal: AbortSignal;
}

async function openBot(
  { config, redis, log, metrics, store }: Parts,
  { ports, token, signal }: Opening,
): Promise<Bot> {
  const options = {
    token,
    apiRoot: config.telegram.apiRoot,
    ports,
    memory: createBotMemory(redis.commands),
    pacing: {
      answers: createReplyPace(redis.commands),
      pause: store.pace.pause,
      limits: telegramLimits(config.telegram.paidRate),
    },
    log,
    onUpdate: (outcome: string) => metrics.botUpdates.inc({ platform: "telegram", outcome }),
  };
  const bot = await createTelegramBot(options, signal);
  const changed = await keepCommandLists(bot.api);
  if (changed > 0) log.info({ lists: changed }, "Telegram's command lists were brought up to date");
  return bot;
}

/** One process of all polls; another takes over when it is gone. */
function startPolling({ redis, log, lifecycle }: Parts, token: string, open: Open): void {
  const [botId = ""] = token.split(":");
  const stop = lead({
    lease: createLease(redis.commands, `telegram-${botId}`),
    holder: randomUUID(),
    ...pollingLease,
    log: log.child({ lease: "Telegram updates" }),
    clock: systemClock,
    work: async (signal) => {
      await poll(await open(signal), signal, log);
      if (!signal.aborted) await systemClock.sleep(pauseAfterConflictMs, signal).catch(() => undefined);
    },
  });
  lifecycle.add("Telegram bot", stop);
}

interface WebhookParts {
  readonly ports: BotPorts;
  readonly open: Open;
  readonly url: string;
}

/** Every process with the role http takes updates; they are stateless, and each update is done once. */
function startWebhook({ roles, webhooks, stopping, log }: Parts, { ports, open, url }: WebhookParts): void {
  if (!roles.includes("http"))
    throw new Error("TELEGRAM_WEBHOOK_URL needs the roles telegram and http in one process: start both");
  const secret = webhookSecret(ports.signingKey);
  // opened in the background: Telegram may not be reachable yet, and must not hold up the rest
  const opening = untilSetUp({ stopping, log }, async () => {
    const bot = await open(stopping.signal);
    await registerWebhook(bot, url, secret);
    return createWebhook(bot, secret, log);
  });
  opening.catch((error: unknown) => {
    log.debug({ error }, "stopped before the Telegram webhook was set up");
  });
  webhooks.set(new URL(url).pathname, async (request) => (await opening)(request));
}

const firstPauseMs = 1_000;
const longestPauseMs = 60_000;

/** A Telegram that fails for a moment must not leave the bot silent until the next start. */
async function untilSetUp<T>({ stopping, log }: Pick<Parts, "stopping" | "log">, setUp: () => Promise<T>) {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
    try {
      return await setUp();
    } catch (error) {
      if (stopping.signal.aborted) throw error;
      log.error(safeError(error), "the Telegram webhook could not be set up; trying again");
    }
    await systemClock.sleep(pauseMs, stopping.signal);
  }
}
