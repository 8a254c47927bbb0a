import { Cluster } from "ioredis";
import type { RedisOptions as AllOptions } from "ioredis";
import type { Log } from "../../ops/log.ts";
import { messageOf, StoreError } from "../errors.ts";
import { GatheringRedis } from "./gathering.ts";
import { createOutage, isRefusal, loginHint, type Outage } from "./outage.ts";
import { describeRedis } from "./redisUrl.ts";
import type { RedisEnd } from "./redisUrl.ts";
import type { RedisClient } from "./script.ts";

/** ioredis' own type forbids `undefined` for this one where it allows it everywhere else. */
type RedisOptions = Omit<AllOptions, "replyMapping">;

/**
 * "commands": the store's. "queue": for BullMQ's Queue. Both fail while Redis is away, in 2 s at the latest, and
 * work again when it is back. "worker": for BullMQ's Worker, which waits for as long as it takes.
 */
export type RedisRole = "commands" | "queue" | "worker";

export interface ConnectOptions {
  readonly end: RedisEnd;
  readonly role: RedisRole;
  readonly log: Log;
  /** Shared by connections to the same Redis, so that its absence is said once; one of its own if left out. */
  readonly outage?: Outage;
  /** How long the first connection may take before it is an error; default 10 s. */
  readonly waitMs?: number;
  /** How long a peer may owe an answer before the connection is made anew; the role's own unless a test can't wait. */
  readonly silentMs?: number;
}

/** Slow enough for a script over a large state, quick enough for whoever waits for an answer to a command. */
const commandTimeoutMs = 2_000;
/** A peer that takes commands and says nothing is gone; the connection is made anew. */
const silentSocketMs = 5_000;
/** The same for workers, whose blocking reads rightly say nothing for up to ten seconds. */
const silentWorkerSocketMs = 15_000;
/** Reconnecting must not add much to an outage: BullMQ's workers are to run within 10 s of its end. */
const retryDelayMs = (times: number): number => Math.min(2_000, 50 * 2 ** Math.min(times, 10));

/**
 * A connection that works now, and again after every outage. Throws a StoreError when Redis can't be reached in
 * time or refuses the login. The caller closes it, with `disconnect()` or `quit()`.
 */
export async function connectRedis({
  end,
  role,
  log,
  outage = createOutage({ end, log }),
  waitMs = 10_000,
  silentMs = roleOptions[role].socketTimeout,
}: ConnectOptions): Promise<RedisClient> {
  const client = createClient(end, role, silentMs);
  let trouble = "no answer";
  client.on("close", () => outage.down(client));
  client.on("error", (error: unknown) => {
    // only the message: ioredis hangs the arguments of AUTH on its errors
    trouble = messageOf(error);
    outage.failed(client, trouble);
  });
  client.on("ready", () => outage.up(client));
  client.on("end", () => outage.closed(client));
  try {
    await firstReady(client, waitMs);
    return client;
  } catch (error) {
    client.disconnect();
    throw unreachable(end, isRefusal(messageOf(error)) ? messageOf(error) : trouble);
  }
}

function createClient(end: RedisEnd, role: RedisRole, socketTimeout: number): RedisClient {
  const connectionName = `lopside-${role}`;
  const options = { ...roleOptions[role], socketTimeout, connectionName, connectTimeout: 5_000 };
  if (end.kind !== "cluster")
    return new GatheringRedis({ ...options, ...endOptions(end), retryStrategy: retryDelayMs });
  return new Cluster([...end.nodes], {
    clusterRetryStrategy: retryDelayMs,
    enableOfflineQueue: role === "worker",
    // certificates name hosts, not the addresses they resolve to
    ...(end.tls && { dnsLookup: (address, callback) => callback(null, address) }),
    redisOptions: { ...options, ...loginOptions(end) },
  });
}

const failFast = {
  enableOfflineQueue: false,
  // what was under way when the connection broke fails: nobody knows whether it was done, and no one repeats it unasked
  maxRetriesPerRequest: 0,
  commandTimeout: commandTimeoutMs,
  socketTimeout: silentSocketMs,
} satisfies RedisOptions;

const roleOptions: Readonly<Record<RedisRole, RedisOptions & { readonly socketTimeout: number }>> = {
  commands: failFast,
  queue: failFast,
  worker: { enableOfflineQueue: true, maxRetriesPerRequest: null, socketTimeout: silentWorkerSocketMs },
};

/** The options of ioredis that say where Redis is and how to log in. */
export function endOptions(end: Exclude<RedisEnd, { kind: "cluster" }>): RedisOptions {
  // after a failover the old master is read-only: go and find the new one. Redis 6.2 says so at the end of a line
  const common = { reconnectOnError: (error: Error): boolean => error.message.includes("READONLY ") };
  if (end.kind === "socket") return { ...common, path: end.path };
  if (end.kind === "single")
    return { ...common, host: end.host, port: end.port, db: end.db, ...loginOptions(end) };
  return {
    ...common,
    sentinels: [...end.sentinels],
    name: end.masterName,
    db: end.db,
    sentinelRetryStrategy: retryDelayMs,
    ...(end.sentinelPassword !== undefined && { sentinelPassword: end.sentinelPassword }),
    ...(end.tls && { enableTLSForSentinelMode: true, sentinelTLS: {} }),
    ...loginOptions(end),
  };
}

function loginOptions(end: Exclude<RedisEnd, { kind: "socket" }>): RedisOptions {
  return {
    ...(end.username !== undefined && { username: end.username }),
    ...(end.password !== undefined && { password: end.password }),
    ...(end.tls && { tls: {} }),
  };
}

/** Resolves at the first "ready"; rejects when the time is up or the login is refused, which no retry changes. */
async function firstReady(client: RedisClient, waitMs: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => settle(() => reject(new Error("timed out"))), waitMs);
    const onReady = (): void => settle(resolve);
    const onError = (error: unknown): void => {
      if (isRefusal(messageOf(error))) settle(() => reject(new Error(messageOf(error))));
    };
    const settle = (then: () => void): void => {
      clearTimeout(timer);
      client.off("ready", onReady).off("error", onError);
      then();
    };
    client.on("ready", onReady).on("error", onError);
  });
}

const wantsLogin = /^(?:WRONGPASS|NOAUTH|ERR invalid password)/;

function unreachable(end: RedisEnd, trouble: string): StoreError {
  return new StoreError(
    `Redis at ${describeRedis(end)} cannot be used: ${trouble}`,
    wantsLogin.test(trouble)
      ? loginHint
      : "Check REDIS_URL and that the server runs and may be reached from here; without REDIS_URL Lopside starts its own.",
  );
}
