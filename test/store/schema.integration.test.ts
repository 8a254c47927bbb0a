import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { schemaKey } from "../../src/store/keys.ts";
import { prepareSchema, schemaVersion } from "../../src/store/schema.ts";
import type { Migration } from "../../src/store/schema.ts";
import type { RedisClient } from "../../src/store/script.ts";
import { openStore } from "../../src/store/store.ts";
import { silentLog, startTestRedis } from "../support/redis.ts";
import type { TestRedis } from "../support/redis.ts";

let server: TestRedis;
let redis: RedisClient;

beforeAll(async () => {
  server = await startTestRedis();
  redis = await server.connect();
});
afterAll(async () => server.stop());
beforeEach(async () => {
  await redis.flushall();
});

/** Two steps of a future that isn't: 7 renames a key, 8 doubles what is in it, unless that was done. */
const migrations: readonly Migration[] = [
  { from: 8, run: async (client) => void (await client.set("new", "2")) },
  { from: 7, run: async (client) => void (await client.copy("old", "new")) },
];

test("an empty Redis is marked with our version", async () => {
  await openStore(redis, { log: silentLog });
  expect(await redis.get(schemaKey)).toBe(String(schemaVersion));
});

test("our own version is opened as it is", async () => {
  await openStore(redis, { log: silentLog });
  await openStore(redis, { log: silentLog });
  expect(await redis.get(schemaKey)).toBe(String(schemaVersion));
});

test("an older version is brought up step by step, in order", async () => {
  await redis.mset(schemaKey, "7", "old", "1");
  await prepareSchema(redis, { version: 9, migrations });
  expect(await redis.mget(schemaKey, "new")).toEqual(["9", "2"]);
});

test("two that start at once both end at the new version", async () => {
  await redis.mset(schemaKey, "7", "old", "1");
  const other = await server.connect();
  await Promise.all([redis, other].map(async (client) => prepareSchema(client, { version: 9, migrations })));
  expect(await redis.get(schemaKey)).toBe("9");
});

test("a migration that fails leaves its version, so that the next start tries again", async () => {
  await redis.set(schemaKey, "7");
  const broken = { from: 7, run: async () => Promise.reject(new Error("broken")) };
  await expect(prepareSchema(redis, { version: 8, migrations: [broken] })).rejects.toThrow("broken");
  expect(await redis.get(schemaKey)).toBe("7");
});

test.each([
  { stored: String(schemaVersion + 1), says: "A newer Lopside has used it" },
  { stored: "0", says: "Start a Lopside of a version in between" },
  { stored: "something", says: "Something else has written it" },
])("version $stored is refused and left alone: $says", async ({ stored, says }) => {
  await redis.set(schemaKey, stored);
  await expect(openStore(redis, { log: silentLog })).rejects.toThrow(says);
  expect(await redis.get(schemaKey)).toBe(stored);
});
