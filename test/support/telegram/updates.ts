import { conflict } from "./errors.ts";
import type { Json } from "./json.ts";

interface Webhook {
  readonly url: string;
  readonly secretToken?: string;
}

interface PollRequest {
  readonly offset?: number | undefined;
  readonly limit?: number | undefined;
  readonly timeoutSeconds?: number | undefined;
  readonly allowedUpdates?: readonly string[] | undefined;
  /** Aborted when the client went away. */
  readonly signal: AbortSignal;
}

/** One bot's updates: kept until a poll with a higher offset confirms them, or the webhook took them. */
export interface UpdateQueue {
  /** The update's id, or undefined when the bot didn't ask for this kind. */
  readonly push: (kind: string, payload: Json) => number | undefined;
  readonly poll: (request: PollRequest) => Promise<readonly Json[]>;
  readonly setWebhook: (webhook: Webhook | undefined, options: WebhookOptions) => void;
  readonly webhookInfo: () => Json;
  readonly isPolling: () => boolean;
  readonly pending: () => readonly Json[];
  readonly close: () => void;
}

interface WebhookOptions {
  readonly allowedUpdates?: readonly string[] | undefined;
  readonly dropPendingUpdates?: boolean | undefined;
}

interface Update {
  readonly update_id: number;
  readonly [kind: string]: unknown;
}

/** Bot API, getUpdates: what an empty allowed_updates leaves out. */
const onlyWhenAsked = new Set(["chat_member", "message_reaction", "message_reaction_count"]);
const longestPollSeconds = 50;
const webhookRetryMs = 50;

export function createUpdateQueue(signal: { readonly notify: () => void }): UpdateQueue {
  let updates: Update[] = [];
  let nextId = 700_000_001;
  let allowed: readonly string[] = [];
  let webhook: Webhook | undefined;
  let lastWebhookError: string | undefined;
  let interrupt: ((reason: "conflict" | "news" | "closed") => void) | undefined;
  let isDelivering = false;

  const wants = (kind: string): boolean =>
    allowed.length === 0 ? !onlyWhenAsked.has(kind) : allowed.includes(kind);

  /** False when there is nothing, or nowhere, to deliver. */
  const deliverOldest = async (): Promise<boolean> => {
    const [next] = updates;
    if (next === undefined || webhook === undefined) return false;
    lastWebhookError = await post(webhook, next);
    if (lastWebhookError === undefined) updates = updates.filter((update) => update !== next);
    else await new Promise((resolve) => setTimeout(resolve, webhookRetryMs));
    return true;
  };

  const deliver = async (): Promise<void> => {
    if (isDelivering) return;
    isDelivering = true;
    while (await deliverOldest()) signal.notify();
    isDelivering = false;
  };

  const wait = async (request: PollRequest): Promise<"conflict" | "news" | "closed" | "timeout"> =>
    new Promise((resolve) => {
      const finish = (reason: "conflict" | "news" | "closed" | "timeout"): void => {
        clearTimeout(timer);
        request.signal.removeEventListener("abort", gone);
        if (interrupt === finish) interrupt = undefined;
        resolve(reason);
      };
      const gone = (): void => finish("closed");
      const timer = setTimeout(() => finish("timeout"), (request.timeoutSeconds ?? 0) * 1000);
      request.signal.addEventListener("abort", gone);
      interrupt = finish;
      signal.notify();
    });

  const poll: UpdateQueue["poll"] = async (request) => {
    if (webhook !== undefined) throw webhookIsActive();
    interrupt?.("conflict");
    if (request.allowedUpdates !== undefined) allowed = request.allowedUpdates;
    updates = confirm(updates, request.offset ?? 0);
    const patient = { ...request, timeoutSeconds: Math.min(request.timeoutSeconds ?? 0, longestPollSeconds) };
    if (updates.length === 0 && patient.timeoutSeconds > 0) {
      if ((await wait(patient)) === "conflict") throw otherPoller();
    }
    signal.notify();
    return updates.slice(0, request.limit ?? 100);
  };

  return {
    poll,
    push: (kind, payload) => {
      if (!wants(kind)) return undefined;
      const updateId = nextId;
      nextId += 1;
      updates.push({ update_id: updateId, [kind]: payload });
      interrupt?.("news");
      void deliver();
      return updateId;
    },
    setWebhook: (next, options) => {
      webhook = next;
      if (options.allowedUpdates !== undefined) allowed = options.allowedUpdates;
      if (options.dropPendingUpdates === true) updates = [];
      if (next !== undefined) interrupt?.("conflict");
      void deliver();
    },
    webhookInfo: () => ({
      url: webhook?.url ?? "",
      has_custom_certificate: false,
      pending_update_count: updates.length,
      ...(allowed.length > 0 ? { allowed_updates: allowed } : {}),
      ...(lastWebhookError === undefined ? {} : { last_error_message: lastWebhookError }),
    }),
    isPolling: () => interrupt !== undefined,
    pending: () => updates,
    close: () => {
      webhook = undefined;
      interrupt?.("closed");
    },
  };
}

/** Drops what the offset confirms; a negative one keeps that many from the end. */
function confirm(updates: readonly Update[], offset: number): Update[] {
  if (offset < 0) return updates.slice(offset);
  return updates.filter((update) => update.update_id >= offset);
}

async function post(webhook: Webhook, update: Update): Promise<string | undefined> {
  const secret =
    webhook.secretToken === undefined ? {} : { "x-telegram-bot-api-secret-token": webhook.secretToken };
  try {
    const response = await fetch(webhook.url, {
      method: "POST",
      headers: { "content-type": "application/json", ...secret },
      body: JSON.stringify(update),
    });
    return response.ok
      ? undefined
      : `Wrong response from the webhook: ${response.status} ${response.statusText}`;
  } catch (error) {
    return `Connection failed: ${String(error)}`;
  }
}

function webhookIsActive(): Error {
  return conflict(
    "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
  );
}

function otherPoller(): Error {
  return conflict("terminated by other getUpdates request; make sure that only one bot instance is running");
}
