import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createLifecycle } from "../../src/ops/lifecycle.ts";
import { openRedis } from "../../src/store/open.ts";
import { patient } from "../support/patience.ts";
import { silentLog, startTestRedis, type TestRedis } from "../support/redis.ts";

let server: TestRedis;

beforeEach(async () => {
  server = await startTestRedis({ tcp: true });
});
afterEach(async () => server.stop());

describe("Redis with room for too few connections", () => {
  test("is an error that leaves none of them open", async () => {
    const redis = await server.connect();
    await redis.config("SET", "maxclients", "3");
    const lifecycle = createLifecycle(silentLog);
    const options = { redisUrl: server.url, dataDir: server.dir, log: silentLog, lifecycle, waitMs: 1_000 };
    await expect(openRedis(options)).rejects.toThrow("cannot be used");
    await lifecycle.stopAll();
    // our own connection is left
    await vi.waitFor(
      async () => expect(await redis.info("clients")).toContain("connected_clients:1\r"),
      patient,
    );
  });
});

describe("a read-only replica", () => {
  test("is refused by what it is, before anything is asked of it that it can't do", async () => {
    const { port } = new URL(server.url);
    const replica = await startTestRedis({ tcp: true, config: ["--replicaof", "127.0.0.1", port] });
    const lifecycle = createLifecycle(silentLog);
    const options = { redisUrl: replica.url, dataDir: server.dir, log: silentLog, lifecycle };
    await expect(openRedis(options)).rejects.toThrow(`this Redis is a replica of 127.0.0.1:${port}`);
    await lifecycle.stopAll();
    await replica.stop();
  });
});
