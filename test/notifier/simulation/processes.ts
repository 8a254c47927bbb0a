import type { Redis } from "ioredis";
import { createNotifier, type Notifier } from "../../../src/notifier/notifier.ts";
import { startSweep } from "../../../src/notifier/sweep.ts";
import type { Clock } from "../../../src/ops/clock.ts";
import { noticesPlace } from "../../../src/store/contracts/outbox.ts";
import type { Store } from "../../../src/store/contracts/store.ts";
import { createDestinations } from "../../../src/store/destinations.ts";
import { createForgetting, type Forgetting } from "../../../src/store/forgetting.ts";
import { openStore } from "../../../src/store/store.ts";
import { silentLog } from "../../support/redis.ts";
import { type Actor, deathOf, die } from "./actor.ts";
import { places, symbols } from "./cast.ts";
import { pause } from "./platforms.ts";
import { sendersFor } from "./senders.ts";
import type { Stage } from "./stage.ts";
import type { World } from "./world.ts";

export interface Opened {
  readonly redis: Redis;
  readonly store: Store;
  readonly forgetting: Forgetting;
}

export function clockOf({ now }: World, skew = 0): Clock {
  return { now: () => Math.floor(now() + skew), realMs: (ms) => ms, sleep: pause };
}

/** As this process sees it. */
export async function openFor(world: World, actor: Actor): Promise<Opened> {
  return startIn(world, actor, async () => {
    const redis = world.connect(actor);
    const opened = await openStore(redis, { log: silentLog });
    const store = { ...opened, destinations: createDestinations(redis, { now: clockOf(world).now }) };
    return { redis, store, forgetting: createForgetting(redis, { symbols }) };
  });
}

async function startIn<T>(world: World, actor: Actor, work: () => Promise<T>): Promise<T> {
  const made = world.as(actor, work);
  await world.until(made);
  return made;
}

export interface Poster {
  readonly actor: Actor;
  readonly wake: (place: string) => void;
  readonly stop: () => Promise<void>;
}

/** The notifiers that are there now. */
export interface Posters {
  readonly all: () => readonly Poster[];
  readonly any: () => Poster | undefined;
  readonly start: () => Promise<void>;
  /** In peace. */
  readonly stop: (one: Poster) => Promise<void>;
  readonly kill: (one: Poster) => void;
}

export function createPosters(stage: Stage): Posters {
  const { world, note, pick } = stage;
  const isSkewed = world.random() < 0.3;
  let all: readonly Poster[] = [];
  let started = 0;
  const remove = (one: Poster): void => {
    all = all.filter((other) => other !== one);
  };
  return {
    all: () => all,
    any: () => (all.length === 0 ? undefined : pick(all)),
    start: async () => {
      started += 1;
      const actor = world.actor(`notifier ${started}`);
      actor.skew = isSkewed ? Math.floor((world.random() - 0.5) * 50_000) : 0;
      note(`${actor.name} starts, ${actor.skew} ms off`);
      const poster = await startPoster(stage, actor);
      all = [...all, poster];
    },
    stop: async (one) => {
      remove(one);
      note(`${one.actor.name} stops`);
      await world.until(Promise.race([world.as(one.actor, one.stop), deathOf(one.actor)]));
      one.actor.isDead = true;
    },
    kill: (one) => {
      die(one.actor);
      remove(one);
    },
  };
}

async function startPoster(stage: Stage, actor: Actor): Promise<Poster> {
  const { store } = await openFor(stage.world, actor);
  return startIn(stage.world, actor, async () => {
    const log = stage.logOf(actor.name);
    const pumps = pumpsOf(stage, actor, store);
    const stopSweep = startSweep({ pumps, outbox: store.outbox, places, log });
    return {
      actor,
      wake: (place) => wakeAll(pumps, place),
      stop: async () => {
        await stopSweep();
        await Promise.all([...pumps.values()].map(async (pump) => pump.stop()));
      },
    };
  });
}

function pumpsOf(stage: Stage, actor: Actor, store: Store): ReadonlyMap<string, Notifier> {
  const { world, platforms } = stage;
  const pumps = new Map<string, Notifier>();
  for (const sender of sendersFor(world, platforms, actor)) {
    const pump = createNotifier({
      sender,
      store,
      clock: clockOf(world, actor.skew),
      log: stage.logOf(actor.name),
      nameOf: (destination) => destination,
      onSettled: () => undefined,
      onRepeat: () => undefined,
      onNotice: () => wakeAll(pumps, noticesPlace),
      monotonicMs: world.now,
    });
    pumps.set(sender.platform, pump);
  }
  return pumps;
}

function wakeAll(pumps: ReadonlyMap<string, Notifier>, place: string): void {
  for (const pump of pumps.values()) pump.wake(place);
}

/** What people type goes through it; it is there again when it is next needed. */
export interface Bot {
  /** Until it is done, has failed, or the bot has died over it, which the answer says. */
  readonly ask: (work: (opened: Opened) => Promise<unknown>) => Promise<{ readonly isDead: boolean }>;
  readonly kill: () => void;
}

export async function createBot({ world, note }: Stage): Promise<Bot> {
  let actor = world.actor("bot");
  let opened = await openFor(world, actor);
  const revive = async (): Promise<void> => {
    if (!actor.isDead) return;
    note("the bot died");
    actor = world.actor("bot");
    opened = await openFor(world, actor);
  };
  return {
    ask: async (work) => {
      await revive();
      const own = actor;
      const done = world
        .as(own, async () => work(opened))
        .catch((error: unknown) => note(`failed: ${String(error)}`));
      await world.until(Promise.race([done, deathOf(own)]));
      return { isDead: own.isDead };
    },
    kill: () => die(actor),
  };
}
