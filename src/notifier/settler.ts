import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "../ops/log.ts";
import type { Delivery, DeliveryResult, Outbox, Outcome } from "../store/contracts/outbox.ts";
import type { TurnEnd, Turns } from "../store/contracts/turns.ts";
import { insist } from "./insist.ts";

export interface SettlerOptions {
  readonly outbox: Pick<Outbox, "settle" | "endsTurns">;
  readonly turns: Pick<Turns, "end">;
  readonly platform: string;
  readonly holder: string;
  readonly log: Log;
  readonly onSettled: (delivery: Delivery, result: DeliveryResult) => void;
  /** Turns that are over in Redis too. */
  readonly onEnded: (ends: readonly TurnEnd[]) => void;
}

/** Outcomes on their way into the ledger: as many at once as came while the ones before were written. */
export interface Settler {
  readonly note: (delivery: Delivery, result: DeliveryResult) => void;
  /**
   * Ends a turn; resolves when it is over in Redis, after `onEnded`. Called right behind the last outcome of its destination
   * it goes to Redis with that, otherwise by a call of its own.
   */
  readonly endTurn: (end: TurnEnd) => Promise<void>;
  /** Notes what was pushed to a destination in whose turn it wasn't: a chat that moved meanwhile, by its new name. */
  readonly notePushed: (pushed: TurnEnd) => void;
  /** Resolves when all outcomes are written, and all ends of turns. */
  readonly idle: () => Promise<void>;
}

/** An outcome whose turn may yet end with it. */
type Settled = Omit<Outcome, "end"> & { end?: TurnEnd };

/** Turns whose ends are written together. */
interface Endings {
  readonly ends: TurnEnd[];
  /** Those of them that no outcome brings. */
  readonly alone: TurnEnd[];
  /** Beside them, what was pushed in nobody's turn. */
  readonly pushed: TurnEnd[];
  readonly over: Promise<void>;
  readonly resolve: () => void;
}

function noEndings(): Endings {
  let whenOver: (() => void) | undefined;
  const over = new Promise<void>((resolve) => {
    whenOver = resolve;
  });
  return { ends: [], alone: [], pushed: [], over, resolve: () => whenOver?.() };
}

/** Holds no turn, so that none ends with it. */
const nobody = "";

/** Outcomes in one write. */
const mostAtOnce = 192;
const gatherMs = 2;
/** Where at least so many come in that time it is worth waiting once more, up to `mostWaits` times. */
const quick = 16;
const mostWaits = 4;

export function createSettler(options: SettlerOptions): Settler {
  const { outbox, turns, platform, holder, log, onSettled, onEnded } = options;
  let outcomes: Settled[] = [];
  let endings = noEndings();
  let running: Promise<void> | undefined;
  let isBusy = false;

  const write = async (batch: readonly Outcome[], isRetry: boolean): Promise<void> => {
    const place = batch[0]?.delivery.place ?? "";
    const settled = await outbox.settle(place, platform, batch, holder);
    batch.forEach(({ delivery, result }, index) => {
      if (settled[index] === true) onSettled(delivery, result);
      else if (!isRetry)
        log.warn(
          { place, alertId: delivery.alert.alertId },
          "a delivery was taken over while it was being sent",
        );
    });
  };

  const end = async (ends: readonly TurnEnd[], whose: string): Promise<void> => {
    if (ends.length > 0) await insist(log, async () => turns.end(ends, whose));
  };

  /** Waits for some more outcomes, because each write costs a trip; a process hardly ever dies in so few milliseconds. */
  const gather = async (): Promise<void> => {
    for (let waits = 0; waits < mostWaits && outcomes.length < mostAtOnce / 2; waits += 1) {
      const before = outcomes.length;
      await sleep(gatherMs);
      if (outcomes.length - before < quick) return;
    }
  };

  const run = async (): Promise<void> => {
    // what ends in the same turn of the event loop is written together
    await new Promise<void>((resolve) => setImmediate(resolve));
    while (outcomes.length > 0 || endings.ends.length > 0 || endings.pushed.length > 0) {
      if (isBusy) await gather();
      isBusy = true;
      const [noted, { ends, alone, pushed, resolve }] = [outcomes, endings];
      [outcomes, endings] = [[], noEndings()];
      const writes = byPlace(noted).map(async (batch) =>
        insist(log, async (isRetry) => write(batch, isRetry)),
      );
      await Promise.all([...writes, end(alone, holder), end(pushed, nobody)]);
      onEnded(ends);
      resolve();
    }
    isBusy = false;
    running = undefined;
  };
  const kick = (): void => {
    running ??= run();
  };

  return {
    note: (delivery, result) => {
      outcomes.push({ delivery, result });
      kick();
    },
    endTurn: (turn) => {
      endings.ends.push(turn);
      const last = outbox.endsTurns ? outcomes.at(-1) : undefined;
      if (last?.delivery.destination === turn.destination) last.end ??= turn;
      if (last?.end !== turn) endings.alone.push(turn);
      kick();
      return endings.over;
    },
    notePushed: (pushed) => {
      endings.pushed.push(pushed);
      kick();
    },
    idle: async () => {
      // what ends a turn comes right after what it did
      await running;
      await running;
    },
  };
}

function byPlace(outcomes: readonly Outcome[]): (readonly Outcome[])[] {
  const [first] = outcomes;
  if (outcomes.every(({ delivery }) => delivery.place === first?.delivery.place)) return chunks(outcomes);
  const places = new Set(outcomes.map(({ delivery }) => delivery.place));
  return [...places].flatMap((place) => chunks(outcomes.filter(({ delivery }) => delivery.place === place)));
}

function chunks<T>(all: readonly T[]): (readonly T[])[] {
  const count = Math.ceil(all.length / mostAtOnce);
  return Array.from({ length: count }, (_, index) => all.slice(index * mostAtOnce, (index + 1) * mostAtOnce));
}
