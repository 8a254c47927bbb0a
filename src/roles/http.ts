import { startHttp } from "../http/server.ts";
import { addProcessMetrics } from "../ops/metrics.ts";
import type { Config } from "../config/config.ts";
import { noticesPlace } from "../store/contracts/outbox.ts";
import { createAlertLog } from "../store/ledger/alertLog.ts";
import { readSigningKey } from "../store/signingKey.ts";
import type { Parts } from "./parts.ts";

/** Data older than three polls, and than ten seconds, is stale. */
function staleAfterMs(config: Config): number {
  return Math.max(3 * config.pollIntervalMs, 10_000);
}

/** Answers about health, figures, imbalances and maps. */
export async function startHttpRole({
  config,
  store,
  redis,
  queues,
  clock,
  metrics,
  webhooks,
  pictures,
  guard,
  lifecycle,
  log,
}: Parts): Promise<void> {
  addProcessMetrics(metrics.registry);
  const measureWaiting = async (): Promise<void> => {
    for (const [queue, waiting] of await queues.depths()) metrics.queueDepth.set({ queue }, waiting);
    const pending = await Promise.all([...config.symbols, noticesPlace].map(store.outbox.countPending));
    metrics.pendingDeliveries.set(pending.reduce((sum, count) => sum + count, 0));
  };
  const sources = {
    symbols: config.symbols,
    imbalance: store.symbols.imbalance,
    map: store.symbols.map,
    ping: async () => {
      await redis.commands.ping();
    },
    metrics: async () => {
      await measureWaiting().catch((error: unknown) => {
        // unknown, not none: the process' own figures are wanted most while Redis is away
        metrics.queueDepth.reset();
        metrics.pendingDeliveries.set(Number.NaN);
        log.debug({ error }, "what waits in Redis could not be counted");
      });
      return { contentType: metrics.registry.contentType, text: await metrics.registry.metrics() };
    },
    silentQueues: guard.silent,
    clock,
    staleAfterMs: staleAfterMs(config),
    webhooks,
    pictures,
    alerts: {
      log: createAlertLog(redis.commands),
      token: config.http.token,
      key: await readSigningKey(redis.commands),
    },
  };
  const server = await startHttp(sources, { host: config.http.host, port: config.http.port, log });
  lifecycle.add("http", server.close);
}
