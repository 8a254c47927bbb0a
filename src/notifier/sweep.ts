import type { Clock } from "../ops/clock.ts";
import type { Log } from "../ops/log.ts";
import type { Outbox } from "../store/contracts.ts";

export interface SweepOptions {
  /** By platform. */
  readonly drains: ReadonlyMap<string, (symbol: string) => Promise<void>>;
  readonly outbox: Outbox;
  readonly symbols: readonly string[];
  readonly clock: Clock;
  readonly log: Log;
}

/** Real time: how often the outbox is looked through for what no wake-up brought. */
const sweepMs = 5_000;
/** A claim this old belongs to a process that died: senders give up after ten seconds. */
const stuckMs = 12_000;

/**
 * Queues only wake; what they lose, this finds: rows whose wake-up never came, and claims of processes that died.
 * Runs once at the start, so that a restart goes on where the last process was killed. Returns how to stop it, which
 * waits for what is being sent.
 */
export function startSweep(options: SweepOptions): () => Promise<void> {
  const platforms = [...options.drains.keys()];
  let running: Promise<unknown> | undefined;
  let stopped = false;
  const tick = (): void => {
    running ??= Promise.all(
      platforms.map(async (platform) => sweep(options, platform, () => stopped)),
    ).finally(() => {
      running = undefined;
    });
  };
  tick();
  const timer = setInterval(tick, sweepMs);
  return async () => {
    stopped = true;
    clearInterval(timer);
    await running;
  };
}

/** A platform that hangs holds up no other, nor a symbol that fails. */
async function sweep(
  { drains, outbox, symbols, clock, log }: SweepOptions,
  platform: string,
  isStopped: () => boolean,
): Promise<void> {
  for (const symbol of symbols) {
    if (isStopped()) return;
    try {
      const released = await outbox.releaseStuck(symbol, platform, clock.now(), stuckMs / clock.realMs(1));
      if (released > 0) log.warn({ platform, symbol, released }, "deliveries of a dead process taken over");
      await drains.get(platform)?.(symbol);
    } catch (error) {
      log.warn({ platform, symbol, error }, "the outbox could not be swept; trying again");
    }
  }
}
