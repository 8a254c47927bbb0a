import { AsyncLocalStorage } from "node:async_hooks";
import type { Redis } from "ioredis";
import { type Actor, newActor } from "./actor.ts";
import { Connection } from "./connection.ts";
import { answerOne, type Executing, type Listen } from "./execute.ts";
import { mulberry } from "./random.ts";
import type { Sizes } from "./sizes.ts";
import { installTimers, type Timers } from "./timers.ts";

/*
 * A world in which one thing happens after the other, in an order that follows from the seed.
 *
 * Virtual time. Node's timers and `Date.now` are replaced while the world lasts, and the scripts ask a key for the time
 * instead of Redis' clock. Time stands still while anybody has something to do, and then leaps to the next timer. What
 * recurs every three seconds or more comes no oftener than every six, and every half an hour where hours are passed.
 *
 * The seeded order. All processes run in this thread, each in an asynchronous context of its own, so that timers and
 * connections know whose they are. A command waits in its process' queue. Each event takes one of the processes that
 * have asked for something, or the timer that is due, by the next random number; does that one thing on the real
 * redis-server; and lets Node come to rest. A process that dies is simply never chosen again. One that stands still has
 * its timers and answers kept until it goes on, while some of what it had asked is done. One that loses Redis is told
 * so, whether its command was done or not.
 *
 * Not simulated: the network's own timing and order (a command is sent and done at once, a platform's call takes as long
 * as a random number says), queues (a worker is told of a round, and now and then two are), the model and what venues say
 * (what is measured is made up), Redis' loss of data, a cluster, pictures, and the libraries that speak to the platforms.
 */
export interface World {
  readonly now: () => number;
  readonly random: () => number;
  readonly actor: (name: string) => Actor;
  readonly as: <T>(actor: Actor, work: () => T) => T;
  readonly connect: (actor: Actor) => Redis;
  /** Lets time pass; long stretches with few looks at what recurs. */
  readonly pass: (ms: number, isQuick?: boolean) => Promise<void>;
  /** Until this has come to be. */
  readonly until: (work: Promise<unknown>) => Promise<void>;
  /** After so many events from now. */
  readonly after: (events: number, run: () => void | Promise<void>) => void;
  /** It stands still; what it has asked may be done, and answered later. */
  readonly freeze: (actor: Actor, ms: number) => Promise<void>;
  /** Hears of each script that was run for a process, whether or not that hears of it, before anything else happens. */
  readonly onScript: (listen: Listen) => void;
  readonly events: () => number;
}

interface State extends Executing {
  readonly actors: Actor[];
  planned: readonly { readonly at: number; readonly run: () => void | Promise<void> }[];
  now: number;
  events: number;
}

const realImmediate = globalThis.setImmediate;
/** Until nothing in this thread can go on by itself. */
const rest = async (): Promise<void> => new Promise((resolve) => void realImmediate(resolve));

/** How long anything may take to come to its end. */
const endMs = 3_600_000;

export async function inWorld(
  executor: Redis,
  { seed, startAt, sizes }: { readonly seed: number; readonly startAt: number; readonly sizes: Sizes },
  work: (world: World) => Promise<void>,
): Promise<void> {
  const state: State = {
    executor,
    random: mulberry(seed),
    contexts: new AsyncLocalStorage<Actor>(),
    scripts: new Map(),
    actors: [],
    planned: [],
    now: startAt,
    toldAt: 0,
    events: 0,
    listening: [],
  };
  const timers = installTimers(state.contexts, () => state.now);
  try {
    await work(worldOf(state, timers, sizes));
  } finally {
    timers.restore();
  }
}

function worldOf(state: State, timers: Timers, sizes: Sizes): World {
  const now = (): number => state.now;
  return {
    now,
    random: state.random,
    events: () => state.events,
    onScript: (listen) => void state.listening.push(listen),
    actor: (name) => {
      const actor = newActor(name);
      state.actors.push(actor);
      return actor;
    },
    as: (actor, run) => state.contexts.run(actor, run),
    connect: (actor) => new Connection({ actor, scripts: state.scripts, now, sizes }),
    pass: async (ms, isQuick = false) => {
      timers.hurry(isQuick);
      await rest();
      const end = state.now + ms;
      while (await step(state, timers, end));
      state.now = end;
      timers.hurry(false);
    },
    until: async (wanted) => {
      const wait = { isOver: false };
      const over = wanted.finally(() => {
        wait.isOver = true;
      });
      // heard here as well: it may fail long before it is waited for
      over.catch(() => undefined);
      await rest();
      const end = state.now + endMs;
      while (!wait.isOver)
        if (!(await step(state, timers, end))) throw new Error("something never comes to an end");
      await over;
    },
    freeze: async (actor, ms) => {
      actor.frozenUntil = state.now + ms;
      const left = Math.floor(state.random() * (actor.asked.length + 1));
      while (actor.asked.length > left) await answerOne(state, actor);
    },
    after: (count, run) => {
      state.planned = [...state.planned, { at: state.events + count, run }];
    },
  };
}

/** One event. False where nothing is to be done before `limit`. */
async function step(state: State, timers: Timers, limit: number): Promise<boolean> {
  const { actors, random } = state;
  const isRunning = (actor: Actor | undefined): boolean =>
    actor === undefined || (!actor.isDead && actor.frozenUntil <= state.now);
  const busy = actors.filter((one) => one.asked.length + one.held.length > 0 && isRunning(one));
  const timer = timers.first(isRunning);
  const isDue = timer !== undefined && timer.at <= state.now;
  const chosen = busy[Math.floor(random() * (busy.length + (isDue ? 1 : 0)))];
  if (chosen === undefined && !isDue) {
    const next = Math.min(timer?.at ?? Infinity, nextThaw(state));
    if (next > limit) return false;
    state.now = Math.max(state.now, next);
    return true;
  }
  if (chosen !== undefined) await answerOne(state, chosen);
  else if (timer !== undefined) timers.fire(timer);
  await rest();
  await endEvent(state);
  return true;
}

function nextThaw({ actors, now }: State): number {
  const still = actors.filter((one) => !one.isDead && one.frozenUntil > now);
  return Math.min(Infinity, ...still.map(({ frozenUntil }) => frozenUntil));
}

async function endEvent(state: State): Promise<void> {
  state.events += 1;
  const due = state.planned.filter(({ at }) => at <= state.events);
  if (due.length === 0) return;
  state.planned = state.planned.filter((plan) => !due.includes(plan));
  for (const plan of due) await plan.run();
}
