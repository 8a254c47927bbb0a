import { systemClock } from "../../src/ops/clock.ts";
import type { SimulatedExchange } from "../../src/sim/contracts.ts";
import { startSimulatedExchange } from "../../src/sim/exchange.ts";
import { type Child, startChild } from "./child.ts";
import { freePort } from "./redis.ts";

const dayMs = 24 * 3_600_000;
export const simulated = ["binanceusdm", "bybit"];

/** On the machine's own clock, as a child's is. Longs crowd in during a long rise: the ratio leaves 1 and stays away. */
export async function openExchange(port = 0): Promise<SimulatedExchange> {
  const rise = {
    name: "rise",
    durationMs: 2 * dayMs,
    priceRatio: 1.04,
    dailyVolatility: 0.02,
    openInterestRatio: 1.2,
  };
  return startSimulatedExchange({
    clock: systemClock,
    seed: 11,
    symbols: ["BTC"],
    venues: simulated,
    storyline: { script: { history: [rise], live: [] }, faults: [] },
    historyMs: 2 * dayMs,
    port,
  });
}

export interface Installed extends Child {
  readonly httpUrl: string;
}

export interface InstalledOptions {
  /** Laid over settings that make everything happen within seconds. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly args?: readonly string[];
}

/** `lopside start` as a child process. */
export async function startInstalled({ env, cwd, args = [] }: InstalledOptions): Promise<Installed> {
  const port = env["HTTP_PORT"] ?? String(await freePort());
  const quick = {
    VENUES: simulated.join(","),
    SYMBOLS: "BTC",
    POLL_INTERVAL: "1s",
    ALERT_RATIO: "1.1",
    ALERT_HOLD: "1s",
    ALERT_WARMUP: "1s",
    HTTP_PORT: port,
  };
  const child = startChild({ args: ["start", ...args], env: { ...quick, ...env }, cwd });
  return { ...child, httpUrl: `http://127.0.0.1:${port}` };
}

/** For `waitFor`: everything that a start starts runs. */
export const hasStarted =
  (child: Child): (() => true | undefined) =>
  () =>
    child.stderr().includes(`"msg":"started"`) || undefined;
