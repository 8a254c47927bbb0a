import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { appendFile, mkdir, mkdtemp, readdir, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { connectRedis } from "../../../src/store/redis/connect.ts";
import { startEmbeddedRedis } from "../../../src/store/redis/embedded.ts";
import type { EmbeddedRedis } from "../../../src/store/redis/embedded.ts";
import { StoreError } from "../../../src/store/errors.ts";
import type { RedisClient } from "../../../src/store/redis/script.ts";
import { childrenOf, commandOf, isAlive, parentOf } from "../../support/processes.ts";
import { silentLog } from "../../support/redis.ts";

let root: string;
let entry: string;
let dataDir: string;
const started: EmbeddedRedis[] = [];
const clients: RedisClient[] = [];
const children: ChildProcess[] = [];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "lopside-embedded-"));
  entry = await bundleEntry(root);
  // where a long DATA_DIR's owner sockets go
  vi.stubEnv("TMPDIR", root);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(root, { recursive: true, force: true });
});
beforeEach(async () => {
  dataDir = await mkdtemp(join(root, "data-"));
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.disconnect();
  for (const child of children.splice(0)) child.kill("SIGKILL");
  for (const server of started.splice(0)) await server.stop();
});

describe("the embedded Redis", () => {
  test("runs on a socket that is nobody else's, append-only and without eviction", async () => {
    const server = await start();
    const redis = await client(server);
    expect(server.end).toMatchObject({ kind: "socket" });
    expect((await stat(join(dataDir, "redis"))).mode & 0o777).toBe(0o700);
    expect(await redis.config("GET", "port")).toEqual(["port", "0"]);
    expect(await redis.config("GET", "appendonly")).toEqual(["appendonly", "yes"]);
    expect(await redis.config("GET", "appendfsync")).toEqual(["appendfsync", "everysec"]);
    expect(await redis.config("GET", "maxmemory-policy")).toEqual(["maxmemory-policy", "noeviction"]);
  });

  test("has its data again on the next start", async () => {
    const first = await start();
    await (await client(first)).set("kept", "yes");
    await first.stop();
    expect(isAlive(first.pid)).toBe(false);
    expect(await (await client(await start())).get("kept")).toBe("yes");
  });

  test("is started again when it dies, with its data, and its clients go on", async () => {
    const server = await start();
    const redis = await client(server, "worker");
    await redis.set("kept", "yes");
    const killed = server.pid;
    process.kill(killed, "SIGKILL");
    expect(await redis.get("kept")).toBe("yes");
    expect(isAlive(killed)).toBe(false);
  });

  test("stops twice as well as once", async () => {
    const server = await start();
    await server.stop();
    await server.stop();
    expect(await readdir(join(dataDir, "redis"))).not.toContainEqual(expect.stringMatching(/\.sock$/));
  });

  test("is on the loopback with a password where the path is too long for a socket", async () => {
    dataDir = join(dataDir, "d".repeat(60), "d".repeat(60));
    const server = await start();
    const redis = await client(server);
    await redis.set("kept", "yes");
    if (server.end.kind !== "single") throw new Error(`on ${server.end.kind}`);
    expect(server.end.host).toBe("127.0.0.1");
    expect((await stat(join(dataDir, "redis", "redis.conf"))).mode & 0o777).toBe(0o600);
    expect(commandOf(server.pid)).not.toContain(server.end.password);

    const stranger = new Redis({
      host: "127.0.0.1",
      port: server.end.port,
      lazyConnect: true,
      retryStrategy: null,
    });
    stranger.on("error", () => undefined);
    await expect(stranger.connect().then(async () => stranger.get("kept"))).rejects.toThrow(
      /NOAUTH|Connection is closed/,
    );
    stranger.disconnect();

    await expect(start()).rejects.toThrow("in use by another Lopside");
    await server.stop();
    expect(await (await client(await start())).get("kept")).toBe("yes");
  });

  test("takes a directory with spaces, quotes and backslashes in its name", async () => {
    dataDir = join(dataDir, `it's "a\\b" c`);
    await (await client(await start())).set("kept", "yes");
    expect(await readdir(join(dataDir, "redis"))).toContain("appendonlydir");
  });
});

