import type { AsyncLocalStorage } from "node:async_hooks";
import type { Redis } from "ioredis";
import type { Actor, Asked } from "./actor.ts";
import { timeKey } from "./connection.ts";

/** A script that was run for a process. */
export interface Heard {
  readonly script: string;
  /** As sent: its hash, the number of its keys, keys, arguments. */
  readonly args: readonly unknown[];
  readonly answer: unknown;
  readonly by: Actor;
}

export type Listen = (heard: Heard) => Promise<void>;

export interface Executing {
  readonly executor: Redis;
  readonly random: () => number;
  readonly contexts: AsyncLocalStorage<Actor>;
  /** By hash. */
  readonly scripts: Map<string, string>;
  readonly listening: Listen[];
  readonly now: number;
  /** The time that Redis was told. */
  toldAt: number;
}

/** An answer that was kept for it, or else what it asked first. */
export async function answerOne(state: Executing, actor: Actor): Promise<void> {
  const kept = actor.held.shift();
  const asked = kept === undefined ? actor.asked.shift() : undefined;
  kept?.();
  if (asked === undefined) return;
  await tellTime(state);
  await execute(state, actor, actor.frozenUntil > state.now ? keptFor(actor, asked) : asked);
}

function keptFor(actor: Actor, { command, resolve, reject }: Asked): Asked {
  return {
    command,
    resolve: (answer) => void actor.held.push(() => resolve(answer)),
    reject: (error) => void actor.held.push(() => reject(error)),
  };
}

async function execute(state: Executing, actor: Actor, { command, resolve, reject }: Asked): Promise<void> {
  const { now, random } = state;
  if (actor.awayUntil > now) {
    // the connection is gone: what was under way may have been done
    if (random() < 0.5) await send(state, actor, command).catch(() => undefined);
    state.contexts.run(actor, () => reject(new Error("Connection is closed.")));
    return;
  }
  if (command.name === "time") {
    resolve([String(Math.floor(now / 1_000)), String(Math.floor((now % 1_000) * 1_000))]);
    return;
  }
  try {
    resolve(await send(state, actor, command));
  } catch (error) {
    reject(error instanceof Error ? error : new Error(String(error)));
  }
}

async function send(state: Executing, by: Actor, command: Asked["command"]): Promise<unknown> {
  // before it is sent: ioredis lets go of what it has sent
  const args: readonly unknown[] = [...command.args];
  const script = state.scripts.get(String(args[0]));
  const answer: unknown = await state.executor.sendCommand(command);
  if (script !== undefined) for (const listen of state.listening) await listen({ script, args, answer, by });
  return answer;
}

async function tellTime(state: Executing): Promise<void> {
  if (state.toldAt === state.now) return;
  state.toldAt = state.now;
  await state.executor.set(timeKey, String(Math.floor(state.now * 1_000)));
}
