import { Api, GrammyError, HttpError } from "grammy";
import type { Clock } from "../ops/clock.ts";
import type { Sender, SendRequest, SendResult, TokenCheck } from "./contracts.ts";
import { connectionFailure } from "./connection.ts";
import { createLeanFetch } from "./leanFetch.ts";
import { retryTime } from "./retryTime.ts";
import { renderTelegram } from "./telegramText.ts";

export interface TelegramOptions {
  readonly token: string;
  /** A self-hosted Bot API server; Telegram's own when left out. */
  readonly apiRoot?: string | undefined;
  /** For one call, connecting and answer included. */
  readonly timeoutMs: number;
  readonly clock: Clock;
}

interface TelegramDestination {
  readonly chat: number | string;
  /** message_thread_id; undefined for the General topic. */
  readonly topic?: number;
}

/** Topic 1 is General, which the Bot API only knows as no topic at all. */
const generalTopic = 1;

/** Reads `telegram:CHAT[/TOPIC]`, CHAT a number or @username. */
function parseTelegramDestination(destination: string): TelegramDestination | undefined {
  const [, chat, topic] = /^telegram:(-?\d{1,20}|@\w{4,32})(?:\/(\d{1,10}))?$/.exec(destination) ?? [];
  if (chat === undefined) return undefined;
  const place = { chat: chat.startsWith("@") ? chat : Number(chat) };
  return topic === undefined || Number(topic) === generalTopic ? place : { ...place, topic: Number(topic) };
}

/** Posts alerts as text by the Bot API. Never retries: Telegram knows no idempotency key. */
export function createTelegramSender(options: TelegramOptions): Sender {
  const api = openApi(options);
  const post = async (
    request: SendRequest,
    place: TelegramDestination,
    signal?: AbortSignal,
  ): Promise<SendResult> => {
    const { text, entities } = renderTelegram(request.message, request.possibleRepeat);
    try {
      const sent = await api.sendMessage(
        place.chat,
        text,
        {
          entities: [...entities],
          link_preview_options: { is_disabled: true },
          ...(place.topic === undefined ? {} : { message_thread_id: place.topic }),
        },
        // the library's type of the same object comes from a polyfill
        signal as Parameters<Api["sendMessage"]>[3],
      );
      return { kind: "sent", messageId: String(sent.message_id) };
    } catch (error) {
      // a topic that is gone must not swallow the alert: the General topic is still there
      if (place.topic !== undefined && isTopicGone(error)) return post(request, { chat: place.chat }, signal);
      return translate(error, options.clock);
    }
  };
  return {
    platform: "telegram",
    send: async (request, signal) => {
      const place = parseTelegramDestination(request.destination);
      if (place === undefined)
        return { kind: "rejected", reason: "not a Telegram destination", disable: true };
      if (signal?.aborted === true) return { kind: "unreachable", reason: "stopped before sending" };
      return post(request, place, signal);
    },
  };
}

/** Asks who the token belongs to. The token itself appears in no answer. */
export async function verifyTelegramToken(options: TelegramOptions): Promise<TokenCheck> {
  if (!/^\d+:[\w-]+$/.test(options.token)) return { kind: "wrong", reason: wrongToken };
  try {
    const { username } = await openApi(options).getMe();
    return { kind: "ok", name: `@${username}` };
  } catch (error) {
    const result = translate(error, options.clock);
    if (result.kind === "rejected") return { kind: "wrong", reason: result.reason };
    const reason = "reason" in result ? result.reason : "Telegram limits requests";
    return { kind: "unreachable", reason };
  }
}

const wrongToken =
  "TELEGRAM_BOT_TOKEN is not a token Telegram knows: copy it again from @BotFather (it looks like 123456789:AA…)";

function openApi({ token, apiRoot, timeoutMs }: TelegramOptions): Api {
  const root = apiRoot?.replace(/\/+$/, "");
  return new Api(token, {
    timeoutSeconds: timeoutMs / 1000,
    fetch: createLeanFetch(),
    ...(root === undefined ? {} : { apiRoot: root }),
  });
}

/** The one place that knows grammY's errors. Their inner ones carry the URL, and with it the token. */
function translate(error: unknown, clock: Clock): SendResult {
  if (error instanceof GrammyError) return translateAnswer(error, clock);
  if (error instanceof HttpError) return connectionFailure(error.error, "Telegram");
  throw error;
}

function translateAnswer(error: GrammyError, clock: Clock): SendResult {
  const { error_code: code, description, parameters } = error;
  const { migrate_to_chat_id: movedTo, retry_after: wait } = parameters;
  if (movedTo !== undefined) return { kind: "migrated", to: `telegram:${movedTo}` };
  if (code === 429) return { kind: "rate-limited", retryAt: retryTime(clock, (wait ?? 1) * 1000) };
  if (code >= 500) return { kind: "unknown-outcome", reason: `Telegram failed: ${code}` };
  if (code === 401 || code === 404) return { kind: "rejected", reason: wrongToken, disable: false };
  return { kind: "rejected", reason: description, disable: code === 403 || isDead(description) };
}

/** Refusals of the chat, not of the message, as the Bot API words them. */
const deadChats =
  /chat not found|peer_id_invalid|user not found|not enough rights|have no rights|need administrator rights|chat_write_forbidden|chat_restricted|chat_admin_required|group chat was deleted|group is deactivated/i;

function isDead(description: string): boolean {
  return deadChats.test(description);
}

function isTopicGone(error: unknown): boolean {
  return (
    error instanceof GrammyError &&
    error.error_code === 400 &&
    /message thread not found|topic_closed|topic_deleted|topic_id_invalid/i.test(error.description)
  );
}
