import { DiscordAPIError, HTTPError, RateLimitError, REST } from "@discordjs/rest";
import { RESTJSONErrorCodes, Routes } from "discord-api-types/v10";
import type { Clock } from "../../ops/clock.ts";
import type { ChatNames, PaceLimits } from "../../store/contracts/pace.ts";
import { connectionFailure, isConnectionError } from "./connection.ts";
import type { Sender, SendResult, TokenCheck } from "../contracts.ts";
import { createDiscordCall, TurnedAwayError } from "./discordCall.ts";
import { editMessage, postMessage, textField, type DiscordCalls } from "./discordPost.ts";
import { retryTime } from "./retryTime.ts";

export interface DiscordOptions {
  readonly token: string;
  /** A REST proxy, without version; Discord's own when left out. */
  readonly apiUrl?: string | undefined;
  /** For one call, connecting and answer included. */
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/** Reads `discord:CHANNEL`. */
function parseDiscordDestination(destination: string): string | undefined {
  return /^discord:(\d{15,20})$/.exec(destination)?.[1];
}

/** discord-api-docs, resources/message: a nonce is known for "the past few minutes". */
const nonceMs = 110_000;

/**
 * discord-api-docs, topics/rate-limits: 50 requests a second over all, 10,000 refused ones in ten minutes are a ban.
 * A channel's own limit is in its answers, where the client reads it.
 */
const limits: PaceLimits = {
  perSecond: 45,
  chatGapMs: 0,
  groupPerMinute: Infinity,
  invalidPer10Minutes: 2_000,
};

const chatNames: ChatNames = { before: "", after: "", groups: "" };

/** Posts alerts by the REST API. A second attempt within minutes gives the first one's message (nonce). */
export function createDiscordSender(options: DiscordOptions): Sender {
  const rest = openRest(options);
  const calling = async (
    destination: string,
    call: (calls: DiscordCalls) => Promise<SendResult>,
  ): Promise<SendResult> => {
    const channel = parseDiscordDestination(destination);
    if (channel === undefined)
      return { kind: "rejected", reason: "not a Discord destination", disable: true };
    try {
      // the client drops the token on a 401 and would refuse every later call
      rest.setToken(options.token);
      return await call({ rest, channel, limit: deadline(options.timeoutMs) });
    } catch (error) {
      return translate(error, options.clock);
    }
  };
  return {
    platform: "discord",
    pace: { limits, names: chatNames },
    repeatSafeMs: nonceMs,
    send: async (request) => calling(request.destination, async (calls) => postMessage(calls, request)),
    edit: async (request) => calling(request.destination, async (calls) => editMessage(calls, request)),
  };
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
    makeRequest: createDiscordCall(timeoutMs),
    ...(api === undefined ? {} : { api }),
  }).setToken(token);
}

/** The client's own time limit ends with the headers; this one covers the body too. */
function deadline(timeoutMs: number): AbortSignal {
  return AbortSignal.timeout(timeoutMs);
}

/** The one place that knows the library's errors. */
function translate(error: unknown, clock: Clock): SendResult {
  if (error instanceof RateLimitError) {
    const waitMs = Math.max(error.retryAfter, error.timeToReset, minimumWaitMs);
    const scope = error.global ? "all" : "chat";
    return { kind: "rate-limited", retryAt: retryTime(clock, waitMs), scope };
  }
  if (error instanceof TurnedAwayError) return translateTurnedAway(error, clock);
  if (error instanceof HTTPError)
    return { kind: "unknown-outcome", reason: `Discord failed: ${error.status}` };
  if (error instanceof DiscordAPIError) return translateAnswer(error, clock);
  if (isConnectionError(error)) return connectionFailure(error, "Discord");
  throw error;
}

const minimumWaitMs = 1000;
/** A ban of our address, which often names no end and is longer for every further request. */
const banMs = 60_000;

/** Whoever else is written to would be turned away as well. */
function translateTurnedAway({ status, waitMs = banMs }: TurnedAwayError, clock: Clock): SendResult {
  if (status === 429) return { kind: "rate-limited", retryAt: retryTime(clock, waitMs), scope: "all" };
  return { kind: "unreachable", reason: `something before Discord answered ${status}` };
}

/** Refusals of the channel, not of the message. Asking again would count towards a ban. */
const deadChannels = new Set<number | string>([
  RESTJSONErrorCodes.UnknownChannel,
  RESTJSONErrorCodes.UnknownGuild,
  RESTJSONErrorCodes.MissingAccess,
  RESTJSONErrorCodes.MissingPermissions,
  RESTJSONErrorCodes.CannotSendMessagesToThisUser,
  RESTJSONErrorCodes.CannotSendMessagesToThisUserDueToHavingNoMutualGuilds,
  RESTJSONErrorCodes.CannotSendMessagesInNonTextChannel,
]);

/** For conversations opened too fast: a 403 that names no end. */
const openingMs = 60_000;

function translateAnswer(error: DiscordAPIError, clock: Clock): SendResult {
  if (error.status === 401)
    return { kind: "rejected", reason: wrongToken, disable: false, ofToken: true, invalid: true };
  if (error.code === RESTJSONErrorCodes.OpeningDirectMessagesTooFast)
    return { kind: "rate-limited", retryAt: retryTime(clock, openingMs), scope: "chat" };
  const reason = `${error.message} (${error.code})`;
  const disable = deadChannels.has(error.code);
  return { kind: "rejected", reason, disable, ...(error.status === 403 && { invalid: true }) };
}
