import type { Lifecycle } from "../ops/lifecycle.ts";
import type { Log } from "../ops/log.ts";
import type { DataMark } from "../store/dataMark.ts";

export interface LostDataOptions {
  readonly mark: DataMark;
  /** Puts the operator's own destinations into Redis. */
  readonly follow: () => Promise<void>;
  readonly log: Log;
  readonly lifecycle: Lifecycle;
}

/** Real time. Shorter than a cold start's warm-up: nothing is decided before the operator's rules are back. */
const lookMs = 30_000;

/**
 * Follows the configuration, now and whenever Redis has lost everything since: all would seem to work, and nobody
 * would ever be told anything. What others had set up can only be imported.
 */
export async function followThroughLoss({ mark, follow, log, lifecycle }: LostDataOptions): Promise<void> {
  const begin = async (): Promise<void> => {
    await follow();
    await mark.set();
  };
  await begin();
  const look = async (): Promise<void> => {
    if (!(await mark.isGone())) return;
    await begin();
    log.error({ hint }, "Redis has lost its data: only the configured destinations are still told");
  };
  let running: Promise<void> | undefined;
  const timer = setInterval(() => {
    running ??= look()
      .catch((error: unknown) => {
        log.debug({ error }, "whether Redis still has its data could not be seen; soon again");
      })
      .finally(() => {
        running = undefined;
      });
  }, lookMs);
  lifecycle.add("watch over the data", async () => {
    clearInterval(timer);
    await running;
  });
}

const hint =
  "Bring the others back: lopside subscriptions import, with the newest file of DATA_DIR/exports that has them. " +
  "Switch Redis' append-only file on, and keep its directory.";
