import type { Config } from "./config/config.ts";
import type { Sender } from "./notifier/contracts.ts";
import { destinationsOf, nameDestination, platformOf } from "./notifier/destinations.ts";
import type { Clock } from "./ops/clock.ts";
import type { Lifecycle } from "./ops/lifecycle.ts";
import type { Log } from "./ops/log.ts";
import { createMetrics, type Metrics } from "./ops/metrics.ts";
import type { Store } from "./store/contracts.ts";
import type { RedisConnections } from "./store/open.ts";
import type { Handlers } from "./worker/contracts.ts";
import { createQueues, type Queues } from "./worker/queues.ts";
import { keepSchedules } from "./worker/schedules.ts";
import { createShortcuts, type Shortcuts } from "./worker/shortcuts.ts";
import { createSlots, type Slots, startDeadlines } from "./worker/slots.ts";

export const roles = ["poller", "worker", "notifier", "http"] as const;
export type Role = (typeof roles)[number];

export interface LopsideOptions {
  readonly config: Config;
  readonly roles: readonly Role[];
  readonly clock: Clock;
  readonly log: Log;
  /** Takes every part that must be stopped, in the order in which they were started. */
  readonly lifecycle: Lifecycle;
  /** Where the console's alerts go. */
  readonly print: (text: string) => void;
  readonly redis: RedisConnections;
  readonly store: Store;
  /** The venues run on this machine and need no pacing. */
  readonly unthrottled?: boolean;
}

/** What every role is built from. */
interface Parts extends LopsideOptions {
  readonly queues: Queues;
  readonly shortcuts: Shortcuts;
  readonly slots: Slots;
  readonly metrics: Metrics;
  readonly destinations: readonly string[];
  readonly platforms: readonly string[];
  readonly stopping: AbortController;
}

/** Data older than three polls, and than ten seconds, is stale: interface.md's rule. */
export function staleAfterMs(config: Config): number {
  return Math.max(3 * config.pollIntervalMs, 10_000);
}

/** Starts the given roles in this process. They meet those of other processes in Redis. */
export async function startLopside(options: LopsideOptions): Promise<void> {
  const { config, clock, lifecycle, log } = options;
  const destinations = destinationsOf(config);
  const platforms = [...new Set(destinations.map(platformOf))];
  const queues = createQueues({ connection: options.redis.queues, venues: config.venues, platforms, log });
  lifecycle.add("queues", queues.close);
  const shortcuts = createShortcuts(queues, log);
  lifecycle.add("deliveries", shortcuts.settled);
  const parts: Parts = {
    ...options,
    queues,
    shortcuts,
    slots: createSlots(clock, config.pollIntervalMs),
    metrics: createMetrics(),
    destinations,
    platforms,
    stopping: new AbortController(),
  };
  const handlers: Handlers = {
    ...(parts.roles.includes("worker") && (await startWorker(parts))),
    ...(parts.roles.includes("notifier") && (await startNotifier(parts))),
    ...(parts.roles.includes("poller") && (await startPoller(parts))),
  };
  shortcuts.connect(handlers);
  const { startWorkers } = await import("./worker/workers.ts");
  const workers = startWorkers({
    connection: options.redis.workers,
    venues: config.venues,
    platforms,
    handlers,
    log,
  });
  const closeWorkers = async (): Promise<void> => {
    parts.stopping.abort();
    await workers.close(drainMs);
  };
  lifecycle.add("workers", closeWorkers, { timeoutMs: drainMs + 1_000 });
  if (parts.roles.includes("http")) await startHttpRole(parts);
  log.info(
    { roles: parts.roles, symbols: config.symbols, venues: config.venues, destinations: platforms },
    "started",
  );
}

/** What a stop leaves the running jobs; all of it has ten seconds. */
const drainMs = 6_000;

async function startPoller(parts: Parts): Promise<Pick<Handlers, "poll" | "backfill">> {
  const { config, clock, log, store, queues, shortcuts, slots, metrics, lifecycle, stopping } = parts;
  const [{ openVenue, barMs }, { createRound }, { createHistory }, { createTroubles }] = await Promise.all([
    import("./poller/venue.ts"),
    import("./poller/round.ts"),
    import("./poller/history.ts"),
    import("./poller/trouble.ts"),
  ]);
  const roundTimeoutMs = Math.max(slots.lengthMs, 10_000);
  const built = config.venues.map((id) => {
    const troubles = createTroubles(id, log);
    const venue = openVenue(id, {
      baseUrl: config.venueBaseUrl,
      unthrottled: parts.unthrottled ?? false,
      markets: store.markets,
      clock,
      log,
    });
    const round = createRound({
      venue,
      symbols: config.symbols,
      expected: config.venues,
      rounds: store.rounds,
      clock,
      log,
      troubles,
      slot: slots.current,
      timeoutMs: roundTimeoutMs,
      stopping: stopping.signal,
      barMs,
      onComplete: shortcuts.recompute,
      onHistoryNeeded: async (symbol, from) => queues.backfill(id, symbol, from),
      onOutcome: (_symbol, outcome) =>
        metrics.polls.inc({ venue: id, outcome: outcome.ok ? "ok" : outcome.failure.kind }),
    });
    const history = createHistory({
      venue,
      backfills: store.backfills,
      rounds: store.rounds,
      clock,
      log,
      troubles,
      timeoutMs: historyTimeoutMs,
      stopping: stopping.signal,
    });
    return { id, venue, round, history };
  });
  lifecycle.add("venues", async () => {
    await Promise.all(built.map(async ({ venue }) => venue.close()));
  });
  const byId = new Map(built.map((one) => [one.id, one]));
  const schedule = async (venue: string): Promise<void> => queues.schedulePolls(venue, slots.lengthMs);
  await Promise.all(built.map(async ({ id }) => queues.pollNow(id, slots.lengthMs)));
  await Promise.all(config.venues.map(schedule));
  lifecycle.add("schedules", keepSchedules(config.venues, schedule, log));
  return {
    poll: async ({ venue }) => byId.get(venue)?.round(),
    backfill: async ({ venue, symbol, from }) => byId.get(venue)?.history(symbol, from),
  };
}