describe("what stops it is said with what to do", () => {
  test("no redis-server", async () => {
    const problem = await problemOf(startEmbeddedRedis({ dataDir, log: silentLog, path: "/nonexistent" }));
    expect(problem.message).toContain("redis-server is not installed");
    expect(problem.hint).toContain("apt-get install redis-server");
    expect(problem.hint).toContain("brew install redis");
    expect(problem.hint).toContain("REDIS_URL");
  });

  test("a directory that can't be made", async () => {
    await writeFile(join(dataDir, "file"), "");
    dataDir = join(dataDir, "file", "below");
    const problem = await problemOf(start());
    expect(problem.message).toContain(dataDir);
    expect(problem.hint).toContain("DATA_DIR");
  });

  test("a server that ends at its start: with its own last words, and nothing left locked", async () => {
    const bin = await fakeServer("echo first; echo 'the reason' >&2; exit 3");
    const problem = await problemOf(startEmbeddedRedis({ dataDir, log: silentLog, path: bin }));
    expect(problem.message).toContain("exit code 3");
    expect(problem.message).toContain("the reason");
    await start();
  });

  test("a full disk", async () => {
    const bin = await fakeServer("echo 'Write error: No space left on device'; exit 1");
    const problem = await problemOf(startEmbeddedRedis({ dataDir, log: silentLog, path: bin }));
    expect(problem.hint).toContain("free some space");
  });

  test("an append-only file with something else in it", async () => {
    await filledData();
    await appendFile(await appendOnlyFile(), "*not what redis writes\r\n*1\r\n");
    const problem = await problemOf(start());
    expect(problem.hint).toContain("redis-check-aof --fix");
  });

  test("but not an append-only file that ends in the middle of a command: what is before it is kept", async () => {
    await filledData();
    const file = await appendOnlyFile();
    await truncate(file, (await stat(file)).size - 5);
    const redis = await client(await start());
    expect(await redis.get("kept")).toBe("yes");
    expect(await redis.get("last")).toBeNull();
  });
});

describe("two Lopsides on one directory", () => {
  test("the second is refused and told who has it", async () => {
    const owner = await startChild();
    const problem = await problemOf(start());
    expect(problem.message).toContain(dataDir);
    expect(problem.message).toContain(`process ${owner.child.pid}`);
    expect(problem.hint).toContain("DATA_DIR");
    expect(isAlive(owner.pid)).toBe(true);
  });

  test("the second is refused while the first is stopped and says nothing", async () => {
    const owner = await startChild();
    owner.child.kill("SIGSTOP");
    const problem = await problemOf(start());
    owner.child.kill("SIGCONT");
    expect(problem.message).toContain(`process ${owner.child.pid}`);
  });

  test("of six that start at once exactly one gets it, each time", async () => {
    for (let round = 0; round < 5; round++) {
      const results = await Promise.allSettled(Array.from({ length: 6 }, start));
      expect(results.filter((result) => result.status === "fulfilled")).toHaveLength(1);
      for (const server of started.splice(0)) await server.stop();
    }
  });

  test("what a dead one left doesn't count, even under the pid of a living process", async () => {
    const redisDir = join(dataDir, "redis");
    await mkdir(redisDir, { recursive: true });
    await writeFile(join(redisDir, `owner-${process.pid}-deadbeef.sock`), "");
    await expect(start()).resolves.toBeDefined();
  });
});

