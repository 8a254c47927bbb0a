import { createHmac, timingSafeEqual } from "node:crypto";
import { BotError, type Bot } from "grammy";
import type { Update } from "grammy/types";
import { z } from "zod";
import type { WebhookAnswer, WebhookRequest } from "../../http/contracts.ts";
import type { Log } from "../../ops/log.ts";
import { safeError } from "./failures.ts";
import { allowedUpdates } from "./polling.ts";

/** Telegram sends it with every update (Bot API, setWebhook); the same in every process that has the key. */
export function webhookSecret(signingKey: Uint8Array): string {
  return createHmac("sha256", signingKey).update("telegram webhook").digest("hex");
}

/** Tells Telegram where to send updates. Safe to repeat. */
export async function registerWebhook(bot: Bot, url: string, secret: string): Promise<void> {
  await bot.api.setWebhook(url, { secret_token: secret, allowed_updates: allowedUpdates });
}

const update = z.looseObject({ update_id: z.int() });

/** Telegram gives up on an answer after a while and sends the update again; what takes longer goes on by itself. */
const answerWithinMs = 8_000;

/** Takes what Telegram POSTs. Nothing is read before the secret was right. */
export function createWebhook(bot: Bot, secret: string, log: Log) {
  return async ({ header, body }: WebhookRequest): Promise<WebhookAnswer> => {
    if (!isSame(header("x-telegram-bot-api-secret-token") ?? "", secret)) {
      return { status: 401, body: { error: "wrong secret", hint: "only Telegram knows it" } };
    }
    const parsed = update.safeParse(parse(body));
    if (!parsed.success) return { status: 400, body: { error: "no update", hint: "Telegram sends JSON" } };
    const handling = handle(bot, parsed.data, log);
    const timer = new AbortController();
    await Promise.race([handling, after(answerWithinMs, timer.signal)]);
    timer.abort();
    return { status: 200 };
  };
}

async function handle(bot: Bot, received: Update, log: Log): Promise<void> {
  try {
    await bot.handleUpdate(received);
  } catch (error) {
    if (error instanceof BotError) await bot.errorHandler(error);
    else log.warn(safeError(error), "an update could not be answered");
  }
}

async function after(ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  });
}

function parse(body: Uint8Array): unknown {
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString("utf8"));
    return value;
  } catch {
    return undefined; // said with the answer
  }
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
