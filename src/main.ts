import { destinationsOf, platformsOf } from "./notifier/destinations.ts";
import { createMetrics } from "./ops/metrics.ts";
import type { LopsideOptions, Parts, Role } from "./roles/parts.ts";
import type { Handlers } from "./worker/contracts.ts";
import { createQueues } from "./worker/queues.ts";
import { createShortcuts } from "./worker/shortcuts.ts";
import { createPulse } from "./worker/pulse.ts";
import { startGuard } from "./worker/guard.ts";
import { createSlots } from "./worker/slots.ts";

/** What a stop leaves the running jobs; all of it has ten seconds. */
const drainMs = 6_000;

/** Starts the given roles in this process. They meet those of other processes in Redis. */
export async function startLopside(options: LopsideOptions): Promise<void> {
  const { config, clock, lifecycle, log } = options;
  const destinations = destinationsOf(config);
  const platforms = platformsOf(config);
  const queues = createQueues({ connection: options.redis.queues, venues: config.venues, platforms, log });
  lifecycle.add("queues", queues.close);
  const shortcuts = createShortcuts(queues, log);
  lifecycle.add("deliveries", shortcuts.settled);
  const pulse = createPulse();
  const guard = startGuard({
    pulse,
    ping: async () => void (await options.redis.commands.ping()),
    log,
    exit: options.exit ?? endProcess,
  });
  lifecycle.add("guard", guard.stop);
  const parts: Parts = {
    ...options,
    queues,
    shortcuts,
    slots: createSlots(clock, config.pollIntervalMs),
    metrics: createMetrics(),
    destinations,
    platforms,
    stopping: new AbortController(),
    pictures: (await import("./roles/pictures.ts")).openPictures(options),
    webhooks: new Map(),
    guard,
  };
  const has = (role: Role): boolean => options.roles.includes(role);
  // each role is loaded when it is started: a process that doesn't poll never loads ccxt
  const handlers: Handlers = {
    ...(has("worker") && (await (await import("./roles/worker.ts")).startWorker(parts))),
    ...(has("notifier") && (await (await import("./roles/notifier.ts")).startNotifier(parts))),
    ...(has("poller") && (await (await import("./roles/poller.ts")).startPoller(parts))),
  };
  shortcuts.connect(handlers);
  const { startWorkers } = await import("./worker/workers.ts");
  const workers = startWorkers({
    connection: options.redis.workers,
    venues: config.venues,
    platforms,
    handlers,
    pulse,
    log,
  });
  const closeWorkers = async (): Promise<void> => {
    parts.stopping.abort();
    await workers.close(drainMs);
  };
  lifecycle.add("workers", closeWorkers, { timeoutMs: drainMs + 1_000 });
  if (has("telegram") && config.telegram.botToken !== undefined)
    await (await import("./roles/telegram.ts")).startTelegramRole(parts);
  if (has("discord") && config.discord.botToken !== undefined)
    await (await import("./roles/discord.ts")).startDiscord(parts);
  if (has("http")) await (await import("./roles/http.ts")).startHttpRole(parts);
  log.info(
    { roles: parts.roles, symbols: config.symbols, venues: config.venues, destinations: platforms },
    "started",
  );
}

/** It can't be trusted to stop its parts: what it was doing is taken over like a killed process' work. */
function endProcess(): void {
  process.exit(1);
}
