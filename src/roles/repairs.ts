import type { Lifecycle } from "../ops/lifecycle.ts";
import type { Log } from "../ops/log.ts";
import type { Destinations } from "../store/contracts/destinations.ts";
import type { Forgetting } from "../store/destinations/forgetting.ts";

export interface RepairOptions {
  readonly destinations: Pick<Destinations, "repair">;
  readonly forgetting: Pick<Forgetting, "goOn">;
  readonly log: Log;
  readonly lifecycle: Lifecycle;
}

/** Real time. A change that lost its process waits twice this at most. */
const repairMs = 30_000;

/**
 * Completes changes of destinations whose process died halfway, and goes on forgetting those that something was under
 * way to, in every worker: done twice it does no harm.
 */
export function keepRepairing({ destinations, forgetting, log, lifecycle }: RepairOptions): void {
  const complete = async (): Promise<void> => {
    const completed = await destinations.repair(Date.now());
    if (completed > 0) log.warn({ completed }, "changes of destinations completed for a process that died");
  };
  /** The one that fails must not keep the other from being done. */
  const patiently = async (work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      log.debug({ error }, "changes of destinations could not be looked after; soon again");
    }
  };
  let running: Promise<unknown> | undefined;
  const repair = (): void => {
    running ??= Promise.all([patiently(complete), patiently(forgetting.goOn)]).finally(() => {
      running = undefined;
    });
  };
  const timer = setInterval(repair, repairMs);
  lifecycle.add("repairs", async () => {
    clearInterval(timer);
    await running;
  });
  repair();
}
