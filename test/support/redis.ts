import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Log } from "../../src/ops/log.ts";
import { connectRedis } from "../../src/store/redis/connect.ts";
import type { RedisRole } from "../../src/store/redis/connect.ts";
import { spawnGuarded } from "../../src/store/redis/guarded.ts";
import type { GuardedProcess } from "../../src/store/redis/guarded.ts";
import type { RedisEnd } from "../../src/store/redis/redisUrl.ts";
import type { RedisClient } from "../../src/store/redis/script.ts";

export interface TestRedisOptions {
  /** Lines of redis.conf, as arguments: ["--maxmemory-policy", "allkeys-lru"]. */
  readonly config?: readonly string[];
  /** Listen on a free port of the loopback as well; `url` says which. */
  readonly tcp?: boolean;
}

/** A real redis-server of one test file: empty, append-only, in a directory of its own. */
export interface TestRedis {
  readonly end: RedisEnd;
  /** REDIS_URL of a server started with `tcp`; "" otherwise. */
  readonly url: string;
  readonly dir: string;
  /** A connection that `stop` closes. */
  readonly connect: (role?: RedisRole) => Promise<RedisClient>;
  /** SIGKILL; resolves when it is gone. */
  readonly kill: () => Promise<void>;
  /** Again, over the same data, after `kill`. */
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLog,
};

/** The server dies with the test process, however that ends. */
export async function startTestRedis(options: TestRedisOptions = {}): Promise<TestRedis> {
  const dir = await mkdtemp(join(tmpdir(), "lopside-redis-"));
  const path = join(dir, "redis.sock");
  const end: RedisEnd = { kind: "socket", path };
  const port = options.tcp === true ? await freePort() : 0;
  const clients: RedisClient[] = [];
  const config = ["--unixsocket", path, "--port", String(port), "--bind", "127.0.0.1", "--dir", dir];
  const always = ["--save", "", "--appendonly", "yes", "--appendfsync", "everysec"];
  const launch = async (): Promise<Running> =>
    launchRedis([...config, ...always, ...(options.config ?? [])], dir);
  let running = await launch();

  return {
    end,
    url: port === 0 ? "" : `redis://127.0.0.1:${port}`,
    dir,
    connect: async (role = "commands") => {
      const client = await connectRedis({ end, role, log: silentLog });
      clients.push(client);
      return client;
    },
    kill: async () => {
      process.kill(running.pid, "SIGKILL");
      await running.gone;
    },
    start: async () => {
      running = await launch();
    },
    stop: async () => {
      for (const client of clients) client.disconnect();
      running.guard.stdin.end();
      await running.gone;
      await rm(dir, { recursive: true, force: true });
    },
  };
}

interface Running {
  readonly guard: GuardedProcess;
  readonly pid: number;
  readonly gone: Promise<unknown>;
}

async function launchRedis(args: readonly string[], dir: string): Promise<Running> {
  const guard = spawnGuarded("redis-server", args, dir);
  const gone = once(guard, "exit");
  const said: string[] = [];
  for await (const line of createInterface({ input: guard.stdout })) {
    said.push(line);
    if (!/ready to accept connections/i.test(line)) continue;
    guard.stdout.resume();
    return { guard, pid: Number(said[0]), gone };
  }
  throw new Error(`redis-server did not start:\n${said.join("\n")}`);
}

/** Below what systems give to those that ask for any port; a thousand for each of the processes that test at once. */
const firstPort = 10_000;
const portsEach = 1_000;
let portsAsked = Math.floor(Math.random() * portsEach);

/** A port of the loopback that nobody has, and nobody else will be given. */
export async function freePort(): Promise<number> {
  const own = firstPort + portsEach * Number(process.env["VITEST_POOL_ID"] ?? 0);
  for (;;) {
    portsAsked += 1;
    const port = own + (portsAsked % portsEach);
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
