import type { Cluster, Redis } from "ioredis";

/** Any connection the store can work on. */
export type RedisClient = Redis | Cluster;

export interface Script {
  /** Unique among the scripts of a connection. */
  readonly name: string;
  /** Undefined: another number at each call. */
  readonly keys: number | undefined;
  readonly lua: string;
}

export type ScriptArgument = string | number | Uint8Array;

/** Runs the script; strings come back as Buffers, so that binary survives. */
export type RunScript = (keys: readonly string[], args: readonly ScriptArgument[]) => Promise<unknown>;

/** Makes a script known to a connection: sent once per socket, called by its hash after that. */
export function defineScript(redis: RedisClient, script: Script): RunScript {
  const { lua, keys: keyCount } = script;
  redis.defineCommand(script.name, { lua, ...(keyCount !== undefined && { numberOfKeys: keyCount }) });
  const run: unknown = Reflect.get(redis, `${script.name}Buffer`);
  if (typeof run !== "function") throw new Error(`script ${script.name} was not defined`);
  return async (keys, args) => {
    if (keyCount !== undefined && keys.length !== keyCount)
      throw new Error(`script ${script.name} takes ${keyCount} keys`);
    const counted = keyCount === undefined ? [keys.length] : [];
    const reply: unknown = await Reflect.apply(run, redis, [...counted, ...keys, ...args.map(sendable)]);
    return reply;
  };
}

// ioredis sends Buffers as they are and turns every other object into text
function sendable(argument: ScriptArgument): string | number | Buffer {
  if (!(argument instanceof Uint8Array)) return argument;
  return Buffer.from(argument.buffer, argument.byteOffset, argument.byteLength);
}
