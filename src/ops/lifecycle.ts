import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "./log.ts";

const overallMs = 10_000;
const partMs = 5_000;

/** The parts of a running process, stopped in the reverse of the order in which they were started. */
export interface Lifecycle {
  /** `stop` is called once; it may take `timeoutMs` (default 5 s) before the next part's turn comes. */
  readonly add: (
    name: string,
    stop: () => Promise<void> | void,
    options?: { readonly timeoutMs: number },
  ) => void;
  /** Stops every part, whatever the others do, in 10 s at most. True when all of them stopped in time. */
  readonly stopAll: () => Promise<boolean>;
}

interface Part {
  readonly name: string;
  readonly stop: () => Promise<void> | void;
  readonly timeoutMs: number;
}

export function createLifecycle(log: Log, limitMs: number = overallMs): Lifecycle {
  const parts: Part[] = [];
  let stopping: Promise<boolean> | undefined;
  return {
    add: (name, stop, options) => {
      parts.push({ name, stop, timeoutMs: options?.timeoutMs ?? partMs });
    },
    stopAll: () => (stopping ??= stopInReverse(parts, log, limitMs)),
  };
}

async function stopInReverse(parts: Part[], log: Log, limitMs: number): Promise<boolean> {
  const deadline = performance.now() + limitMs;
  let clean = true;
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    // even when the time is up each part is still told, so that it can let go of what it holds
    const leftMs = Math.max(0, Math.min(part.timeoutMs, deadline - performance.now()));
    clean = (await stopOne(part, leftMs, log)) && clean;
  }
  return clean;
}

async function stopOne({ name, stop }: Part, leftMs: number, log: Log): Promise<boolean> {
  const timer = new AbortController();
  const late = sleep(leftMs, "late" as const, { signal: timer.signal });
  try {
    const outcome = await Promise.race([Promise.resolve(stop()).then(() => "stopped" as const), late]);
    if (outcome === "late") log.warn({ part: name, waitedMs: Math.round(leftMs) }, "did not stop in time");
    return outcome === "stopped";
  } catch (error) {
    log.error({ part: name, error }, "failed to stop");
    return false;
  } finally {
    late.catch(() => undefined);
    timer.abort();
  }
}
