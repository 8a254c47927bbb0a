import type { Config } from "../../config/config.ts";
import type { Lifecycle } from "../../ops/lifecycle.ts";
import type { Log } from "../../ops/log.ts";
import { checkRedis } from "../../store/redis/check.ts";
import { connectRedis } from "../../store/redis/connect.ts";
import { startEmbeddedRedis } from "../../store/redis/embedded.ts";
import { StoreError } from "../../store/errors.ts";
import { preparePlaces } from "../../store/redis/places.ts";
import { parseRedisUrl, type RedisEnd } from "../../store/redis/redisUrl.ts";
import { refuseNewer } from "../../store/schema.ts";
import type { RedisClient } from "../../store/redis/script.ts";
import { lastEnd } from "../../store/redis/serverConfig.ts";
import type { Finding } from "./finding.ts";

/** Whoever asks a doctor is waiting. */
const waitMs = 3_000;

export interface RedisCheck {
  readonly config: Config;
  readonly log: Log;
  /** Takes what was opened. */
  readonly lifecycle: Lifecycle;
}

/** The Redis that `start` would use, or that a running Lopside uses: reached, and set up so that nothing is lost. */
export async function checkRedisServer({ config, log, lifecycle }: RedisCheck): Promise<readonly Finding[]> {
  try {
    const client = await connectAsStart(config, log, lifecycle);
    lifecycle.add("connection", () => client.disconnect());
    return [...(await checkRedis(client)), ...(await checkSchema(client))];
  } catch (error) {
    return [findingOf(error)];
  }
}

async function checkSchema(client: RedisClient): Promise<readonly Finding[]> {
  try {
    await refuseNewer(client);
    return [];
  } catch (error) {
    return [findingOf(error)];
  }
}

function findingOf(error: unknown): Finding {
  if (!(error instanceof StoreError)) throw error;
  const [message = ""] = error.message.split("\n");
  return { level: "error", message, hint: error.hint };
}

/** The Redis of a running Lopside, or that of the next start; what was opened goes into the lifecycle. */
export async function connectAsStart(
  { redisUrl, dataDir }: Config,
  log: Log,
  lifecycle: Lifecycle,
): Promise<RedisClient> {
  const role = "commands";
  if (redisUrl !== undefined) return connectRedis({ end: parseRedisUrl(redisUrl), role, log, waitMs });
  const running = await lastEnd(await preparePlaces(dataDir));
  if (running !== undefined && (await answers(running, log)))
    return connectRedis({ end: running, role, log, waitMs });
  const server = await startEmbeddedRedis({ dataDir, log });
  lifecycle.add("embedded Redis", server.stop);
  return connectRedis({ end: server.end, role, log });
}

const nothing = (): void => undefined;
const unsaid = { down: nothing, failed: nothing, up: nothing, closed: nothing, explains: () => false };

/** Of a server that ran last. That it doesn't run now is nothing to tell anybody. */
async function answers(end: RedisEnd, log: Log): Promise<boolean> {
  try {
    const client = await connectRedis({ end, role: "commands", log, outage: unsaid, waitMs: 500 });
    client.disconnect();
    return true;
  } catch (error) {
    if (error instanceof StoreError) return false;
    throw error;
  }
}
