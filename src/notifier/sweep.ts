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
 * Runs once at the start, so that a restart goes on where the last process was killed.
 */
export function startSweep(options: SweepOptions): () => void {
  let running = false;
  const tick = (): void => {
    if (running) return;
    running = true;
    sweep(options)
      .catch((error: unknown) => options.log.warn({ error }, "the outbox could not be swept; trying again"))
      .finally(() => {
        running = false;
      });
  };
  tick();
  const timer = setInterval(tick, sweepMs);
  return () => clearInterval(timer);
}

async function sweep({ drains, outbox, symbols, clock, log }: SweepOptions): Promise<void> {
  for (const [platform, drain] of drains) {
    for (const symbol of symbols) {
      const released = await outbox.releaseStuck(symbol, platform, clock.now(), stuckMs / clock.realMs(1));
      if (released > 0) log.warn({ platform, symbol, released }, "deliveries of a dead process taken over");
      await drain(symbol);
    }
  }
}
