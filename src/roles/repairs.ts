import type { Lifecycle } from "../ops/lifecycle.ts";
import type { Log } from "../ops/log.ts";
import type { Destinations } from "../store/contracts/destinations.ts";

/** Real time. A change that lost its process waits twice this at most. */
const repairMs = 30_000;

/** Completes changes of destinations whose process died halfway, in every worker: done twice it does no harm. */
export function keepRepairing(destinations: Destinations, log: Log, lifecycle: Lifecycle): void {
  const repair = async (): Promise<void> => {
    try {
      const completed = await destinations.repair(Date.now());
      if (completed > 0) log.warn({ completed }, "changes of destinations completed for a process that died");
    } catch (error) {
      log.debug({ error }, "changes of destinations could not be looked after; soon again");
    }
  };
  const timer = setInterval(() => void repair(), repairMs);
  lifecycle.add("repairs", () => clearInterval(timer));
  void repair();
}
