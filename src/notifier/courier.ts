import { setTimeout as sleep } from "node:timers/promises";
import { formatPushes } from "../alerts/pushes.ts";
import type { Log } from "../ops/log.ts";
import type { Delivery, DeliveryResult } from "../store/contracts/outbox.ts";
import type { TurnEnd } from "../store/contracts/turns.ts";
import type { Deliver } from "./deliver.ts";
import { barred, type Delivered, resting } from "./errand.ts";
import { createLateness } from "./lateness.ts";
import type { Settler } from "./settler.ts";
import {
  type BookedPlace,
  receive,
  type ReceiveOptions,
  type Returned,
  type Row,
  type Taken,
  type Trip,
  turnMs,
  type Visit,
} from "./visits.ts";
import { wishOf } from "./wishOf.ts";

export interface CourierOptions extends ReceiveOptions {
  readonly settler: Settler;
  readonly deliver: Deliver;
  /** Destinations visited at once. */
  readonly concurrency: number;
  readonly log: Log;
  /** The platform takes nothing from anybody for so many real ms. */
  readonly onClosed: (ms: number) => void;
  /** Something is done, and more may come. */
  readonly onRoom: () => void;
}

/** Takes claimed deliveries to their destinations: some at a time, one at a time to each of them. */
export interface Courier {
  /** Resolves when they have begun, or were given back. `trip` is the claim's. */
  readonly accept: (claimed: Taken, trip: Trip) => Promise<void>;
  /** Deliveries it has taken and not settled. */
  readonly load: () => number;
  /** From now on nothing begins any more: what comes goes back. */
  readonly halt: () => void;
  /** Nor for so many real ms, at whatever place in line: the platform takes nothing from anybody. */
  readonly close: (ms: number) => void;
  /** Whether that is so now. */
  readonly isClosed: () => boolean;
  /** Turns that are over in Redis too: their destinations may be visited anew. */
  readonly ended: (ends: readonly TurnEnd[]) => void;
  /** Resolves when what is under way is settled. */
  readonly idle: () => Promise<void>;
}

/**
 * A claim that is older right before its call goes back untried. Nobody takes one over before it is as old as this and the
 * longest call together (`stuckMs` of the sweep); a process that was stopped in between finds itself late by its own clock.
 */
export const freshMs = 1_500;

/** Turns at destinations that are being visited are renewed this often, long before they end (`turnMs`). */
const keepMs = 1_000;

