import type { Child } from "../support/child.ts";

/** A process that is started again whenever it was killed. */
export interface Actor {
  readonly kill: () => Promise<void>;
  /** Not scheduled for a while, as on a machine that swaps; nothing when it isn't running. */
  readonly freeze: (forMs: number) => Promise<void>;
  /** SIGKILL, and not started again. */
  readonly end: () => Promise<void>;
  /** SIGTERM; its exit code and how long it took. */
  readonly stop: () => Promise<{ readonly code: number | null; readonly ms: number }>;
  readonly current: () => Child;
}

export async function startActor(start: () => Promise<Child>): Promise<Actor> {
  let child = await start();
  let busy: Promise<void> = Promise.resolve();
  const inTurn = async (act: () => Promise<void>): Promise<void> => {
    busy = busy.then(act);
    await busy;
  };
  return {
    current: () => child,
    kill: async () =>
      inTurn(async () => {
        child.signal("SIGKILL");
        await child.exit;
        child = await start();
      }),
    freeze: async (forMs) =>
      inTurn(async () => {
        child.signal("SIGSTOP");
        await new Promise((resolve) => setTimeout(resolve, forMs));
        child.signal("SIGCONT");
      }),
    end: async () =>
      inTurn(async () => {
        child.signal("SIGKILL");
        await child.exit;
      }),
    stop: async () => {
      await busy;
      const from = performance.now();
      child.signal("SIGTERM");
      const { code } = await child.exit;
      return { code, ms: performance.now() - from };
    },
  };
}
