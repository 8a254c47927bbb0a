import type { Cluster, Redis } from "ioredis";

/** Any connection the store can work on. */
export type RedisClient = Redis | Cluster;

export interface Script {
  /** Unique among the scripts of a connection. */
  readonly name: string;
  readonly keys: number;
  readonly lua: string;
}

export type ScriptArgument = string | number | Uint8Array;

/** Runs the script; strings come back as Buffers, so that binary survives. */
export type RunScript = (keys: readonly string[], args: readonly ScriptArgument[]) => Promise<unknown>;

/** Makes a script known to a connection: sent once per socket, called by its hash after that. */
export function defineScript(redis: RedisClient, script: Script): RunScript {
  redis.defineCommand(script.name, { lua: script.lua, numberOfKeys: script.keys });
  const run: unknown = Reflect.get(redis, `${script.name}Buffer`);
  if (typeof run !== "function") throw new Error(`script ${script.name} was not defined`);
  return async (keys, args) => {
    if (keys.length !== script.keys) throw new Error(`script ${script.name} takes ${script.keys} keys`);
    const reply: unknown = await Reflect.apply(run, redis, [...keys, ...args.map(sendable)]);
    return reply;
  };
}

// ioredis sends Buffers as they are and turns every other object into text
function sendable(argument: ScriptArgument): string | number | Buffer {
  if (!(argument instanceof Uint8Array)) return argument;
  return Buffer.from(argument.buffer, argument.byteOffset, argument.byteLength);
}
