import { describe, expect, test } from "vitest";
import { schemaKey } from "../../../src/store/keys.ts";
import { migratePushes } from "../../../src/store/ledger/pushesMigration.ts";
import { schemaVersion } from "../../../src/store/schema.ts";
import type { RedisClient } from "../../../src/store/redis/script.ts";
import { openStore } from "../../../src/store/store.ts";
import { createTurns } from "../../../src/store/ledger/turns.ts";
import { silentLog } from "../../support/redis.ts";
import { useCluster } from "../../support/useCluster.ts";
import { useRedis } from "../../support/useRedis.ts";

const oldKey = (name: string): string => `lopside:to:{${name}}:pushes`;

/** As layout 2 kept it: pushes and what is held back in one hash. */
async function keepOld(redis: RedisClient, name: string, fields: Readonly<Record<string, string>>) {
  await redis.hset(oldKey(name), fields);
  await redis.pexpire(oldKey(name), 60_000);
}

const taken = { kind: "taken", pushes: undefined, movedTo: undefined };

describe.each([
  ["on one server", useRedis()],
  ["on a cluster", useCluster()],
])("what layout 2 knew of destinations %s", (_where, used) => {
  test("is known in layout 3, for as long as it would have been", async () => {
    const { redis } = used;
    await redis.set(schemaKey, "2");
    await keepOld(redis, "a", { pushes: "{1}" });
    await keepOld(redis, "b", { pushes: "{2}", "held:x": "one", "held:y:z": "two" });
    await keepOld(redis, "c", { "held:x": "three" });
    await redis.set("lopside:to:{d}:moved-to", "e", "PX", 60_000);
    const { turns } = await openStore(redis, { log: silentLog });
    expect(await redis.get(schemaKey)).toBe(String(schemaVersion));
    expect(await turns.take(["a", "b", "c", "d"], "one", 4_000)).toEqual([
      { ...taken, pushes: "{1}" },
      { ...taken, pushes: "{2}" },
      taken,
      { ...taken, movedTo: "e" },
    ]);
    expect(await turns.heldBack("a")).toEqual(new Map());
    expect(Object.fromEntries(await turns.heldBack("b"))).toEqual({ x: "one", "y:z": "two" });
    expect(Object.fromEntries(await turns.heldBack("c"))).toEqual({ x: "three" });
    expect(await redis.exists(oldKey("a"))).toBe(0);
    const keys = ["lopside:to:{b}:held", "lopside:to:{c}:held"];
    for (const ttl of await Promise.all(keys.map(async (key) => redis.pttl(key)))) {
      expect(ttl).toBeGreaterThan(0);
      expect(ttl).toBeLessThanOrEqual(60_000);
    }
  });

  test("is not lost where a process died on the way, nor by two that start at once", async () => {
    const { redis } = used;
    await createTurns(redis).end([{ destination: "a", pushes: "{new}" }], "one");
    await keepOld(redis, "a", { pushes: "{old}" });
    await redis.hset("lopside:to:{b}:held", "x", "newer");
    await keepOld(redis, "b", { pushes: "{2}", "held:x": "older", "held:y": "two" });
    await Promise.all([migratePushes(redis), migratePushes(redis)]);
    await migratePushes(redis);
    const { turns } = await openStore(redis, { log: silentLog });
    expect(await turns.take(["a", "b"], "one", 4_000)).toEqual([
      { ...taken, pushes: "{new}" },
      { ...taken, pushes: "{2}" },
    ]);
    expect(Object.fromEntries(await turns.heldBack("b"))).toEqual({ x: "newer", y: "two" });
  });
});