export function createCourier(options: CourierOptions): Courier {
  const { sender, settler, concurrency, monotonicMs, log } = options;
  const underWay = new Map<string, Visit>();
  const queue: Visit[] = [];
  let load = 0;
  let running = 0;
  let stopped = false;
  let closedUntil = 0;
  let onIdle: (() => void) | undefined;
  const isClosed = (): boolean => monotonicMs() < closedUntil;

  const settle = (delivery: Delivery, result: DeliveryResult): void => {
    load -= 1;
    settler.note(delivery, result);
  };
  const giveBack = ({ delivery, retryInMs, reason }: Returned): void =>
    settle(delivery, { kind: "back", retryInMs, reason });
  const refund = (delivery: Delivery): void => {
    if (sender.pace === undefined) return;
    const { chat } = wishOf(sender.pace.names, delivery.destination);
    options.pace.refund(sender.platform, [chat]).catch((error: unknown) => {
      log.debug({ error }, "a place in line was lost");
    });
  };

  const lateness = createLateness(monotonicMs);
  const until = async ({ at, surelyAt }: BookedPlace): Promise<void> => {
    const early = (): number => lateness.waitFor(at, surelyAt);
    for (let ms = early(); ms > 0; ms = early()) await sleep(ms);
  };

  const take = (visit: Visit, { delivery, claimedAt }: Row): Delivered | Promise<Delivered> => {
    const until = claimedAt + freshMs;
    return (
      barred({ monotonicMs, isClosed }, stopped ? -Infinity : until) ??
      resting(visit.restsUntil - monotonicMs()) ??
      options.deliver(delivery, visit, until)
    );
  };
  const begin = (visit: Visit, row: Row): Delivered | Promise<Delivered> =>
    row.booked === undefined ? take(visit, row) : until(row.booked).then(async () => take(visit, row));
  const note = (visit: Visit, delivery: Delivery, delivered: Delivered): void => {
    const { result, pushes, isUnasked, moved, restMs } = delivered;
    if (restMs !== undefined) visit.restsUntil = monotonicMs() + restMs;
    if (moved !== undefined) {
      visit.movedTo = moved.to;
      visit.record = moved.record;
    }
    if (pushes !== undefined) {
      visit.pushes = pushes;
      visit.isChanged = true;
      // its turn ends under the old name
      if (moved !== undefined) settler.notePushed({ destination: moved.to, pushes: formatPushes(pushes) });
    }
    if (isUnasked === true) refund(delivery);
    settle(delivery, result);
  };

  const leave = (visit: Visit): void => {
    const { destination, isChanged, pushes } = visit;
    const end = isChanged ? { destination, pushes: formatPushes(pushes) } : { destination };
    visit.ending = settler.endTurn(end);
  };

  const failed = (visit: Visit, error: unknown): void => {
    // a bug: what was under way is taken over, the others go on
    load -= 1;
    log.error({ platform: sender.platform, error }, "a delivery failed in a way it must not");
    for (const { delivery } of visit.rows.splice(0)) {
      refund(delivery);
      giveBack({ delivery, retryInMs: 1_000, reason: "the one before it failed" });
    }
  };

  /** One after the other, for as long as there are any; in one function, because each one more is a promise more. */
  const visitAll = async (): Promise<void> => {
    for (let visit = queue.shift(); visit !== undefined; visit = queue.shift()) {
      try {
        for (let row = visit.rows.shift(); row !== undefined; row = visit.rows.shift()) {
          const delivered = await begin(visit, row);
          note(visit, row.delivery, delivered);
        }
      } catch (error) {
        failed(visit, error);
      }
      leave(visit);
      options.onRoom();
    }
    running -= 1;
    if (running === 0) onIdle?.();
  };

  /** Visits that last are kept from others; none of them is there when nothing is under way. */
  let keeper: NodeJS.Timeout | undefined;
  const keepTurns = (): void => {
    const names = [...underWay.keys()];
    if (names.length === 0) {
      clearInterval(keeper);
      keeper = undefined;
      return;
    }
    options.turns.keep(names, options.holder, turnMs).catch((error: unknown) => {
      log.debug({ error }, "turns could not be kept");
    });
  };

  const runNext = (): void => {
    if (queue.length > 0) keeper ??= setInterval(keepTurns, keepMs);
    for (let free = Math.min(concurrency - running, queue.length); free > 0; free -= 1) {
      running += 1;
      void visitAll();
    }
  };

  return {
    accept: async (claimed, trip) => {
      const { deliveries, found } = claimed;
      load += deliveries.length;
      try {
        const { visits, returned, unreadable, closedMs } = await receive(options, underWay, {
          ...claimed,
          trip,
        });
        if (unreadable > 0) log.error({ platform: sender.platform, unreadable }, "records can't be read");
        for (const row of returned) giveBack(row);
        if (closedMs > 0) options.onClosed(closedMs);
        queue.push(...visits);
        runNext();
      } catch (error) {
        const reason = "its destination could not be read";
        for (const delivery of deliveries) giveBack({ delivery, retryInMs: 1_000, reason });
        // turns the claim has taken, and nobody visits
        for (const destination of found?.keys() ?? [])
          if (!underWay.has(destination)) void settler.endTurn({ destination });
        throw error;
      }
    },
    load: () => load,
    ended: (ends) => {
      for (const { destination } of ends) underWay.delete(destination);
    },
    halt: () => {
      stopped = true;
    },
    close: (ms) => {
      closedUntil = Math.max(closedUntil, monotonicMs() + ms);
      options.onClosed(ms);
    },
    isClosed,
    idle: async () => {
      if (running > 0 || queue.length > 0) {
        await new Promise<void>((resolve) => {
          onIdle = resolve;
        });
      }
      clearInterval(keeper);
      keeper = undefined;
      await settler.idle();
    },
  };
}
