import { createHash } from "node:crypto";
import { Redis } from "ioredis";
import type { Actor, Command } from "./actor.ts";
import { type Sizes, withSizes } from "./sizes.ts";

/** Where a process' scripts find the time: in microseconds, and never the same twice. */
export const timeKey = "sim:us";
const timeLua = `(function()
  local us = redis.call('INCR', '${timeKey}')
  local s = math.floor(us / 1000000)
  return { string.format('%d', s), string.format('%d', us - s * 1000000) }
end)()`;

export interface ConnectionOptions {
  readonly actor: Actor;
  /** By hash; what is defined is added. */
  readonly scripts: Map<string, string>;
  readonly now: () => number;
  readonly sizes: Sizes;
}

/** Keeps what is asked until the world lets it happen. */
export class Connection extends Redis {
  readonly #own: ConnectionOptions;

  constructor(own: ConnectionOptions) {
    super({ lazyConnect: true });
    this.#own = own;
  }

  override defineCommand(name: string, definition: { lua: string; numberOfKeys?: number }): void {
    const lua = withSizes(name, definition.lua, this.#own.sizes).replaceAll("redis.call('TIME')", timeLua);
    this.#own.scripts.set(createHash("sha1").update(lua).digest("hex"), name);
    super.defineCommand(name, { ...definition, lua });
  }

  override async sendCommand(command: Command): Promise<unknown> {
    const { actor, now } = this.#own;
    return new Promise((resolve, reject) => {
      if (actor.isDead) return;
      // as ioredis says it, once the connection is known to be gone
      if (actor.awayUntil > now() && actor.asked.length === 0)
        reject(new Error("Stream isn't writeable and enableOfflineQueue options is false"));
      else actor.asked.push({ command, resolve, reject });
    });
  }
}
