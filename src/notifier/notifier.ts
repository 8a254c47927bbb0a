import { randomUUID } from "node:crypto";
import type { Clock } from "../ops/clock.ts";
import type { Log } from "../ops/log.ts";
import { type Delivery, type DeliveryResult, noticesPlace } from "../store/contracts/outbox.ts";
import type { Store } from "../store/contracts/store.ts";
import type { Sender } from "./contracts.ts";
import { createCourier } from "./courier.ts";
import { createDeliver } from "./deliver.ts";
import { createHolding } from "./holding.ts";
import type { Dress } from "./letter.ts";
import { createPump, type Pump } from "./pump.ts";
import { createRefusals } from "./refusals.ts";
import { createSettler } from "./settler.ts";
import { lineOf, turnMs } from "./visits.ts";
import { type Alert, createWording, type Wording } from "./wording.ts";

export interface NotifierOptions {
  readonly sender: Sender;
  readonly store: Pick<Store, "outbox" | "turns" | "pace" | "destinations">;
  readonly clock: Clock;
  readonly log: Log;
  /** Picture and buttons of an alert; never rejects. */
  readonly dress?: Dress;
  /** How a log names a destination: never by its id. */
  readonly nameOf: (destination: string) => string;
  /** `latencyMs` is on the clock, from the alert's decision. */
  readonly onSettled: (platform: string, outcome: DeliveryResult["kind"], latencyMs: number) => void;
  readonly onRepeat: (platform: string) => void;
  /** Something waits among the notices, for whatever platform. */
  readonly onNotice: () => void;
  /** Real ms that go on while a process is stopped; the machine's unless a test says otherwise. */
  readonly monotonicMs?: () => number;
}

/** Destinations visited at once. */
const atOnce = 16;
/** Where more is paid for, as many as a platform that answers in a tenth of a second needs. */
const shareOfRate = 0.1;
/** Where nothing limits the platform: so many claimed at most for each that is visited, so that no call waits for Redis. */
const aheadUnlimited = 32;

export interface Notifier extends Pick<Pump, "settled" | "stop"> {
  /** There may be something new in this place; `coming` are alerts that are about to be. */
  readonly wake: (place: string, coming?: readonly Alert[]) => void;
}

/** One platform's way from the outbox to its destinations. */
export function createNotifier(options: NotifierOptions): Notifier {
  const { sender, store, clock, log, dress, nameOf, onSettled } = options;
  const { monotonicMs = () => performance.now() } = options;
  const { outbox, turns, pace, destinations } = store;
  const { platform } = sender;
  const concurrency = concurrencyOf(sender);
  const holder = randomUUID();
  const settler = createSettler({
    outbox,
    turns,
    platform,
    holder,
    log,
    onSettled: ({ alert, place }, result) => {
      onSettled(platform, result.kind, clock.now() - alert.createdAt);
      if ("retryInMs" in result) pump.expect(place, result.retryInMs);
    },
    onEnded: (ends) => courier.ended(ends),
  });
  const wording = createWording();
  const prepare = createPreparation(wording, log);
  const refusals = createRefusals({ destinations, outbox, turns, clock });
  const deliver = createDeliver({
    sender,
    wording,
    holding: createHolding({ outbox, turns, clock }),
    refusals,
    pace,
    clock,
    log,
    ...(dress !== undefined && { dress }),
    monotonicMs,
    nameOf,
    onRepeat: () => options.onRepeat(platform),
    onNotice: options.onNotice,
    onClosed: (ms) => courier.close(ms),
    isClosed: () => courier.isClosed(),
  });
  const courier = createCourier({
    sender,
    destinations,
    turns,
    pace,
    holder,
    monotonicMs,
    settler,
    deliver,
    prepare: (deliveries) => prepare(alertsOf(deliveries)),
    concurrency,
    log,
    onClosed: (ms) => pump.close(ms),
    onRoom: () => pump.proceed(),
  });
  const isPaced = sender.pace !== undefined && Number.isFinite(sender.pace.limits.perSecond);
  const capacity = isPaced ? concurrency : concurrency * aheadUnlimited;
  const visitor = { holder, turnMs, line: lineOf(sender, pace) };
  const pump = createPump({ platform, outbox, visitor, courier, capacity, log, monotonicMs });
  return {
    settled: pump.settled,
    stop: pump.stop,
    wake: (place, coming = []) => {
      pump.wake(place);
      if (coming.length > 0) prepare(coming);
    },
  };
}

/** Words take a fraction of a millisecond each, and those behind have time. */
const mostPrepared = 8;

/**
 * Alerts' words in the language of most, found while Redis writes them or says whom they are for: behind the tick in which
 * what was asked of it in this turn goes out (store/gathering.ts).
 */
function createPreparation(wording: Wording, log: Log): (alerts: readonly Alert[]) => void {
  const prepare = (alerts: readonly Alert[]): void => {
    try {
      for (const alert of alerts.slice(0, mostPrepared)) wording(alert, undefined, false);
    } catch (error) {
      log.debug({ error }, "an alert could not be worded yet");
    }
  };
  return (alerts) => process.nextTick(prepare, alerts);
}

/** The different alerts of a claim, notices left out: nearly always one for all of very many deliveries. */
function alertsOf(deliveries: readonly Delivery[]): readonly Alert[] {
  const alerts = new Set<Alert>();
  let last: Alert | undefined;
  for (const { place, alert } of deliveries) {
    if (alert === last || place === noticesPlace) continue;
    alerts.add(alert);
    last = alert;
  }
  return [...alerts];
}

function concurrencyOf({ pace }: Sender): number {
  const perSecond = pace?.limits.perSecond ?? Infinity;
  return Number.isFinite(perSecond) ? Math.max(atOnce, Math.ceil(perSecond * shareOfRate)) : atOnce;
}
