import type { Config } from "../../config/config.ts";
import type { Lifecycle } from "../../ops/lifecycle.ts";
import type { Log } from "../../ops/log.ts";
import { checkRedis } from "../../store/check.ts";
import { connectRedis } from "../../store/connect.ts";
import { startEmbeddedRedis } from "../../store/embedded.ts";
import { StoreError } from "../../store/errors.ts";
import { preparePlaces } from "../../store/places.ts";
import { parseRedisUrl } from "../../store/redisUrl.ts";
import type { RedisClient } from "../../store/script.ts";
import { lastEnd } from "../../store/serverConfig.ts";
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
    return await checkRedis(client);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    const [message = ""] = error.message.split("\n");
    return [{ level: "error", message, hint: error.hint }];
  }
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
  if (running !== undefined) {
    const client = await connectRedis({ end: running, role, log, waitMs: 500 }).catch(() => undefined);
    if (client !== undefined) return client;
  }
  const server = await startEmbeddedRedis({ dataDir, log });
  lifecycle.add("embedded Redis", server.stop);
  return connectRedis({ end: server.end, role, log });
}
