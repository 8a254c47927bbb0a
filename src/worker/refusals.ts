import { setTimeout as sleep } from "node:timers/promises";
import type { Worker } from "bullmq";
import type { Log } from "../ops/log.ts";

/** What to do about the first word of Redis' refusal. */
const advice: Readonly<Record<string, string>> = {
  MISCONF: "its disk is full or can't be written: free some space where it keeps its data",
  OOM: "its memory is full: raise its maxmemory, or give Lopside a Redis of its own",
};

export interface Refusals {
  /** Whether a worker's error was that Redis answers but refuses. The worker rests for a moment then. */
  readonly take: (worker: Pick<Worker, "pause" | "resume">, error: Error) => boolean;
  /** A worker was given a job. */
  readonly over: () => void;
}

const restMs = 1_000;

/**
 * BullMQ's workers repeat at once what Redis refused, thousands of times a second, and every one has its error: on
 * a full disk the log would take what somebody frees. Said once for all workers, and once that it is over.
 */
export function createRefusals(log: Log): Refusals {
  const resting = new Set<unknown>();
  let said: string | undefined;

  const rest = async (worker: Pick<Worker, "pause" | "resume">): Promise<void> => {
    resting.add(worker);
    await worker.pause(true);
    await sleep(restMs, undefined, { ref: false });
    resting.delete(worker);
    await worker.resume();
  };

  return {
    take: (worker, error) => {
      if (error.name !== "ReplyError") return false;
      const [word = ""] = error.message.split(" ", 1);
      if (word !== said) log.error({ hint: advice[word], reason: error.message }, "Redis refuses to work");
      said = word;
      if (!resting.has(worker)) void rest(worker);
      return true;
    },
    over: () => {
      if (said !== undefined) log.info({}, "Redis works again");
      said = undefined;
    },
  };
}
