import { request } from "undici";
import type { Clock } from "../../ops/clock.ts";
import { connectionFailure, isConnectionError } from "./connection.ts";
import type { Sender, SendResult } from "../contracts.ts";
import {
  createGuardedAgent,
  isPrivateAddressError,
  isPrivateHost,
  type GuardOptions,
} from "./guardedAgent.ts";
import { retryTime } from "./retryTime.ts";
import { signedBody } from "./webhookBody.ts";

export interface WebhookOptions extends Pick<GuardOptions, "resolve"> {
  readonly secret: string;
  readonly allowPrivate: boolean;
  /** For one call, connecting and answer included. */
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/** More of an answer than this is nobody's business. */
const answerLimit = 64 * 1024;

/** A receiver that asks for more patience than this gets the usual back-off instead. */
const longestWaitSeconds = 3_600;

/**
 * Posts alerts as JSON to the operator's own addresses. What isn't answered with 2xx is tried again, a lost answer
 * too: the receiver knows a repeat by its Idempotency-Key. Redirects are not followed: they lead past the check of
 * the address. Only 410 is for good.
 */
export function createWebhookSender(options: WebhookOptions): Sender {
  const { allowPrivate, timeoutMs, resolve } = options;
  const dispatcher = createGuardedAgent({
    allowPrivate,
    timeoutMs,
    ...(resolve !== undefined && { resolve }),
  });
  return {
    platform: "webhook",
    // known by its key for ever, and news to a program for as long as it is tried
    repeatSafeMs: Infinity,
    usefulMs: Infinity,
    send: async (asked) => {
      const url = webhookUrl(asked.destination);
      if (url === undefined) return { kind: "rejected", reason: "not a webhook's address", disable: true };
      if (!allowPrivate && isPrivateHost(url)) return privateAddress;
      const { body, headers } = signedBody(asked, options.secret, options.clock.now());
      try {
        const answer = await request(url, {
          dispatcher,
          method: "POST",
          headers,
          body,
          signal: AbortSignal.timeout(timeoutMs),
        });
        await answer.body.dump({ limit: answerLimit });
        const wait = Number(answer.headers["retry-after"]);
        return judge(answer.statusCode, wait, headers["idempotency-key"] ?? "", options.clock);
      } catch (error) {
        return translate(error);
      }
    },
  };
}

/** Reads `webhook:URL`. */
function webhookUrl(destination: string): URL | undefined {
  const text = /^webhook:(https?:\/\/.+)$/.exec(destination)?.[1];
  return text !== undefined && URL.canParse(text) ? new URL(text) : undefined;
}

const privateAddress: SendResult = {
  kind: "rejected",
  reason: "its address is private: WEBHOOK_ALLOW_PRIVATE=true allows the operator's own network",
  disable: true,
};

function judge(status: number, waitSeconds: number, id: string, clock: Clock): SendResult {
  if (status >= 200 && status < 300) return { kind: "sent", messageId: id };
  if (status === 410) return { kind: "rejected", reason: "the webhook is gone (410)", disable: true };
  if (status >= 300 && status < 400)
    return { kind: "unreachable", reason: `the webhook redirects (${status}), which is not followed` };
  if ((status === 429 || status === 503) && waitSeconds > 0 && waitSeconds <= longestWaitSeconds)
    return { kind: "rate-limited", retryAt: retryTime(clock, waitSeconds * 1000) };
  return { kind: "unreachable", reason: `the webhook answered ${status}` };
}

function translate(error: unknown): SendResult {
  if (isPrivateAddressError(error)) return privateAddress;
  if (!isConnectionError(error)) throw error;
  const failure = connectionFailure(error, "the webhook");
  // known by its key: trying again does no harm
  return failure.kind === "unknown-outcome" ? { kind: "unreachable", reason: failure.reason } : failure;
}
