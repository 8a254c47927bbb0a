import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import type { Socket } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { checkRedis } from "../../../src/store/redis/check.ts";
import { connectRedis } from "../../../src/store/redis/connect.ts";
import { spawnGuarded } from "../../../src/store/redis/guarded.ts";
import { parseRedisUrl } from "../../../src/store/redis/redisUrl.ts";
import { patient } from "../../support/patience.ts";
import { freePort, silentLog, startTestRedis } from "../../support/redis.ts";
import type { TestRedis, TestRedisOptions } from "../../support/redis.ts";

const servers: TestRedis[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

async function start(options?: TestRedisOptions): Promise<TestRedis> {
  const server = await startTestRedis(options);
  servers.push(server);
  return server;
}

describe("a connection for commands", () => {
  test("fails while Redis is away, and works again by itself when it is back", async () => {
    const server = await start();
    const redis = await server.connect("commands");
    await redis.set("kept", "yes");
    await server.kill();
    await expect(redis.get("kept")).rejects.toThrow(/isn't writeable|retries|closed/);
    await server.start();
    await once(redis, "ready");
    expect(await redis.get("kept")).toBe("yes");
  });

  test("doesn't do later what was under way when Redis went away", async () => {
    const server = await start();
    const redis = await server.connect("commands");
    await (await server.connect("worker")).client("PAUSE", 60_000, "WRITE");
    await Promise.all([expect(redis.incr("count")).rejects.toThrow("max retries"), server.kill()]);
    await server.start();
    await once(redis, "ready");
    expect(await redis.get("count")).toBeNull();
  });

  test.each([
    "READONLY You can't write against a read only replica. script: 6b1bf4, on @user_script:1.",
    // as Redis 6.2 has it where a script is what would write
    "ERR Error running script (call to f_6b1bf4): @user_script:1: @user_script: 1: -READONLY You can't write against a read only replica.",
  ])("looks for the new master where the old one says: %s", async (words) => {
    const redis = await (await start()).connect("commands");
    const before = await redis.client("ID");
    await expect(redis.eval("return redis.error_reply(ARGV[1])", 0, words)).rejects.toThrow("READONLY");
    await vi.waitFor(async () => expect(await redis.client("ID")).not.toBe(before), patient);
  });

  test("fails in time when Redis takes commands and says nothing", async () => {
    const server = await start();
    const redis = await server.connect("commands");
    await (await server.connect("worker")).client("PAUSE", 3_000, "ALL");
    await expect(redis.get("kept")).rejects.toThrow("Command timed out");
  });
});

describe("a connection for workers", () => {
  test("waits for Redis to come back", async () => {
    const server = await start();
    const redis = await server.connect("worker");
    await redis.set("kept", "yes");
    await server.kill();
    const answer = redis.get("kept");
    await server.start();
    expect(await answer).toBe("yes");
  });

  test("says that Redis is away, and once that it is back", async () => {
    const server = await start();
    const said: string[] = [];
    const note = (_fields: object, message: string): void => void said.push(message);
    const redis = await connectRedis({
      end: server.end,
      role: "worker",
      log: { ...silentLog, warn: note, info: note },
    });
    await redis.set("kept", "yes");
    await server.kill();
    await once(redis, "error");
    const answer = redis.get("kept");
    await server.start();
    expect(await answer).toBe("yes");
    expect(said).toEqual([expect.stringMatching(/^Redis is away/), "Redis answers again"]);
    redis.disconnect();
  });

  test("may say nothing for longer than its blocking reads last, which is ten seconds", async () => {
    const redis = await (await start()).connect("worker");
    expect(redis.options).toHaveProperty("socketTimeout", 15_000);
  });

  test("is made anew when nothing comes back over it any more", async () => {
    const server = await start({ tcp: true });
    const way = await openWay(Number(new URL(server.url).port));
    const end = { kind: "single", host: "127.0.0.1", port: way.port, db: 0, tls: false } as const;
    const redis = await connectRedis({ end, role: "worker", log: silentLog, silentMs: 500 });
    await redis.set("kept", "yes");
    way.silence();
    expect(await redis.get("kept")).toBe("yes");
    redis.disconnect();
    way.close();
  });
});

/** A way to Redis on which answers can get lost without the connection breaking, as behind a router that forgot it. */
async function openWay(redisPort: number): Promise<{ port: number; silence: () => void; close: () => void }> {
  const sockets = new Set<Socket>();
  const silent = new Set<Socket>();
  const listener = createServer((near) => {
    const far = connect(redisPort, "127.0.0.1");
    sockets.add(near);
    near.on("data", (bytes) => far.write(bytes)).on("error", () => far.destroy());
    far.on("data", (bytes) => silent.has(near) || near.write(bytes)).on("error", () => near.destroy());
  });
  const port = await freePort();
  listener.listen(port, "127.0.0.1");
  await once(listener, "listening");
  return {
    port,
    silence: () => sockets.forEach((socket) => silent.add(socket)),
    close: () => {
      listener.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

describe("a Redis that can't be used is an error that says where, and no password:", () => {
  test("nobody there", async () => {
    const end = parseRedisUrl(`redis://:hunter2@127.0.0.1:${await freePort()}`);
    const attempt = connectRedis({ end, role: "commands", log: silentLog, waitMs: 300 });
    await expect(attempt).rejects.toThrow(/Redis at 127\.0\.0\.1:\d+ cannot be used: connect ECONNREFUSED/);
    await expect(attempt).rejects.not.toThrow(/hunter2/);
  });

  test("somebody there who isn't Redis", async () => {
    const sockets = new Set<Socket>();
    const mute = createServer((socket) => sockets.add(socket)).listen(0, "127.0.0.1");
    await once(mute, "listening");
    const address = mute.address();
    const port = address !== null && typeof address === "object" ? address.port : 0;
    const attempt = connectRedis({
      end: parseRedisUrl(`redis://127.0.0.1:${port}`),
      role: "commands",
      log: silentLog,
      waitMs: 300,
    });
    await expect(attempt).rejects.toThrow("cannot be used: no answer");
    for (const socket of sockets) socket.destroy();
    mute.close();
  });

  test("a wrong password, at once", async () => {
    const server = await start({ tcp: true, config: ["--requirepass", "right"] });
    const url = server.url.replace("redis://", "redis://:hunter2@");
    for (const wrong of [url, `${url},`]) {
      const attempt = connectRedis({ end: parseRedisUrl(wrong), role: "commands", log: silentLog });
      await expect(attempt).rejects.toThrow("WRONGPASS");
      await expect(attempt).rejects.not.toThrow(/hunter2/);
    }
  });

  test("none where one is wanted, with how to give it", async () => {
    const server = await start({ tcp: true, config: ["--requirepass", "right"] });
    const attempt = connectRedis({ end: parseRedisUrl(server.url), role: "commands", log: silentLog });
    await expect(attempt).rejects.toMatchObject({
      message: expect.stringContaining("NOAUTH"),
      hint: expect.stringContaining("redis://:PASSWORD@HOST:PORT"),
    });
  });
});

test("a database of its own, chosen in the URL", async () => {
  const server = await start({ tcp: true });
  const redis = await connectRedis({
    end: parseRedisUrl(`${server.url}/3`),
    role: "commands",
    log: silentLog,
  });
  await redis.set("kept", "yes");
  redis.disconnect();
  expect(await (await server.connect()).get("kept")).toBeNull();
});

describe("the check", () => {
  test("finds nothing wrong with a server that is as it should be", async () => {
    const server = await start();
    const findings = await checkRedis(await server.connect());
    expect(findings.map((finding) => finding.level)).toEqual(["ok", "ok", "ok"]);
  });

  test("finds eviction and missing persistence", async () => {
    const server = await start({ config: ["--maxmemory-policy", "allkeys-lru", "--appendonly", "no"] });
    const findings = await checkRedis(await server.connect());
    expect(findings.map((finding) => finding.level)).toEqual(["ok", "error", "warning"]);
  });

  test.each([
    ["INFO, which the queues ask for", ["-info"]],
    ["scripts", ["-@scripting"]],
    ["the queues' keys", ["resetkeys", "~lopside:*"]],
    ["Lopside's own keys", ["resetkeys", "~{lopside}:*"]],
  ])("refuses a user who may not use %s, and says what to allow", async (_what, rules) => {
    const server = await start();
    const redis = await server.connect();
    await redis.acl("SETUSER", "default", ...rules);
    const findings = await checkRedis(redis);
    const wrong = findings.find(({ level }) => level === "error");
    expect(wrong?.message).toContain("NOPERM");
    expect(wrong?.hint).toContain("ACL SETUSER NAME");
  });

  test("finds nothing wrong with a user who has the rights that it names, and no more", async () => {
    const server = await start();
    const redis = await server.connect();
    const rules = ["~lopside:*", "~{lopside}:*", "&*", "+@all", "-@admin", "-@dangerous", "+info"];
    await redis.acl("SETUSER", "few", "on", ">pw", ...rules);
    await redis.auth("few", "pw");
    const findings = await checkRedis(redis);
    expect(findings.map((finding) => finding.level)).toEqual(["ok", "ok", "ok"]);
  });
});

test("the master that sentinels name, where they and it ask for a login", async () => {
  const master = await start({ tcp: true, config: ["--requirepass", "of master"] });
  const port = await freePort();
  const config = join(master.dir, "sentinel.conf");
  const [host, masterPort] = master.url.replace("redis://", "").split(":");
  const lines = [
    `port ${port}`,
    `requirepass "of sentinel"`,
    `sentinel monitor main ${host} ${masterPort} 1`,
    `sentinel auth-pass main "of master"`,
  ];
  await writeFile(config, lines.join("\n"));
  const sentinel = spawnGuarded("redis-server", [config, "--sentinel"], master.dir);
  const url = `redis+sentinel://:of%20master@127.0.0.1:${port}/main/2?sentinelPassword=of%20sentinel`;
  const redis = await connectRedis({ end: parseRedisUrl(url), role: "commands", log: silentLog });
  expect(await redis.info("replication")).toContain("role:master");
  redis.disconnect();
  sentinel.stdin.end();
  await once(sentinel, "exit");
});
