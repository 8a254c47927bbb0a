import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startLopside } from "../../src/main.ts";
import { systemClock } from "../../src/ops/clock.ts";
import { createLifecycle } from "../../src/ops/lifecycle.ts";
import { startSimulatedExchange } from "../../src/sim/exchange.ts";
import { quietStoryline } from "../../src/sim/storyline.ts";
import type { Store } from "../../src/store/contracts/store.ts";
import { openRedis } from "../../src/store/open.ts";
import { testConfig } from "../../test/support/lopside.ts";
import { freePort, silentLog } from "../../test/support/redis.ts";

const symbols = ["BTC", "ETH", "SOL"];
const venues = ["binanceusdm", "bybit", "okx"];

export interface WarmMarket {
  /** Settings of a Lopside that watches three symbols on three venues, with its own data behind it. */
  readonly env: Readonly<Record<string, string>>;
  readonly healthUrl: string;
  readonly close: () => Promise<void>;
}

/** A simulated exchange with 30 days behind it, in this process, and a DATA_DIR that a first start has warmed. */
export async function openWarmMarket(pollInterval: string): Promise<WarmMarket> {
  const dataDir = await mkdtemp(join(tmpdir(), "lopside-bench-data-"));
  const exchange = await startSimulatedExchange({
    clock: systemClock,
    seed: 1,
    symbols,
    venues,
    storyline: quietStoryline,
  });
  const port = await freePort();
  const market = {
    SYMBOLS: symbols.join(","),
    VENUES: venues.join(","),
    VENUE_BASE_URL: exchange.baseUrl,
  };
  await warmUp(dataDir, market);
  return {
    env: { ...market, DATA_DIR: dataDir, POLL_INTERVAL: pollInterval, HTTP_PORT: String(port) },
    healthUrl: `http://127.0.0.1:${port}/healthz`,
    close: async () => {
      await exchange.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** A first start, in this process and without the pacing that keeps real venues content. */
async function warmUp(dataDir: string, market: Readonly<Record<string, string>>): Promise<void> {
  const lifecycle = createLifecycle(silentLog);
  const opened = await openRedis({ redisUrl: undefined, dataDir, log: silentLog, lifecycle });
  await startLopside({
    config: testConfig({ ...market, POLL_INTERVAL: "1s" }),
    roles: ["poller", "worker"],
    clock: systemClock,
    lifecycle,
    print: () => undefined,
    unthrottled: true,
    ...opened,
  });
  while (!(await allFresh(opened.store))) await sleep(100);
  await lifecycle.stopAll();
}

/** Every symbol's history of every venue is part of its imbalance. */
async function allFresh({ symbols: stored }: Store): Promise<boolean> {
  const imbalances = await Promise.all(symbols.map(async (symbol) => stored.imbalance(symbol)));
  return imbalances.every(
    (imbalance) =>
      imbalance?.coverage === 1 &&
      imbalance.venues.length === venues.length &&
      imbalance.venues.every(({ status }) => status === "fresh"),
  );
}
