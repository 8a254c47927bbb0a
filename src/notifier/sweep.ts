import type { Log } from "../ops/log.ts";
import type { Outbox } from "../store/contracts/outbox.ts";
import type { Notifier } from "./notifier.ts";

export interface SweepOptions {
  /** By platform. */
  readonly notifiers: ReadonlyMap<string, Pick<Notifier, "wake">>;
  readonly outbox: Pick<Outbox, "releaseStuck">;
  /** Symbols, and where notices are. */
  readonly places: readonly string[];
  readonly log: Log;
}

/** Real time: how often the outbox is looked through for what no wake-up brought. */
const sweepMs = 3_000;
/** A claim this old belongs to a process that died: sends begin within 1.5 s and are given up after ten more. */
const stuckMs = 12_500;
/**
 * After a sweep that failed the next one takes nothing over: Redis was away, and whoever sent something meanwhile first gets
 * a sweep's time to connect again and say so.
 */
const noneStuckMs = Number.MAX_SAFE_INTEGER;
/** Calls in one sweep of a place: together they take over many more than a process ever has claimed. */
const mostReleases = 20;

/**
 * Queues only wake; what they lose, this finds: rows whose wake-up never came, and claims of processes that died.
 * Runs once at the start, so that a restart goes on where the last process was killed. Each platform is swept by
 * itself: one that hangs holds up no other. Returns how to stop.
 */
export function startSweep(options: SweepOptions): () => Promise<void> {
  const stops = [...options.notifiers].map(([platform, notifier]) =>
    sweepPlatform(options, platform, notifier),
  );
  return async () => {
    await Promise.all(stops.map(async (stop) => stop()));
  };
}

function sweepPlatform(
  options: SweepOptions,
  platform: string,
  notifier: Pick<Notifier, "wake">,
): () => Promise<void> {
  let running: Promise<void> | undefined;
  let stopped = false;
  const failed = new Set<string>();
  const sweep = async (): Promise<void> => {
    for (const place of options.places) {
      if (stopped) return;
      const ageMs = failed.has(place) ? noneStuckMs : stuckMs;
      if (await isReleased(options, { platform, place, ageMs })) failed.delete(place);
      else failed.add(place);
      notifier.wake(place);
    }
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

interface Claims {
  readonly platform: string;
  readonly place: string;
  /** Older ones are stuck. */
  readonly ageMs: number;
}

/** False where Redis failed. */
async function isReleased({ outbox, log }: SweepOptions, claims: Claims): Promise<boolean> {
  const { platform, place } = claims;
  try {
    const released = await releaseAll(outbox, claims);
    if (released > 0) log.warn({ platform, place, released }, "deliveries of a dead process taken over");
    return true;
  } catch (error) {
    log.warn({ platform, place, error }, "the outbox could not be swept; trying again");
    return false;
  }
}

/** One call takes over as many as hold Redis up for a millisecond; those that are left mustn't wait for the next sweep. */
async function releaseAll(
  outbox: SweepOptions["outbox"],
  { platform, place, ageMs }: Claims,
): Promise<number> {
  let released = 0;
  for (let calls = 0; calls < mostReleases; calls += 1) {
    const some = await outbox.releaseStuck(place, platform, ageMs);
    if (some === 0) break;
    released += some;
  }
  return released;
}
