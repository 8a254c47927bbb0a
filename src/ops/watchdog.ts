import { Worker } from "node:worker_threads";

/** What the thread is given. */
export interface WatchdogData {
  /** One Int32: how often the loop has come by. */
  readonly beats: SharedArrayBuffer;
  readonly everyMs: number;
  readonly limitMs: number;
}

export interface WatchdogOptions {
  /** The thread has ended by itself: nobody watches any more, and the process goes on. */
  readonly onFailure: (error: unknown) => void;
  /** So long may the loop stand still, in ms of running time. */
  readonly limitMs?: number;
  /** A built watchdog.worker.ts. */
  readonly worker?: URL;
}

/** Redis' sockets and leases are long gone by then, and nothing that is waited for takes so long at a stretch. */
const defaultLimitMs = 30_000;
const looksPerLimit = 30;

/** It counts, and does nothing else. */
const resourceLimits = { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 1, stackSizeMb: 1 };

/**
 * Ends a process whose event loop stands still for good, from a thread of its own: nothing else in it could. Whoever
 * supervises it starts another; its leases and claims are taken over like a killed process'. The returned function ends
 * the watch.
 */
export function startWatchdog(options: WatchdogOptions): () => Promise<void> {
  const { limitMs = defaultLimitMs, worker = new URL("./watchdog.worker.js", import.meta.url) } = options;
  const everyMs = limitMs / looksPerLimit;
  const beats = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const count = new Int32Array(beats);
  const timer = setInterval(() => Atomics.add(count, 0, 1), everyMs);
  timer.unref();
  const workerData: WatchdogData = { beats, everyMs, limitMs };
  const thread = new Worker(worker, { workerData, resourceLimits });
  thread.on("error", options.onFailure);
  thread.unref();
  return async () => {
    clearInterval(timer);
    await thread.terminate();
  };
}
