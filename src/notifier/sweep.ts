import type { Clock } from "../ops/clock.ts";
import type { Log } from "../ops/log.ts";
import type { Outbox } from "../store/contracts.ts";

export interface SweepOptions {
  /** By platform. */
  readonly drains: ReadonlyMap<string, Drain>;
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
 * Runs once at the start, so that a restart goes on where the last process was killed. Each platform is swept by
 * itself: one that hangs holds up no other. Returns how to stop, which waits for what is being sent.
 */
export function startSweep(options: SweepOptions): () => Promise<void> {
  const stops = [...options.drains].map(([platform, drain]) => sweepPlatform(options, platform, drain));
  return async () => {
    await Promise.all(stops.map(async (stop) => stop()));
  };
}

type Drain = (symbol: string) => Promise<void>;

function sweepPlatform(options: SweepOptions, platform: string, drain: Drain): () => Promise<void> {
  let running: Promise<void> | undefined;
  let stopped = false;
  const sweep = async (): Promise<void> => {
    for (const symbol of options.symbols)
      if (!stopped) await sweepSymbol(options, { platform, symbol, drain });
  };
  const tick = (): void => {
    running ??= sweep().finally(() => {
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

async function sweepSymbol(
  { outbox, clock, log }: SweepOptions,
  { platform, symbol, drain }: { platform: string; symbol: string; drain: Drain },
): Promise<void> {
  try {
    const released = await outbox.releaseStuck(symbol, platform, clock.now(), stuckMs / clock.realMs(1));
    if (released > 0) log.warn({ platform, symbol, released }, "deliveries of a dead process taken over");
    await drain(symbol);
  } catch (error) {
    log.warn({ platform, symbol, error }, "the outbox could not be swept; trying again");
  }
}
