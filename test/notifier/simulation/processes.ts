import type { Redis } from "ioredis";
import type { Clock } from "../../../src/ops/clock.ts";
import type { Store } from "../../../src/store/contracts/store.ts";
import { createDestinations } from "../../../src/store/destinations/destinations.ts";
import { createForgetting, type Forgetting } from "../../../src/store/destinations/forgetting.ts";
import { openStore } from "../../../src/store/store.ts";
import { silentLog } from "../../support/redis.ts";
import { type Actor, deathOf, die } from "./actor.ts";
import { symbols } from "./cast.ts";
import { pause } from "./platforms.ts";
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

export async function startIn<T>(world: World, actor: Actor, work: () => Promise<T>): Promise<T> {
  const made = world.as(actor, work);
  await world.until(made);
  return made;
}

export interface Member {
  readonly actor: Actor;
  readonly stop: () => Promise<void>;
}

/** The processes of one kind that are there now. */
export interface Group<T extends Member> {
  readonly all: () => readonly T[];
  readonly any: () => T | undefined;
  readonly start: () => Promise<void>;
  /** In peace. */
  readonly stop: (one: T) => Promise<void>;
  readonly kill: (one: T) => void;
}

interface Kind {
  readonly name: string;
  /** How far their clocks are apart at most. */
  readonly apartMs: number;
}

export function createGroup<T extends Member>(
  { world, note, pick }: Stage,
  { name, apartMs }: Kind,
  start: (actor: Actor) => Promise<T>,
): Group<T> {
  let all: readonly T[] = [];
  let started = 0;
  const remove = (one: T): void => {
    all = all.filter((other) => other !== one);
  };
  return {
    all: () => all,
    any: () => (all.length === 0 ? undefined : pick(all)),
    start: async () => {
      started += 1;
      const actor = world.actor(`${name} ${started}`);
      actor.skew = Math.floor((world.random() - 0.5) * apartMs);
      note(`${actor.name} starts, ${actor.skew} ms off`);
      const one = await start(actor);
      // as they are by now
      all = [...all, one];
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

/** What people type goes through it; it is there again when it is next needed. */
export interface Bot {
  /** Until it is done, has failed, or the bot has died over it, which the answer says. */
  readonly ask: (work: (opened: Opened) => Promise<unknown>) => Promise<{ readonly isDead: boolean }>;
  readonly kill: () => void;
}

export async function createBot({ world, note }: Stage): Promise<Bot> {
  let actor = world.actor("bot");
  let opened = await openFor(world, actor);
  let isAsked = false;
  const revive = async (): Promise<void> => {
    if (!actor.isDead) return;
    note("the bot died");
    // it isn't there to be struck before it is open
    const next = world.actor("bot");
    opened = await openFor(world, next);
    actor = next;
  };
  return {
    ask: async (work) => {
      await revive();
      const own = actor;
      const done = world
        .as(own, async () => work(opened))
        .catch((error: unknown) => note(`failed: ${String(error)}`));
      isAsked = true;
      await world.until(Promise.race([done, deathOf(own)]));
      isAsked = false;
      return { isDead: own.isDead };
    },
    // amid what it was asked: there is nothing to lose between
    kill: () => {
      if (isAsked) die(actor);
    },
  };
}
