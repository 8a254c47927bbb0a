import type { Lifecycle } from "../ops/lifecycle.ts";
import { calmLog } from "../ops/calmLog.ts";
import type { Log } from "../ops/log.ts";
import { checkRedis } from "./redis/check.ts";
import { connectRedis, type RedisRole } from "./redis/connect.ts";
import type { Store } from "./contracts/store.ts";
import { startEmbeddedRedis } from "./redis/embedded.ts";
import { StoreError } from "./errors.ts";
import { createOutage } from "./redis/outage.ts";
import { parseRedisUrl, type RedisEnd } from "./redis/redisUrl.ts";
import type { RedisClient } from "./redis/script.ts";
import { openStore } from "./store.ts";

/** One connection each: a blocked or flooded one must not hold the others up. */
export interface RedisConnections {
  readonly commands: RedisClient;
  readonly queues: RedisClient;
  readonly workers: RedisClient;
}

export interface OpenOptions {
  /** Undefined: start the embedded server. */
  readonly redisUrl: string | undefined;
  readonly dataDir: string;
  readonly log: Log;
  /** Takes what must be closed, in order. */
  readonly lifecycle: Lifecycle;
  /** How long the first connections may take before it is an error; default 10 s. */
  readonly waitMs?: number;
}

export interface OpenedRedis {
  readonly redis: RedisConnections;
  readonly store: Store;
  /** For all that works with them: that Redis is away is said by the connections, and not by everybody who asks. */
  readonly log: Log;
}

/**
 * Redis, checked, with the store on it. Throws a StoreError that says what to do when it can't be reached, must not
 * be used as it is set up, or holds data of a newer Lopside.
 */
export async function openRedis(options: OpenOptions): Promise<OpenedRedis> {
  const { lifecycle, waitMs } = options;
  const end = await redisEnd(options);
  const outage = createOutage({ end, log: options.log });
  const log = calmLog(options.log, outage.explains);
  const connect = async (role: RedisRole): Promise<RedisClient> => {
    const client = await connectRedis({ end, role, log, outage, ...(waitMs !== undefined && { waitMs }) });
    lifecycle.add(`connection for ${role}`, () => client.disconnect());
    return client;
  };
  const opening = [connect("commands"), connect("queue"), connect("worker")] as const;
  // one that opens after another has failed is still to be closed, or the process would never end
  await Promise.allSettled(opening);
  const [commands, queues, workers] = await Promise.all(opening);
  await refuseUnfit(commands, log);
  return { redis: { commands, queues, workers }, store: await openStore(commands, { log }), log };
}

async function redisEnd({ redisUrl, dataDir, log, lifecycle }: OpenOptions): Promise<RedisEnd> {
  if (redisUrl !== undefined) return parseRedisUrl(redisUrl);
  const server = await startEmbeddedRedis({ dataDir, log });
  lifecycle.add("embedded Redis", server.stop);
  return server.end;
}

async function refuseUnfit(commands: RedisClient, log: Log): Promise<void> {
  for (const { level, message, hint } of await checkRedis(commands)) {
    if (level === "error") throw new StoreError(message, hint ?? "");
    if (level === "warning") log.warn({ hint }, message);
  }
}
