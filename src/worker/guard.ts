import type { Log } from "../ops/log.ts";
import type { Pulse } from "./pulse.ts";

export interface GuardOptions {
  readonly pulse: Pick<Pulse, "silent">;
  /** Rejects while Redis is away: then nobody can consume, and nobody is to blame. */
  readonly ping: () => Promise<void>;
  readonly log: Log;
  /** Ends the process, so that whoever supervises it starts another. */
  readonly exit: () => void;
  readonly monotonicMs?: () => number;
}

export interface Guard {
  /** Queues this process has silently stopped to consume. */
  readonly silent: () => readonly string[];
  readonly stop: () => void;
}

const lookMs = 5_000;
/** Three blocking reads and a reconnection fit in it. */
const silentMs = 45_000;
/** Nothing has brought it back for so long that only a new process will. */
const hopelessMs = 100_000;

/** Notices a consumer that has died without a word: not ready within a minute, gone within two. */
export function startGuard(options: GuardOptions): Guard {
  const { pulse, ping, log, exit, monotonicMs = () => performance.now() } = options;
  /** Since when Redis has answered without a break. */
  let answersSince = monotonicMs();
  let said = "";

  const look = async (): Promise<void> => {
    const isAnswered = await ping().then(
      () => true,
      () => false,
    );
    if (!isAnswered) answersSince = monotonicMs();
    const queues = pulse.silent(silentMs, answersSince).join(", ");
    if (queues !== "" && queues !== said)
      log.error({ queues }, "Redis answers, but these queues are not consumed");
    said = queues;
    if (pulse.silent(hopelessMs, answersSince).length === 0) return;
    log.error({ queues }, "queues stay unconsumed: ending, so that a new process takes over");
    exit();
  };

  const timer = setInterval(() => void look(), lookMs);
  timer.unref();
  return {
    silent: () => pulse.silent(silentMs, answersSince),
    stop: () => clearInterval(timer),
  };
}
