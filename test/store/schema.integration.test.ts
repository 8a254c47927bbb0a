import { expect, test } from "vitest";
import { schemaKey } from "../../src/store/keys.ts";
import { prepareSchema, schemaVersion } from "../../src/store/schema.ts";
import type { Migration } from "../../src/store/schema.ts";
import { openStore } from "../../src/store/store.ts";
import { silentLog } from "../support/redis.ts";
import { useRedis } from "../support/useRedis.ts";

const used = useRedis();

/** Two steps of a future that isn't: 7 renames a key, 8 doubles what is in it, unless that was done. */
const migrations: readonly Migration[] = [
  { from: 8, run: async (client) => void (await client.set("new", "2")) },
  { from: 7, run: async (client) => void (await client.copy("old", "new")) },
];

test("an empty Redis is marked with our version", async () => {
  await openStore(used.redis, { log: silentLog });
  expect(await used.redis.get(schemaKey)).toBe(String(schemaVersion));
});

test("our own version is opened as it is", async () => {
  await openStore(used.redis, { log: silentLog });
  await openStore(used.redis, { log: silentLog });
  expect(await used.redis.get(schemaKey)).toBe(String(schemaVersion));
});

test("an older version is brought up step by step, in order", async () => {
  await used.redis.mset(schemaKey, "7", "old", "1");
  await prepareSchema(used.redis, { version: 9, migrations });
  expect(await used.redis.mget(schemaKey, "new")).toEqual(["9", "2"]);
});

test("two that start at once both end at the new version", async () => {
  await used.redis.mset(schemaKey, "7", "old", "1");
  const other = await used.server.connect();
  await Promise.all(
    [used.redis, other].map(async (client) => prepareSchema(client, { version: 9, migrations })),
  );
  expect(await used.redis.get(schemaKey)).toBe("9");
});

test("a migration that fails leaves its version, so that the next start tries again", async () => {
  await used.redis.set(schemaKey, "7");
  const broken = { from: 7, run: async () => Promise.reject(new Error("broken")) };
  await expect(prepareSchema(used.redis, { version: 8, migrations: [broken] })).rejects.toThrow("broken");
  expect(await used.redis.get(schemaKey)).toBe("7");
});

test.each([
  { stored: String(schemaVersion + 1), says: "A newer Lopside has used it" },
  { stored: "0", says: "Start a Lopside of a version in between" },
  { stored: "something", says: "Something else has written it" },
])("version $stored is refused and left alone: $says", async ({ stored, says }) => {
  await used.redis.set(schemaKey, stored);
  await expect(openStore(used.redis, { log: silentLog })).rejects.toThrow(says);
  expect(await used.redis.get(schemaKey)).toBe(stored);
});
