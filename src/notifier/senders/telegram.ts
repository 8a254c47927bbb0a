import { Api, GrammyError, HttpError } from "grammy";
import type { Clock } from "../../ops/clock.ts";
import type { FileIds, Sender, SendRequest, SendResult, TokenCheck } from "../contracts.ts";
import type { ChatNames, PaceLimits } from "../../store/contracts/pace.ts";
import { connectionFailure } from "./connection.ts";
import { createLeanFetch } from "./leanFetch.ts";
import { retryTime } from "./retryTime.ts";
import { type BulkOptions, createBulkPost } from "./telegramBulk.ts";
import {
  createEdit,
  createPost,
  isPhotoRefused,
  type Post,
  type TelegramDestination,
} from "./telegramPost.ts";

export interface TelegramOptions {
  readonly token: string;
  /** A self-hosted Bot API server; Telegram's own when left out. */
  readonly apiRoot?: string | undefined;
  /** For one call, connecting and answer included. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** Without them every picture is uploaded anew. */
  readonly fileIds?: FileIds;
  /** Messages a second that are paid for (Bot API, allow_paid_broadcast); without it the free rate. */
  readonly paidRate?: number | undefined;
  /** A forum topic is closed, or gone for good: what was to go there goes to General. */
  readonly onTopicGone?: ((destination: string, isForGood: boolean) => void) | undefined;
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

/**
 * Posts alerts by the Bot API, as a photo with its caption where there is a picture. Never retries a send that may have
 * arrived: Telegram knows no idempotency key. What was refused certainly didn't, so it may go another way: to General
 * when its topic is gone, as text when the photo isn't taken.
 */
export function createTelegramSender(
  options: TelegramOptions,
  openPost: (options: BulkOptions, upload: Post) => Post = createBulkPost,
): Sender {
  const api = openApi(options);
  const { paidRate } = options;
  const post = openPost({ ...options, isPaid: paidRate !== undefined }, createPost(api, options.fileIds));
  const edit = createEdit(api, options.fileIds);
  const send = (request: SendRequest, place: TelegramDestination): Promise<SendResult> =>
    post(request, place).then(sent, (error: unknown) => {
      // a topic that is gone must not swallow the alert: the General topic is still there
      if (place.topic !== undefined && isTopicGone(error)) {
        options.onTopicGone?.(request.destination, !/closed/i.test(error.description));
        return send(request, { chat: place.chat });
      }
      if (request.picture !== undefined && isPhotoRefused(error)) {
        const { picture: _refused, ...text } = request;
        return send(text, place);
      }
      // General itself: nothing else of the chat is left
      if (isTopicGone(error)) return { kind: "rejected", reason: error.description, disable: true };
      return translate(error, options.clock);
    });
  return {
    platform: "telegram",
    pace: { limits: telegramLimits(paidRate), names: chatNames },
    send: (request) => {
      const place = parseTelegramDestination(request.destination);
      if (place === undefined) return Promise.resolve(notOurs);
      return send(request, place);
    },
    edit: async (request) => {
      const place = parseTelegramDestination(request.destination);
      if (place === undefined) return notOurs;
      try {
        await edit(request, place);
      } catch (error) {
        if (!isUnchanged(error)) return translate(error, options.clock);
      }
      return { kind: "sent", messageId: request.messageId };
    },
  };
}

const sent = (messageId: number): SendResult => ({ kind: "sent", messageId: String(messageId) });
const notOurs: SendResult = { kind: "rejected", reason: "not a Telegram destination", disable: true };

/**
 * grammy.dev/advanced/flood: about 30 a second over all chats, one a second in a chat, 20 a minute in a group. What
 * was refused counts towards no ban.
 */
export function telegramLimits(paidRate: number | undefined): PaceLimits {
  const perSecond = paidRate ?? 25;
  return { perSecond, chatGapMs: 1_000, groupPerMinute: 20, invalidPer10Minutes: Infinity };
}

/** A forum's topics are one chat; groups and channels have negative ids, channels also names. */
const chatNames: ChatNames = { before: "telegram:", after: "/", groups: "-@" };

function isUnchanged(error: unknown): boolean {
  return error instanceof GrammyError && /message is not modified/i.test(error.description);
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
    fetch: createLeanFetch(timeoutMs),
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
  if (code === 401 || code === 404)
    return { kind: "rejected", reason: wrongToken, disable: false, ofToken: true };
  return { kind: "rejected", reason: description, disable: code === 403 || isDead(description) };
}

/** Refusals of the chat, not of the message, as the Bot API words them. */
const deadChats =
  /chat not found|peer_id_invalid|user not found|not enough rights|have no rights|need administrator rights|chat_write_forbidden|chat_send_plain_forbidden|chat_guest_send_forbidden|chat_restricted|allow_payment_required|chat_admin_required|group chat was deleted|group is deactivated/i;

function isDead(description: string): boolean {
  return deadChats.test(description);
}

function isTopicGone(error: unknown): error is GrammyError {
  return (
    error instanceof GrammyError &&
    error.error_code === 400 &&
    /message thread not found|topic_closed|topic_deleted|topic_id_invalid/i.test(error.description)
  );
}
