import type { Imbalance } from "../../src/model/types.ts";
import type { Clock } from "../../src/ops/clock.ts";
import type { Outset } from "../../src/store/contracts/rounds.ts";
import type { Store } from "../../src/store/contracts/store.ts";
import type { RecomputeJob } from "../../src/worker/contracts.ts";
import { createRecompute, type Recompute, type RecomputeOptions } from "../../src/worker/recompute.ts";
import type { Outcome } from "../../src/worker/ruleWatch.ts";
import { silentLog } from "../support/redis.ts";

/** Fires at the second look, whichever side is a tenth nearer, and again an hour after that. */
export const eagerRule = { ratio: 1.1, holdMs: 0, cooldownMs: 3_600_000, warmupMs: 0 };

export interface Process {
  readonly recompute: (job: RecomputeJob, outset?: Outset) => Promise<unknown>;
  readonly prepare: Recompute["prepare"];
  readonly decided: ({ readonly imbalance: Imbalance } & Outcome)[];
  /** Symbols, once for each commit with alerts. */
  readonly woken: string[];
}

/** One worker process' recompute over a store it shares with others; time is moved by the test. */
export function startProcess(
  store: Store,
  clock: Pick<Clock, "now">,
  more: Partial<RecomputeOptions> = {},
): Process {
  const decided: Process["decided"][number][] = [];
  const woken: string[] = [];
  const { recompute, prepare } = createRecompute({
    store,
    rule: eagerRule,
    pollIntervalMs: 60_000,
    venues: ["bybit", "okx"],
    clock: { now: clock.now, realMs: (ms) => ms, sleep: async () => undefined },
    log: silentLog,
    onAlerts: async (symbol) => {
      woken.push(symbol);
    },
    onCommitted: (imbalance, outcome) => decided.push({ imbalance, ...outcome }),
    ...more,
  });
  return { recompute, prepare, decided, woken };
}
