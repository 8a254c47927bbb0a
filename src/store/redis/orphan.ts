import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import type { Log } from "../../ops/log.ts";
import { parseInfo } from "./check.ts";
import { endOptions } from "./connect.ts";
import { messageOf, StoreError } from "../errors.ts";
import type { RedisEnd } from "./redisUrl.ts";

const answerMs = 2_000;
/** A server that ends itself writes its data first. */
const politeMs = 5_000;

/**
 * Ends a server that still answers at a place that is ours alone: its own Lopside died and it is about to follow,
 * or its guard was killed, too. Resolves when it is gone. Throws a StoreError when it won't go.
 */
export async function endOrphan(end: Exclude<RedisEnd, { kind: "cluster" }>, log: Log): Promise<void> {
  const redis = new Redis({
    ...endOptions(end),
    lazyConnect: true,
    enableReadyCheck: false,
    retryStrategy: null,
    connectTimeout: answerMs,
    commandTimeout: answerMs,
    maxRetriesPerRequest: 0,
  });
  redis.on("error", (error: unknown) => log.debug({}, `probe for an older Redis: ${messageOf(error)}`));
  try {
    await redis.connect();
  } catch {
    // nobody there, or somebody else's server on a port that was ours once
    return;
  }
  try {
    await shutDown(redis, log);
  } finally {
    redis.disconnect();
  }
}

async function shutDown(redis: Redis, log: Log): Promise<void> {
  // events.once would reject for the reset connection of a server that is just going
  const gone = new Promise<void>((resolve) => {
    redis.once("end", resolve);
  });
  const pid = await pidOf(redis);
  log.warn({ pid }, "an older Redis still runs on our data; ending it");
  redis.shutdown().catch((error: unknown) => log.debug({}, `SHUTDOWN: ${messageOf(error)}`));
  if (await within(gone, politeMs)) return;
  if (pid !== undefined) process.kill(pid, "SIGKILL");
  if (await within(gone, answerMs)) return;
  throw new StoreError(
    `An older redis-server (process ${pid ?? "unknown"}) still holds the data and doesn't stop.`,
    `End it yourself (kill -9 ${pid ?? "PID"}) and start again.`,
  );
}

async function pidOf(redis: Redis): Promise<number | undefined> {
  try {
    const pid = parseInfo(await redis.info("server")).get("process_id");
    return pid === undefined ? undefined : Number(pid);
  } catch {
    return undefined;
  }
}

/** Whether it happened in time. */
export async function within(event: Promise<unknown>, ms: number): Promise<boolean> {
  const timer = new AbortController();
  const late = sleep(ms, false, { signal: timer.signal }).catch(() => false);
  const happened = await Promise.race([event.then(() => true), late]);
  timer.abort();
  return happened;
}
