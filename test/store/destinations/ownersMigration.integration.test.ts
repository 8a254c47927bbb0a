import { describe, expect, test } from "vitest";
import { schemaKey } from "../../../src/store/keys.ts";
import { schemaVersion } from "../../../src/store/schema.ts";
import { openStore } from "../../../src/store/store.ts";
import { silentLog } from "../../support/redis.ts";
import { useCluster } from "../../support/useCluster.ts";
import { useRedis } from "../../support/useRedis.ts";

const owned = ["telegram:7", "telegram:8", "discord:9"].map((owner) => `lopside:owner:{${owner}}`);

describe.each([
  ["on one server", useRedis()],
  ["on a cluster", useCluster()],
])("whose destinations are whose, kept in layout 4 %s", (_where, used) => {
  test("is kept no more, and what servers have stays", async () => {
    const { redis } = used;
    await redis.set(schemaKey, "4");
    await Promise.all(owned.map(async (key) => redis.sadd(key, "telegram:-100")));
    await redis.sadd("lopside:guild:{5}", "discord:2");
    const { destinations } = await openStore(redis, { log: silentLog });
    expect(await redis.get(schemaKey)).toBe(String(schemaVersion));
    for (const key of owned) expect(await redis.exists(key)).toBe(0);
    expect(await destinations.ofGuild("5")).toEqual(["discord:2"]);
  });
});