const historyTimeoutMs = 10 * 60_000;

async function startWorker(parts: Parts): Promise<Pick<Handlers, "recompute">> {
  const { config, clock, log, store, queues, shortcuts, slots, metrics, destinations, platforms, lifecycle } =
    parts;
  const [{ createRecompute }, { createRecorder }] = await Promise.all([
    import("./worker/recompute.ts"),
    import("./worker/record.ts"),
  ]);
  const recompute = createRecompute({
    store,
    rule: config.alerts,
    pollIntervalMs: config.pollIntervalMs,
    destinations,
    venues: config.venues,
    clock,
    log,
    onCommitting: (symbol) => {
      for (const platform of platforms) shortcuts.deliverBehind(platform, symbol);
    },
    onAlert: async (symbol) => {
      await Promise.all(platforms.map(async (platform) => shortcuts.deliver(platform, symbol)));
    },
    onCommitted: createRecorder(metrics, log),
  });
  const stopDeadlines = startDeadlines(slots, (slot) => {
    for (const symbol of config.symbols) {
      queues.recompute(symbol, slot).catch((error: unknown) => {
        log.warn({ symbol, error }, "a round's deadline could not wake its recompute; the next slot will");
      });
    }
  });
  lifecycle.add("deadlines", stopDeadlines);
  return {
    recompute: async (job) => {
      if (job.slot < slots.current() - 1) {
        // left over from while no worker ran: on today's data it would count as another look at the market
        metrics.recomputes.inc({ outcome: "too-late" });
        return;
      }
      const done = metrics.recomputeSeconds.startTimer();
      metrics.recomputes.inc({ outcome: await recompute(job) });
      done();
    },
  };
}

async function startNotifier(parts: Parts): Promise<Pick<Handlers, "deliver">> {
  const { config, clock, log, store, queues, metrics, lifecycle } = parts;
  const [{ createDrain }, { startSweep }] = await Promise.all([
    import("./notifier/drain.ts"),
    import("./notifier/sweep.ts"),
  ]);
  const senders = await openSenders(parts);
  const drains = new Map(
    senders.map((sender) => {
      const drain = createDrain({
        outbox: store.outbox,
        sender,
        clock,
        log,
        language: "en",
        nameOf: (destination) => nameDestination(destination, config),
        onSettled: (platform, outcome, latencyMs) => {
          metrics.deliveries.inc({ platform, outcome });
          if (outcome === "sent") metrics.alertLatency.observe(latencyMs / 1_000);
        },
        onPostponed: async (symbol, delayMs) =>
          queues.deliver(sender.platform, symbol, clock.realMs(delayMs)),
      });
      return [sender.platform, drain] as const;
    }),
  );
  const stopSweep = startSweep({ drains, outbox: store.outbox, symbols: config.symbols, clock, log });
  lifecycle.add("sweep", stopSweep);
  return { deliver: async ({ platform, symbol }) => drains.get(platform)?.(symbol) };
}

/** Opens the senders and asks the platforms about their tokens: a wrong one stops the start, an outage does not. */
async function openSenders({ config, platforms, print, clock, log }: Parts): Promise<Sender[]> {
  const { openSender, verifyToken } = await import("./notifier/senders.ts");
  const options = { config, clock, print, terminal: process.stdout.isTTY };
  return Promise.all(
    platforms.map(async (platform) => {
      const sender = await openSender(platform, options);
      const check = await verifyToken(platform, options);
      if (check.kind === "wrong") throw new Error(check.reason);
      if (check.kind === "unreachable")
        log.warn({ platform }, `${check.reason}; alerts wait until it can be reached`);
      return sender;
    }),
  );
}

async function startHttpRole({
  config,
  store,
  redis,
  queues,
  clock,
  metrics,
  lifecycle,
  log,
}: Parts): Promise<void> {
  const [{ startHttp }, { addProcessMetrics }] = await Promise.all([
    import("./http/server.ts"),
    import("./ops/metrics.ts"),
  ]);
  addProcessMetrics(metrics.registry);
  const measureWaiting = async (): Promise<void> => {
    for (const [queue, waiting] of await queues.depths()) metrics.queueDepth.set({ queue }, waiting);
    const pending = await Promise.all(config.symbols.map(store.outbox.countPending));
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
    clock,
    staleAfterMs: staleAfterMs(config),
  };
  const server = await startHttp(sources, { host: config.http.host, port: config.http.port, log });
  lifecycle.add("http", server.close);
}
