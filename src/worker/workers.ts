import type { ConnectionOptions } from "bullmq";
import type { z } from "zod";
import type { Log } from "../ops/log.ts";
import { backfillJob, deliverJob, type Handlers, pollJob, queuePrefix, recomputeJob } from "./contracts.ts";
import { isOutage } from "./outage.ts";
import { type Pulse, PulsedWorker } from "./pulse.ts";
import { createRefusals } from "./refusals.ts";

export interface WorkersOptions {
  /** A client with maxRetriesPerRequest null; workers duplicate it for their blocking reads. */
  readonly connection: ConnectionOptions;
  readonly venues: readonly string[];
  readonly platforms: readonly string[];
  readonly handlers: Handlers;
  readonly pulse: Pulse;
  readonly log: Log;
}

export interface Workers {
  /** Stops taking jobs and waits for the running ones, at most `timeoutMs`. */
  readonly close: (timeoutMs: number) => Promise<void>;
}

/**
 * A killed process's job is taken over after about three of these (measured 16 s with 5 s). A job may be taken over
 * any number of times: its handler is safe to repeat, and "stalled too often" would be a lost alert.
 */
const lockMs = 5_000;
const takeOvers = 1_000;

/** The consumers' side of BullMQ: one worker per queue this process has a handler for. */
export function startWorkers({
  connection,
  venues,
  platforms,
  handlers,
  pulse,
  log,
}: WorkersOptions): Workers {
  const workers: PulsedWorker<unknown>[] = [];
  const refusals = createRefusals(log);
  const consume = <T>(
    name: string,
    schema: z.ZodType<T>,
    handler: ((job: T) => Promise<void>) | undefined,
  ): void => {
    if (handler === undefined) return;
    const worker = new PulsedWorker<unknown>(name, async (data) => handler(schema.parse(data)), {
      pulse,
      connection,
      prefix: queuePrefix,
      concurrency: 1,
      lockDuration: lockMs,
      stalledInterval: lockMs,
      maxStalledCount: takeOvers,
      removeOnFail: { age: 24 * 3600, count: 1000 },
    });
    worker.on("active", refusals.over);
    worker.on("error", (error) => {
      if (!refusals.take(worker, error) && !isOutage(error))
        log.warn({ queue: name, error }, "worker failed");
    });
    worker.on("failed", (job, error) => log.error({ queue: name, job: job?.id, error }, "job failed"));
    workers.push(worker);
  };
  for (const venue of venues) {
    consume(`poll-${venue}`, pollJob, handlers.poll);
    consume(`backfill-${venue}`, backfillJob, handlers.backfill);
  }
  consume("recompute", recomputeJob, handlers.recompute);
  for (const platform of platforms) consume(`deliver-${platform}`, deliverJob, handlers.deliver);

  return {
    close: async (timeoutMs) => {
      const graceful = Promise.all(workers.map(async (worker) => worker.close())).then(
        () => "closed" as const,
      );
      if ((await Promise.race([graceful, after(timeoutMs)])) === "closed") return;
      // a second, forced close would be the same promise: what is left ends with the connections, and the process
      const busy = pulse.busy();
      if (busy.length > 0)
        log.warn(
          { timeoutMs, queues: busy.join(", ") },
          "jobs still running at the end of the grace period; they will be taken over",
        );
      else log.debug({ timeoutMs }, "Redis could not be told that nothing more is taken");
    },
  };
}

async function after(ms: number): Promise<"late"> {
  return new Promise((resolve) => {
    setTimeout(() => resolve("late"), ms).unref();
  });
}
