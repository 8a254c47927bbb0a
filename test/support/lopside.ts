import { type Config, loadConfig } from "../../src/config/config.ts";
import { startLopside } from "../../src/main.ts";
import type { Clock } from "../../src/ops/clock.ts";
import { createLifecycle } from "../../src/ops/lifecycle.ts";
import type { Log } from "../../src/ops/log.ts";
import { supportedVenues } from "../../src/poller/supported.ts";
import { type Role, roles as allRoles } from "../../src/roles/parts.ts";
import type { Store } from "../../src/store/contracts/store.ts";
import { openStore } from "../../src/store/store.ts";
import { freePort, silentLog, type TestRedis } from "./redis.ts";

export interface TestLopside {
  readonly store: Store;
  readonly printed: readonly string[];
  readonly httpUrl: string;
  readonly stop: () => Promise<void>;
}

export interface TestLopsideOptions {
  readonly redis: TestRedis;
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string>>;
  readonly roles?: readonly Role[];
  readonly log?: Log;
  /** Lets a test see what is asked of the store. */
  readonly around?: (store: Store) => Store;
}

/** The whole of Lopside in this process, against stand-ins: what `start` does, without its signals. */
export async function startTestLopside(options: TestLopsideOptions): Promise<TestLopside> {
  const { redis, clock, log = silentLog, around = (store) => store } = options;
  const httpPort = await freePort();
  const config = testConfig({ HTTP_PORT: String(httpPort), ...options.env });
  const lifecycle = createLifecycle(log);
  const [commands, queues, workers] = await Promise.all([
    redis.connect("commands"),
    redis.connect("queue"),
    redis.connect("worker"),
  ]);
  const store = around(await openStore(commands, { log }));
  const printed: string[] = [];
  await startLopside({
    config,
    roles: options.roles ?? allRoles,
    clock,
    log,
    lifecycle,
    print: (text) => {
      printed.push(text);
    },
    redis: { commands, queues, workers },
    store,
    unthrottled: true,
  });
  return {
    store,
    printed,
    httpUrl: `http://127.0.0.1:${httpPort}`,
    stop: async () => {
      await lifecycle.stopAll();
      for (const client of [commands, queues, workers]) client.disconnect();
    },
  };
}

/** A configuration as the environment would give it; throws with every problem. */
export function testConfig(env: Readonly<Record<string, string>>): Config {
  const loaded = loadConfig({ env, readFile: () => "", supportedVenues });
  if (!loaded.ok) throw new Error(loaded.problems.join("\n"));
  return loaded.config;
}
