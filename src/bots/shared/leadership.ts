import type { Clock } from "../../ops/clock.ts";
import type { Log } from "../../ops/log.ts";
import type { Lease } from "../../store/contracts/memory.ts";

export interface LeadershipOptions {
  readonly lease: Lease;
  /** Unique to this process' attempt: two of the same name would both lead. */
  readonly holder: string;
  /** Real ms; a dead leader is replaced after this and one try more. */
  readonly ttlMs: number;
  /** Real ms between tries, and between renewals. */
  readonly everyMs: number;
  readonly log: Log;
  /** Goes on while nobody can be asked who leads: for work that two may do for a moment without harm. */
  readonly keepsUnsure?: true;
  /** Real time: how long a leader is silent matters, not what the demo's clock says. */
  readonly clock: Clock;
  /** Leads until the signal aborts or the work ends by itself; then another process, or this one, tries again. */
  readonly work: (signal: AbortSignal) => Promise<void>;
}

/** Does the work while this process is the only one to. The returned function ends it and lets go of the lease. */
export function lead(options: LeadershipOptions): () => Promise<void> {
  const stopping = new AbortController();
  const done = leadUntil(options, stopping.signal);
  return async () => {
    stopping.abort();
    await done;
  };
}

async function leadUntil(options: LeadershipOptions, stop: AbortSignal): Promise<void> {
  const { lease, holder, ttlMs, everyMs, log } = options;
  while (!stop.aborted) {
    const answer = await lease.hold(holder, ttlMs).catch((error: unknown) => {
      log.warn({ error }, "the lease could not be asked for");
      return undefined;
    });
    if (answer?.kind === "held") await leadOnce(options, stop);
    await pause(options, everyMs, stop);
  }
}

/** One turn: the work, and beside it the renewals that keep it allowed. */
async function leadOnce(options: LeadershipOptions, stop: AbortSignal): Promise<void> {
  const { lease, holder, log, work } = options;
  const turn = new AbortController();
  const signal = AbortSignal.any([stop, turn.signal]);
  const renewing = keepRenewing(options, signal).then(() => turn.abort());
  try {
    await work(signal);
  } catch (error) {
    log.warn({ error }, "the work under a lease ended with an error");
  }
  turn.abort();
  await renewing;
  await lease.release(holder).catch((error: unknown) => {
    log.debug({ error }, "a lease was left to run out");
  });
}

/** Resolves once the lease is not ours any more, or can't be known to be. */
async function keepRenewing(options: LeadershipOptions, signal: AbortSignal): Promise<void> {
  const { lease, holder, ttlMs, everyMs, log } = options;
  let sureUntil = performance.now() + ttlMs;
  while (!signal.aborted) {
    await pause(options, everyMs, signal);
    if (signal.aborted) return;
    const askedAt = performance.now();
    const answer = await lease.hold(holder, ttlMs).catch(() => undefined);
    if (answer?.kind === "held") sureUntil = askedAt + ttlMs;
    const isUnsure = performance.now() + everyMs > sureUntil;
    if (answer?.kind === "taken") {
      log.warn({}, "another process has the lease now: this one stops its part");
      return;
    }
    if (isUnsure && options.keepsUnsure !== true) {
      log.info({}, "the lease can't be renewed: this process stops its part until it can");
      return;
    }
  }
}

async function pause({ clock }: LeadershipOptions, ms: number, signal: AbortSignal): Promise<void> {
  await clock.sleep(ms, signal).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
