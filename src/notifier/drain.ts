import { parseAlertContent, type AlertContent } from "../alerts/content.ts";
import { alertMessage } from "../alerts/message.ts";
import type { Clock } from "../ops/clock.ts";
import type { Log } from "../ops/log.ts";
import type { Delivery, DeliveryResult, Outbox } from "../store/contracts.ts";
import type { Language } from "../texts/texts.ts";
import type { Sender, SendRequest } from "./contracts.ts";
import { type FinalResult, settlement } from "./settlement.ts";

export interface DrainOptions {
  readonly outbox: Outbox;
  readonly sender: Sender;
  readonly clock: Clock;
  readonly log: Log;
  readonly language: Language;
  /** Picture and buttons of an alert; never rejects. */
  readonly dress?: (
    content: AlertContent,
    destination: string,
    language: Language,
  ) => Promise<Pick<SendRequest, "picture" | "buttons">>;
  /** How a log names a destination: never by its id. */
  readonly nameOf: (destination: string) => string;
  /** `latencyMs` is on the clock, from the alert's decision. */
  /** Real ms that go on while a process is stopped; the machine's unless a test says otherwise. */
  readonly monotonicMs?: () => number;
  readonly onSettled: (platform: string, outcome: DeliveryResult["kind"], latencyMs: number) => void;
  /** Something of this symbol must be tried again after `delayMs` of the clock. */
  readonly onPostponed: (symbol: string, delayMs: number) => Promise<void>;
}

/** Claimed at once, so that a dead process leaves few claims behind; sent that many at a time. */
const batchSize = 16;

/** Nobody takes a claim over this soon; a process that was stopped in between is late by its own clock. */
const freshMs = 1_000;

/** Sends everything a symbol's outbox holds for one platform that is due now. Safe to run twice at once. */
export function createDrain(options: DrainOptions): (symbol: string) => Promise<void> {
  const { outbox, sender, clock, monotonicMs = () => performance.now() } = options;
  return async (symbol) => {
    for (;;) {
      const askedAt = monotonicMs();
      const deliveries = await outbox.claim(symbol, sender.platform, clock.now(), batchSize);
      if (deliveries.length === 0) return;
      const isFresh = (): boolean => monotonicMs() - askedAt < freshMs;
      await Promise.all(deliveries.map(async (delivery) => deliver(options, delivery, isFresh)));
    }
  };
}

async function deliver(options: DrainOptions, delivery: Delivery, isFresh: () => boolean): Promise<void> {
  const { outbox, clock, log, sender } = options;
  const rendered = await render(options, delivery);
  // Right before the call: narrows the window in which a paused process repeats what another has taken over.
  if (!isFresh() && !(await outbox.holds(delivery))) return;
  const posted = "destination" in rendered ? await post(options, rendered) : rendered;
  const result = settlement(posted, delivery, clock.now());
  const settled = await outbox.settle(delivery, result, clock.now());
  const fields = {
    symbol: delivery.symbol,
    alertId: delivery.alertId,
    destination: options.nameOf(delivery.destination),
  };
  if (!settled) {
    log.warn(fields, "a delivery was taken over while it was being sent");
    return;
  }
  options.onSettled(sender.platform, result.kind, clock.now() - delivery.createdAt);
  if (result.kind === "sent") {
    log.debug(fields, "alert delivered");
    return;
  }
  log.warn({ ...fields, outcome: result.kind }, result.reason);
  if (result.kind !== "dead")
    await options.onPostponed(delivery.symbol, Math.max(0, result.retryAt - clock.now()));
}

async function render(
  { language, dress }: DrainOptions,
  delivery: Delivery,
): Promise<SendRequest | FinalResult> {
  const content = parseAlertContent(delivery.content);
  if (!content.ok) {
    return { kind: "rejected", reason: `the stored alert is unreadable: ${content.reason}`, disable: false };
  }
  return {
    destination: delivery.destination,
    message: alertMessage(content.value, language),
    content: delivery.content,
    possibleRepeat: delivery.possibleRepeat,
    idempotencyKey: `${delivery.alertId}|${delivery.destination}`,
    ...(await dress?.(content.value, delivery.destination, language)),
  };
}

async function post({ sender, log }: DrainOptions, request: SendRequest): Promise<FinalResult> {
  const result = await sender.send(request);
  if (result.kind !== "migrated") return result;
  log.warn({ platform: sender.platform }, "a chat has moved: write its new id into the configuration");
  const followed = await sender.send({ ...request, destination: result.to });
  if (followed.kind !== "migrated") return followed;
  return { kind: "rejected", reason: "the destination moved twice", disable: false };
}
