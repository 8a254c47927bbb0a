import type { Log } from "../../ops/log.ts";
import { safeError } from "./failures.ts";
import { openGateway, WrongTokenError, type GatewayEvents } from "./gateway.ts";

export interface GatewayWorkOptions {
  readonly token: string;
  readonly apiUrl?: string | undefined;
  readonly events: GatewayEvents;
  readonly log: Log;
  /** Real time. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Discord allows a thousand logins a day (session_start_limit); this is a seventh of it at worst. */
const pauseMs = { wrongToken: 600_000, least: 1_000, most: 60_000 } as const;

/**
 * Stays connected until the signal aborts. What the library can't mend by resuming, such as a refused login, is tried
 * again after longer and longer pauses.
 */
export async function stayConnected(options: GatewayWorkOptions, signal: AbortSignal): Promise<void> {
  const stopped = new Promise<undefined>((resolve) => {
    signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
  for (let failures = 0; !signal.aborted; failures += 1) {
    const outcome = await connectOnce(options, signal, stopped);
    if (outcome === "stopped") return;
    if (outcome === "was-connected") failures = 0;
    const growingMs = Math.min(pauseMs.most, pauseMs.least * 2 ** Math.min(failures, 10));
    await options
      .sleep(outcome === "wrong-token" ? pauseMs.wrongToken : growingMs, signal)
      .catch(() => undefined);
  }
}

type Ending = "stopped" | "was-connected" | "not-connected" | "wrong-token";

async function connectOnce(
  options: GatewayWorkOptions,
  signal: AbortSignal,
  stopped: Promise<undefined>,
): Promise<Ending> {
  const { log } = options;
  try {
    const gateway = await openGateway({ ...options, signal });
    const lost = await Promise.race([gateway.lost, stopped]);
    await gateway.close();
    if (lost === undefined) return "stopped";
    log.error({ reason: lost }, "Discord's gateway refuses this bot; trying again");
    return "was-connected";
  } catch (error) {
    if (signal.aborted) return "stopped";
    if (error instanceof WrongTokenError) {
      log.error(
        {},
        "DISCORD_BOT_TOKEN is not a token Discord knows: reset it in the developer portal, under Bot",
      );
      return "wrong-token";
    }
    log.warn(safeError(error), "Discord can't be reached; trying again");
    return "not-connected";
  }
}
