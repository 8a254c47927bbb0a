import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { checkRedisServer } from "../../../src/commands/checks/redis.ts";
import { loadConfig } from "../../../src/config/config.ts";
import { createLifecycle } from "../../../src/ops/lifecycle.ts";
import type { Log } from "../../../src/ops/log.ts";
import { startEmbeddedRedis } from "../../../src/store/redis/embedded.ts";
import { schemaKey } from "../../../src/store/keys.ts";
import { schemaVersion } from "../../../src/store/schema.ts";
import { freePort, silentLog, startTestRedis } from "../../support/redis.ts";

const folders: string[] = [];

afterEach(() => {
  for (const path of folders.splice(0)) rmSync(path, { recursive: true, force: true });
});

describe("the check of Redis", () => {
  it("starts the embedded one, finds it fit, and leaves nothing running", async () => {
    const dataDir = newFolder();
    expect((await check({ DATA_DIR: dataDir })).map(({ level }) => level)).toEqual(["ok", "ok", "ok"]);
    expect((await check({ DATA_DIR: dataDir })).map(({ level }) => level)).toEqual(["ok", "ok", "ok"]);
  });

  it("says nothing of the embedded one that ran last and doesn't run now", async () => {
    const dataDir = newFolder();
    const said: unknown[] = [];
    const log: Log = { ...silentLog, warn: (...words: readonly unknown[]) => void said.push(words) };
    await check({ DATA_DIR: dataDir }, log);
    await check({ DATA_DIR: dataDir }, log);
    expect(said).toEqual([]);
  });

  it("looks at the one of a Lopside that is running, and leaves it running", async () => {
    const dataDir = newFolder();
    const running = await startEmbeddedRedis({ dataDir, log: silentLog });
    const before = running.pid;
    expect((await check({ DATA_DIR: dataDir })).map(({ level }) => level)).toEqual(["ok", "ok", "ok"]);
    expect(running.pid).toBe(before);
    await running.stop();
  });

  it("names what is wrong with the operator's own, and what to do", async () => {
    const redis = await startTestRedis({ tcp: true, config: ["--maxmemory-policy", "allkeys-lru"] });
    const findings = await check({ REDIS_URL: redis.url });
    await redis.stop();
    expect(findings.find(({ level }) => level === "error")).toMatchObject({
      message: expect.stringContaining("allkeys-lru"),
      hint: expect.stringContaining("noeviction"),
    });
  });

  it("says when a newer Lopside has used it, which no start would bear", async () => {
    const redis = await startTestRedis({ tcp: true });
    const client = await redis.connect();
    await client.set(schemaKey, schemaVersion + 1);
    const findings = await check({ REDIS_URL: redis.url });
    expect(findings.filter(({ level }) => level === "error")).toMatchObject([
      { message: expect.stringContaining("of version"), hint: expect.stringContaining("newer Lopside") },
    ]);
    await client.set(schemaKey, schemaVersion - 1);
    expect((await check({ REDIS_URL: redis.url })).filter(({ level }) => level === "error")).toEqual([]);
    expect(await client.get(schemaKey)).toBe(String(schemaVersion - 1));
    await redis.stop();
  });

  it("says when it is not there", async () => {
    const findings = await check({ REDIS_URL: `redis://:hunter2@127.0.0.1:${await freePort()}` });
    expect(findings).toMatchObject([{ level: "error", hint: expect.any(String) }]);
    expect(JSON.stringify(findings)).not.toContain("hunter2");
  });
});

async function check(env: Record<string, string>, log: Log = silentLog) {
  const loaded = loadConfig({ env, supportedVenues: [], readFile: () => "" });
  if (!loaded.ok) throw new Error(loaded.problems.join("\n"));
  const lifecycle = createLifecycle(silentLog);
  const findings = await checkRedisServer({ config: loaded.config, log, lifecycle });
  expect(await lifecycle.stopAll()).toBe(true);
  return findings;
}

function newFolder(): string {
  const path = mkdtempSync(join(tmpdir(), "lopside-doctor-"));
  folders.push(path);
  return path;
}
