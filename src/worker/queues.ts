import { Queue, type ConnectionOptions, type JobsOptions } from "bullmq";
import type { Log } from "../ops/log.ts";
import { queuePrefix, type Wakeups } from "./contracts.ts";
import { isOutage } from "./outage.ts";

export interface QueuesOptions {
  /** A client that fails fast while Redis is away; ours to use, the caller's to close. */
  readonly connection: ConnectionOptions;
  readonly venues: readonly string[];
  readonly platforms: readonly string[];
  readonly log: Log;
}

export interface Queues extends Wakeups {
  /** One poll of a venue right now; many calls within a slot of `everyMs` (real time) are one. */
  readonly pollNow: (venue: string, everyMs: number) => Promise<void>;
  /**
   * Polls of a venue at the start of every slot. Said again it changes nothing, unless the schedule was lost or
   * waits for a time far off: then it mends that.
   */
  readonly schedulePolls: (venue: string, everyMs: number) => Promise<void>;
  /** Jobs waiting, by queue. */
  readonly depths: () => Promise<ReadonlyMap<string, number>>;
  readonly close: () => Promise<void>;
}

/** Finished jobs are kept only long enough for their ids to refuse a second run of the same slot. */
const keepForDeduplication: JobsOptions = {
  removeOnComplete: { age: 3600, count: 5000 },
  removeOnFail: { age: 24 * 3600, count: 1000 },
};
const forget: JobsOptions = { removeOnComplete: true, removeOnFail: true };
const schedulerId = "every-slot";

/** The producers' side of BullMQ: who can be woken, and how. */
export function createQueues({ connection, venues, platforms, log }: QueuesOptions): Queues {
  const open = (name: string): Queue => {
    const queue = new Queue(name, { connection, prefix: queuePrefix });
    queue.on("error", (error) => {
      if (!isOutage(error)) log.warn({ queue: name, error }, "queue failed");
    });
    return queue;
  };
  const recompute = open("recompute");
  const polls = new Map(venues.map((venue) => [venue, open(`poll-${venue}`)]));
  const backfills = new Map(venues.map((venue) => [venue, open(`backfill-${venue}`)]));
  const deliveries = new Map(platforms.map((platform) => [platform, open(`deliver-${platform}`)]));
  const all = [recompute, ...polls.values(), ...backfills.values(), ...deliveries.values()];

  return {
    recompute: async (symbol, slot) => {
      // The id makes "round complete" and "deadline passed" one job, whichever comes first.
      await recompute.add(
        "recompute",
        { symbol, slot },
        { jobId: `${symbol}-${slot}`, ...keepForDeduplication },
      );
    },
    backfill: async (venue, job) => {
      // one at a time of a series; a colon isn't allowed in an id
      const jobId = `${job.symbol}${job.series?.replace(venue, "").replace(":", "-") ?? ""}`;
      await known(backfills, venue).add("backfill", { venue, ...job }, { jobId, ...forget });
    },
    deliver: async (platform, symbol) => {
      await known(deliveries, platform).add("deliver", { platform, symbol }, { ...forget });
    },
    pollNow: async (venue, everyMs) => {
      const slot = Math.floor(Date.now() / everyMs);
      await known(polls, venue).add("poll", { venue }, { jobId: `first-${slot}`, ...forget });
    },
    schedulePolls: async (venue, everyMs) => {
      const queue = known(polls, venue);
      const next = (await queue.getJobScheduler(schedulerId))?.next ?? 0;
      // the clock was set back: a schedule keeps the time it has named, and would poll nobody until then
      if (next > Date.now() + 2 * everyMs) await queue.removeJobScheduler(schedulerId);
      // An offset above 0 aligns the schedule to the slot's start; without one it keeps the phase of the first call.
      await queue.upsertJobScheduler(
        schedulerId,
        { every: everyMs, offset: 1 },
        { name: "poll", data: { venue }, opts: { ...forget } },
      );
    },
    depths: async () => {
      const counts = await Promise.all(
        all.map(async (queue) => [queue.name, await queue.getWaitingCount()] as const),
      );
      return new Map(counts);
    },
    close: async () => {
      await Promise.all(all.map(async (queue) => queue.close()));
    },
  };
}

function known<T>(queues: ReadonlyMap<string, T>, name: string): T {
  const queue = queues.get(name);
  if (queue === undefined)
    throw new Error(`no queue for "${name}": known are ${[...queues.keys()].join(", ")}`);
  return queue;
}
