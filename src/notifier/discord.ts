import { createHash } from "node:crypto";
import { DiscordAPIError, HTTPError, RateLimitError, REST } from "@discordjs/rest";
import { MessageFlags, RESTJSONErrorCodes, Routes } from "discord-api-types/v10";
import type { Clock } from "../ops/clock.ts";
import { connectionFailure, isConnectionError } from "./connection.ts";
import type { Sender, SendRequest, SendResult, TokenCheck } from "./contracts.ts";
import { renderDiscord } from "./discordMessage.ts";
import { retryTime } from "./retryTime.ts";

export interface DiscordOptions {
  readonly token: string;
  /** A REST proxy, without version; Discord's own when left out. */
  readonly apiUrl?: string | undefined;
  /** For one call, connecting and answer included. */
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/** discord-api-docs, resources/message#create-message. */
const nonceLength = 25;

/** Reads `discord:CHANNEL`. */
function parseDiscordDestination(destination: string): string | undefined {
  return /^discord:(\d{15,20})$/.exec(destination)?.[1];
}

/** Posts alerts by the REST API. A second attempt within minutes gives the first one's message (nonce). */
export function createDiscordSender(options: DiscordOptions): Sender {
  const rest = openRest(options);
  return {
    platform: "discord",
    send: async (request, signal) => {
      const channel = parseDiscordDestination(request.destination);
      if (channel === undefined)
        return { kind: "rejected", reason: "not a Discord destination", disable: true };
      if (signal?.aborted === true) return { kind: "unreachable", reason: "stopped before sending" };
      const limit = deadline(options.timeoutMs, signal);
      const post = async (wanted: SendRequest): Promise<SendResult> => {
        // the client drops the token on a 401 and would refuse every later call
        rest.setToken(options.token);
        const sent = await rest.post(Routes.channelMessages(channel), {
          ...bodyOf(wanted),
          signal: limit,
        });
        const messageId = textField(sent, "id");
        if (messageId === undefined)
          return { kind: "unknown-outcome", reason: "Discord answered something else" };
        if (request.crosspost === true) await publish(rest, { channel, messageId, limit });
        return { kind: "sent", messageId };
      };
      try {
        return await post(request).catch(async (error: unknown) => {
          const plainer = withoutExtras(request);
          if (plainer === undefined || !isMissingPermission(error)) throw error;
          return post(plainer);
        });
      } catch (error) {
        return translate(error, options.clock);
      }
    },
  };
}

function bodyOf(request: SendRequest) {
  const { picture: _attached, ...rendering } = request;
  const attached = attach(request);
  const rendered = renderDiscord(request.message, { ...rendering, ...attached.named });
  const sound = request.silent === true ? MessageFlags.SuppressNotifications : 0;
  const body = {
    ...rendered,
    flags: (rendered.flags ?? 0) | sound,
    nonce: nonceOf(request.idempotencyKey),
    enforce_nonce: true,
  };
  return { body, ...attached.sent };
}

/** What needs no right but to write: the words must not be lost with a picture that may not be attached. */
function withoutExtras({ picture, style, ...words }: SendRequest): SendRequest | undefined {
  return picture === undefined && style === undefined ? undefined : words;
}

function isMissingPermission(error: unknown): boolean {
  return error instanceof DiscordAPIError && error.code === RESTJSONErrorCodes.MissingPermissions;
}

/** The picture as a file, and under which name the message shows it; a line has no place for one. */
function attach({ picture, message }: SendRequest) {
  if (picture === undefined || message.kind === "line") return { named: {}, sent: {} };
  const filename = "map.png";
  const file = { name: filename, data: Buffer.from(picture.png), contentType: "image/png" };
  return { named: { picture: { filename, description: message.headline } }, sent: { files: [file] } };
}

interface Published {
  readonly channel: string;
  readonly messageId: string;
  readonly limit: AbortSignal;
}

/** To those who follow an announcement channel. Its few posts an hour may be used up: the message itself is there. */
async function publish(rest: REST, { channel, messageId, limit }: Published): Promise<"done" | "not-now"> {
  try {
    await rest.post(Routes.channelMessageCrosspost(channel, messageId), { signal: limit });
    return "done";
  } catch {
    return "not-now"; // never a reason to post again
  }
}

/** Asks who the token belongs to. The token itself appears in no answer. */
export async function verifyDiscordToken(options: DiscordOptions): Promise<TokenCheck> {
  if (/^\d+:[\w-]+$/.test(options.token)) return { kind: "wrong", reason: telegramToken };
  try {
    const me = await openRest(options).get(Routes.user(), { signal: deadline(options.timeoutMs) });
    return { kind: "ok", name: textField(me, "username") ?? "a bot" };
  } catch (error) {
    const result = translate(error, options.clock);
    if (result.kind === "rejected") return { kind: "wrong", reason: result.reason };
    return { kind: "unreachable", reason: "reason" in result ? result.reason : "Discord limits requests" };
  }
}

const wrongToken =
  "DISCORD_BOT_TOKEN is not a token Discord knows: reset it in the developer portal, under Bot, and copy it again";
const telegramToken =
  "DISCORD_BOT_TOKEN looks like a Telegram token: Discord's is in the developer portal, under Bot";

function openRest({ token, apiUrl, timeoutMs }: DiscordOptions): REST {
  const api = apiUrl?.replace(/\/+$/, "");
  return new REST({
    version: "10",
    retries: 0,
    timeout: timeoutMs,
    // waiting is the ledger's business
    rejectOnRateLimit: () => true,
    ...(api === undefined ? {} : { api }),
  }).setToken(token);
}

/** The client's own time limit ends with the headers; this one covers the body too. */
function deadline(timeoutMs: number, signal?: AbortSignal): AbortSignal {
  const limit = AbortSignal.timeout(timeoutMs);
  return signal === undefined ? limit : AbortSignal.any([limit, signal]);
}

function nonceOf(idempotencyKey: string): string {
  return createHash("sha256").update(idempotencyKey).digest("base64url").slice(0, nonceLength);
}

/** The one place that knows the library's errors. */
function translate(error: unknown, clock: Clock): SendResult {
  if (error instanceof RateLimitError) {
    const waitMs = Math.max(error.retryAfter, error.timeToReset, minimumWaitMs);
    return { kind: "rate-limited", retryAt: retryTime(clock, waitMs) };
  }
  if (error instanceof HTTPError)
    return { kind: "unknown-outcome", reason: `Discord failed: ${error.status}` };
  if (error instanceof DiscordAPIError) return translateAnswer(error);
  if (isConnectionError(error)) return connectionFailure(error, "Discord");
  throw error;
}

const minimumWaitMs = 1000;

/** Refusals of the channel, not of the message. Asking again would count towards a ban. */
const deadChannels = new Set<number | string>([
  RESTJSONErrorCodes.UnknownChannel,
  RESTJSONErrorCodes.UnknownGuild,
  RESTJSONErrorCodes.MissingAccess,
  RESTJSONErrorCodes.MissingPermissions,
  RESTJSONErrorCodes.CannotSendMessagesToThisUser,
  RESTJSONErrorCodes.CannotSendMessagesInNonTextChannel,
]);

function translateAnswer(error: DiscordAPIError): SendResult {
  if (error.status === 401) return { kind: "rejected", reason: wrongToken, disable: false };
  const reason = `${error.message} (${error.code})`;
  return { kind: "rejected", reason, disable: deadChannels.has(error.code) };
}

function textField(value: unknown, name: string): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const found: unknown = Object.entries(value).find(([key]) => key === name)?.[1];
  return typeof found === "string" ? found : undefined;
}