describe("when Lopside itself", () => {
  test("is killed with -9, Redis goes too, by itself", async () => {
    const owner = await startChild();
    owner.child.kill("SIGKILL");
    await expect.poll(() => isAlive(owner.pid)).toBe(false);
  });

  test("is killed with -9, the next start has the data", async () => {
    const owner = await startChild();
    const redis = await connectTo(owner.end);
    await redis.set("kept", "yes");
    owner.child.kill("SIGKILL");
    await once(owner.child, "exit");
    // at once, while the old server may still be on its way out
    const next = await start();
    expect(next.pid).not.toBe(owner.pid);
    expect(isAlive(owner.pid)).toBe(false);
    expect(await (await client(next)).get("kept")).toBe("yes");
  });

  test("is killed with -9 and the guard, too, the next start ends the orphan and has the data", async () => {
    const owner = await startChild();
    await (await connectTo(owner.end)).set("kept", "yes");
    const guard = parentOf(owner.pid);
    // its helper first: it ends Redis when the guard's pipe closes
    for (const helper of childrenOf(guard)) if (helper !== owner.pid) process.kill(helper, "SIGKILL");
    process.kill(owner.child.pid ?? 0, "SIGKILL");
    process.kill(guard, "SIGKILL");
    await once(owner.child, "exit");
    expect(isAlive(owner.pid)).toBe(true);
    const next = await start();
    expect(isAlive(owner.pid)).toBe(false);
    expect(await (await client(next)).get("kept")).toBe("yes");
  });

  test("gets Ctrl-C from the terminal, Redis stays until it is told to stop", async () => {
    const owner = await startChild();
    process.kill(-(owner.child.pid ?? 0), "SIGINT");
    const said = await owner.nextLine();
    expect(said).toBe("drained with Redis: PONG");
    await once(owner.child, "exit");
    expect(isAlive(owner.pid)).toBe(false);
  });
});

async function start(): Promise<EmbeddedRedis> {
  const server = await startEmbeddedRedis({ dataDir, log: silentLog });
  started.push(server);
  return server;
}

async function client(server: EmbeddedRedis, role: "commands" | "worker" = "commands"): Promise<RedisClient> {
  const connection = await connectRedis({ end: server.end, role, log: silentLog });
  clients.push(connection);
  return connection;
}

async function filledData(): Promise<void> {
  const server = await start();
  const redis = await client(server);
  await redis.set("kept", "yes");
  await redis.set("last", "word");
  await server.stop();
}

async function appendOnlyFile(): Promise<string> {
  const directory = join(dataDir, "redis", "appendonlydir");
  const name = (await readdir(directory)).find((file) => file.endsWith(".incr.aof"));
  return join(directory, name ?? "");
}

async function fakeServer(script: string): Promise<string> {
  const bin = await mkdtemp(join(root, "bin-"));
  await writeFile(join(bin, "redis-server"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return bin;
}

async function problemOf(attempt: Promise<unknown>): Promise<StoreError> {
  const problem: unknown = await attempt.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(problem instanceof StoreError)) throw new Error(`a StoreError was expected, not ${String(problem)}`);
  return problem;
}

const firstLine = z.object({ path: z.string(), pid: z.number() });

interface Owner {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly end: EmbeddedRedis["end"];
  readonly nextLine: () => Promise<string>;
}

/** Another process, in a process group of its own, that has the directory. */
async function startChild(): Promise<Owner> {
  const child = spawn(process.execPath, [entry, dataDir], {
    detached: true,
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextLine = async (): Promise<string> => String((await lines.next()).value);
  const { path, pid } = firstLine.parse(JSON.parse(await nextLine()));
  return { child, pid, end: { kind: "socket", path }, nextLine };
}

async function connectTo(end: EmbeddedRedis["end"]): Promise<RedisClient> {
  const connection = await connectRedis({ end, role: "commands", log: silentLog });
  clients.push(connection);
  return connection;
}

/** Node 20 doesn't run TypeScript: what the child runs is bundled first. */
async function bundleEntry(directory: string): Promise<string> {
  const outfile = join(directory, "owner.cjs");
  const contents = `
    import { connectRedis } from "./src/store/redis/connect.ts";
    import { startEmbeddedRedis } from "./src/store/redis/embedded.ts";
    const log = { debug() {}, info() {}, warn() {}, error() {}, child() { return log; } };
    async function main() {
      const server = await startEmbeddedRedis({ dataDir: process.argv[2], log });
      const redis = await connectRedis({ end: server.end, role: "commands", log });
      process.on("SIGINT", async () => {
        // a drain that takes a second, in which Redis could have ended
        await redis.blpop("nothing", 1);
        console.log("drained with Redis: " + (await redis.ping()));
        redis.disconnect();
        await server.stop();
        process.exit(0);
      });
      console.log(JSON.stringify({ path: server.end.path, pid: server.pid }));
    }
    main();`;
  await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL("../../..", import.meta.url)), loader: "ts" },
    bundle: true,
    platform: "node",
    format: "cjs",
    outfile,
    logLevel: "error",
  });
  return outfile;
}
