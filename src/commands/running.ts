import closeWithGrace from "close-with-grace";
import { createLifecycle, type Lifecycle } from "../ops/lifecycle.ts";
import type { Log } from "../ops/log.ts";

/** All that a running process has must be let go within this; then it ends anyway. */
const graceMs = 9_000;

export interface Running {
  readonly lifecycle: Lifecycle;
  /** Starts the parts; when one of them can't, those that run are stopped and the error goes on. */
  readonly start: (parts: (running: { lifecycle: Lifecycle }) => Promise<void>) => Promise<void>;
  /** Stops as a signal would. */
  readonly stop: () => void;
}

/** A process that runs until a signal, then stops its parts in order: within ten seconds, whatever they do. */
export function runParts(log: Log, onStopped: () => void = () => undefined): Running {
  const lifecycle = createLifecycle(log, graceMs);
  const closing = closeWithGrace({ delay: graceMs + 500, logger: false }, async ({ signal, err }) => {
    if (err === undefined) log.info({ signal }, "stopping");
    else log.error({ error: err }, "stopping after an error nobody expected");
    await lifecycle.stopAll();
    if (err === undefined) onStopped();
  });
  return {
    lifecycle,
    start: async (parts) => {
      try {
        await parts({ lifecycle });
      } catch (error) {
        closing.uninstall();
        await lifecycle.stopAll();
        throw error;
      }
    },
    stop: closing.close,
  };
}
