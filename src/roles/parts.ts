import type { ChartAssets } from "../charts/assets.ts";
import type { Pictures } from "../charts/contracts.ts";
import type { Config } from "../config/config.ts";
import type { Webhook } from "../http/contracts.ts";
import type { Clock } from "../ops/clock.ts";
import type { Lifecycle } from "../ops/lifecycle.ts";
import type { Log } from "../ops/log.ts";
import type { Metrics } from "../ops/metrics.ts";
import type { Store } from "../store/contracts/store.ts";
import type { RedisConnections } from "../store/open.ts";
import type { Guard } from "../worker/guard.ts";
import type { Queues } from "../worker/queues.ts";
import type { Shortcuts } from "../worker/shortcuts.ts";
import type { Slots } from "../worker/slots.ts";

export const roles = ["poller", "worker", "notifier", "telegram", "discord", "http"] as const;
export type Role = (typeof roles)[number];

export interface LopsideOptions {
  readonly config: Config;
  readonly roles: readonly Role[];
  readonly clock: Clock;
  readonly log: Log;
  /** Takes every part that must be stopped, in the order in which they were started. */
  readonly lifecycle: Lifecycle;
  /** Where the console's alerts go. */
  readonly print: (text: string) => void;
  readonly redis: RedisConnections;
  readonly store: Store;
  /** Ends a process whose consumers have died silently; a test says otherwise. */
  readonly exit?: () => void;
  /** The venues run on this machine and need no pacing. */
  readonly unthrottled?: boolean;
  /** Where the renderer lies; default: beside the bundle. */
  readonly chartAssets?: ChartAssets;
}

/** What every role is built from. */
export interface Parts extends LopsideOptions {
  readonly queues: Queues;
  readonly shortcuts: Shortcuts;
  readonly slots: Slots;
  readonly metrics: Metrics;
  readonly destinations: readonly string[];
  readonly platforms: readonly string[];
  readonly stopping: AbortController;
  readonly pictures: Pictures;
  /** What the role `http` serves beside its own pages; roles of the same process add theirs. */
  readonly webhooks: Map<string, Webhook>;
  readonly guard: Pick<Guard, "silent">;
}
