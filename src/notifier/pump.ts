import type { Log } from "../ops/log.ts";
import type { Claimed, Outbox, Visitor } from "../store/contracts/outbox.ts";
import type { Courier } from "./courier.ts";
import { createThroughput } from "./throughput.ts";
import type { Trip } from "./visits.ts";

export interface PumpOptions {
  readonly platform: string;
  readonly outbox: Pick<Outbox, "claim" | "expand">;
  readonly visitor: Visitor;
  readonly courier: Courier;
  /** Deliveries taken at most before some are done. */
  readonly capacity: number;
  readonly log: Log;
  readonly monotonicMs: () => number;
}

/** Brings what waits in the outbox for one platform on its way, for as long as anything is due. */
export interface Pump {
  /** There may be something new in this place (a symbol, or where notices are). Begins at once. */
  readonly wake: (place: string) => void;
  /** The platform takes nothing from anybody for so many real ms. */
  readonly close: (ms: number) => void;
  /** Something of this place will be due in so many real ms. */
  readonly expect: (place: string, ms: number) => void;
  /** Something is done: there is room for more. */
  readonly proceed: () => void;
  /** Resolves when nothing is due any more, and what was begun is settled. */
  readonly settled: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** What is known of a place: since when (monotonic) the first of each lane waits, and when something comes back. */
interface Known {
  readonly since: readonly (number | undefined)[];
  readonly laterAt: number | undefined;
  readonly isOpen: boolean;
}

/** In one claim: at first, and then more while Redis is quick to answer, up to the most; where it isn't, fewer. */
const firstClaim = 32;
const mostClaimed = 192;
const leastClaimed = 16;

export function createPump(options: PumpOptions): Pump {
  const { platform, outbox, courier, log, monotonicMs } = options;
  const places = new Map<string, Known>();
  let closedUntil = 0;
  let claimSize = Math.min(firstClaim, options.capacity);
  let isRunning = false;
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let onChange: (() => void) | undefined;
  let reading: Promise<void> | undefined;
  let failures = 0;
  const throughput = createThroughput(options);

  const learn = (place: string, { ageMs, laterInMs, isOpen }: Claimed): void => {
    const now = monotonicMs();
    places.set(place, {
      // while an alert's rows are still being written only lane 0 is claimed: a group of it may yet come
      since: ageMs.map((age, lane) => (age === undefined || (isOpen && lane > 0) ? undefined : now - age)),
      laterAt: laterInMs === undefined ? undefined : now + laterInMs,
      isOpen,
    });
  };

  const expand = async (place: string): Promise<void> => {
    // the one is written while the other is on its way; more of them would hold up whoever else asks Redis
    const [, isMore] = await Promise.all([outbox.expand(place), outbox.expand(place)]);
    const known = places.get(place);
    if (!isMore || known === undefined) places.set(place, unknown(monotonicMs()));
  };

  const failed = (error: unknown): void => {
    failures += 1;
    log.warn({ platform, error }, "the outbox could not be read; the next sweep tries again");
  };

  const read = async (claimed: Claimed, trip: Trip): Promise<void> => {
    try {
      await courier.accept(claimed, trip);
      failures = 0;
    } catch (error) {
      failed(error);
    }
    reading = undefined;
    notify();
  };

  /** One claim from the place whose turn it is. What it brought is read while the next one is under way. */
  const step = async (place: string): Promise<void> => {
    const room = throughput.ahead() - courier.load();
    const askedAt = monotonicMs();
    const claimed = await outbox.claim(place, platform, Math.min(claimSize, room), options.visitor);
    const trip = { askedAt, answeredAt: monotonicMs() };
    learn(place, claimed);
    // what was claimed before goes before
    await reading;
    if (claimed.deliveries.length > 0) reading = read(claimed, trip);
    else failures = 0;
    const isQuick = monotonicMs() - askedAt < 250;
    claimSize = Math.max(leastClaimed, Math.min(mostClaimed, isQuick ? claimSize * 2 : claimSize / 2));
  };

  const run = async (): Promise<void> => {
    failures = 0;
    const isOver = (): boolean => stopped || failures > 1;
    while (!isOver()) {
      const now = monotonicMs();
      const next = pickPlace(places, now);
      const open = [...places].find(([, known]) => known.isOpen)?.[0];
      try {
        if (next !== undefined && closedUntil <= now && hasRoom()) await step(next);
        else if (open !== undefined) await expand(open);
        else if (reading === undefined && (next === undefined || closedUntil > now)) break;
        else await changed();
      } catch (error) {
        failed(error);
      }
    }
    // at once: who wakes it from now on begins anew
    isRunning = false;
    arm();
  };

  /** For as much as is worth a trip. */
  const hasRoom = (): boolean => {
    const ahead = throughput.ahead();
    return ahead - courier.load() >= Math.min(claimSize, ahead / 2);
  };

  const changed = async (): Promise<void> =>
    new Promise((resolve) => {
      onChange = resolve;
    });
  const notify = (): void => {
    const resolve = onChange;
    onChange = undefined;
    resolve?.();
  };

  const start = (): void => {
    if (stopped) return;
    clearTimeout(timer);
    if (isRunning) notify();
    else {
      isRunning = true;
      if (courier.load() === 0) throughput.forget();
      running = run();
    }
  };

  /** Comes back when the platform opens again, or when something that waits is due. */
  const arm = (): void => {
    const now = monotonicMs();
    const isWaiting = [...places.values()].some(({ since }) => since.some((at) => at !== undefined));
    const times = [...places.values()].flatMap(({ laterAt }) => laterAt ?? []);
    const due = Math.min(...times, ...(isWaiting && closedUntil > now ? [closedUntil] : []));
    const next = Math.max(due, closedUntil);
    clearTimeout(timer);
    if (!stopped && Number.isFinite(next)) timer = setTimeout(start, Math.max(1, next - now));
  };

  return {
    wake: (place) => {
      places.set(place, unknown(monotonicMs()));
      start();
    },
    close: (ms) => {
      closedUntil = Math.max(closedUntil, monotonicMs() + ms);
    },
    expect: (place, ms) => {
      const known = places.get(place) ?? nothing;
      const at = monotonicMs() + ms;
      places.set(place, { ...known, laterAt: Math.min(at, known.laterAt ?? at) });
      if (!isRunning) arm();
    },
    proceed: () => {
      throughput.note();
      if (onChange !== undefined && hasRoom()) notify();
    },
    settled: async () => {
      await running;
      await reading;
      await courier.idle();
    },
    stop: async () => {
      stopped = true;
      courier.halt();
      clearTimeout(timer);
      notify();
      await running;
      await reading;
      await courier.idle();
    },
  };
}

const nothing: Known = { since: [], laterAt: undefined, isOpen: false };

/** Anything may be there. */
function unknown(now: number): Known {
  return { since: [now, now, now], laterAt: undefined, isOpen: false };
}

/** Where the first lane is that has something due; of several places the one that has waited longest. */
function pickPlace(places: ReadonlyMap<string, Known>, now: number): string | undefined {
  const due = [...places].flatMap(([place, { since, laterAt }]) => {
    const isBack = laterAt !== undefined && laterAt <= now;
    const lane = isBack ? 0 : since.findIndex((at) => at !== undefined);
    return lane < 0 ? [] : [{ place, lane, at: isBack ? laterAt : (since[lane] ?? now) }];
  });
  return due.toSorted((a, b) => a.lane - b.lane || a.at - b.at)[0]?.place;
}
