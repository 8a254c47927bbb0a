import type { AsyncLocalStorage } from "node:async_hooks";
import type { Actor } from "./actor.ts";

interface Timer {
  readonly id: number;
  readonly actor: Actor | undefined;
  at: number;
  readonly everyMs: number | undefined;
  readonly run: () => void;
}

export interface Timers {
  /** The first that is due to somebody who is running; those of the dead are dropped. */
  readonly first: (isRunning: (actor: Actor | undefined) => boolean) => Timer | undefined;
  readonly fire: (timer: Timer) => void;
  /** What recurs comes seldom: hours pass in a second, and hardly anything is missed. */
  readonly hurry: (isQuick: boolean) => void;
  /** Gives the program the real ones back. */
  readonly restore: () => void;
}

/** Whatever comes oftener than this isn't thinned out: leases are kept by it. */
const oftenMs = 3_000;
const thinnedMs = 6_000;
const quicklyMs = 1_800_000;

/** In the place of Node's own timers and clock, for all that runs in this thread. */
export function installTimers(contexts: AsyncLocalStorage<Actor>, now: () => number): Timers {
  const timers = new Map<number, Timer>();
  let nextId = 1;
  let leastMs = thinnedMs;
  const add = (ms: number, everyMs: number | undefined, run: () => void): object => {
    const id = nextId++;
    timers.set(id, { id, actor: contexts.getStore(), at: now() + Math.max(0, ms), everyMs, run });
    const handle = { id, ref: () => handle, unref: () => handle, hasRef: () => true };
    return handle;
  };
  const restore = replaceGlobals(add, (id) => timers.delete(id), now);
  return {
    restore,
    first: (isRunning) => {
      let first: Timer | undefined;
      for (const timer of timers.values()) {
        if (timer.actor?.isDead === true) timers.delete(timer.id);
        else if (isRunning(timer.actor) && (first === undefined || timer.at < first.at)) first = timer;
      }
      return first;
    },
    fire: (timer) => {
      const { everyMs, actor, run } = timer;
      if (everyMs === undefined) timers.delete(timer.id);
      else timer.at = now() + (everyMs < oftenMs ? everyMs : Math.max(everyMs, leastMs));
      if (actor === undefined) run();
      else contexts.run(actor, run);
    },
    hurry: (isQuick) => {
      leastMs = isQuick ? quicklyMs : thinnedMs;
      if (isQuick) return;
      for (const timer of timers.values())
        if (timer.everyMs !== undefined) timer.at = Math.min(timer.at, now() + timer.everyMs);
    },
  };
}

type Run = (...args: unknown[]) => void;

function replaceGlobals(
  add: (ms: number, everyMs: number | undefined, run: () => void) => object,
  drop: (id: number) => void,
  now: () => number,
): () => void {
  const { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate } = globalThis;
  const realNow = Date.now;
  const clear = (handle: unknown): void => {
    if (typeof handle === "object" && handle !== null && "id" in handle) drop(Number(handle.id));
  };
  Object.assign(globalThis, {
    setTimeout: (run: Run, ms = 0, ...args: unknown[]) => add(Math.max(1, ms), undefined, () => run(...args)),
    setInterval: (run: Run, ms = 0, ...args: unknown[]) => add(ms, Math.max(1, ms), () => run(...args)),
    setImmediate: (run: Run, ...args: unknown[]) => add(0, undefined, () => run(...args)),
    clearTimeout: clear,
    clearInterval: clear,
  });
  Date.now = now;
  return () => {
    Object.assign(globalThis, { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate });
    Date.now = realNow;
  };
}
