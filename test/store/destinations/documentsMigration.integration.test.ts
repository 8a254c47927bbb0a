import { describe, expect, test } from "vitest";
import { migrateDocuments } from "../../../src/store/destinations/documentsMigration.ts";
import { schemaKey } from "../../../src/store/keys.ts";
import { schemaVersion } from "../../../src/store/schema.ts";
import { openStore } from "../../../src/store/store.ts";
import { silentLog } from "../../support/redis.ts";
import { useCluster } from "../../support/useCluster.ts";
import { useRedis } from "../../support/useRedis.ts";

const oldKey = (name: string): string => `lopside:to:{${name}}`;
const documentOf = (symbol: string): string => `{"v":1,"k":"direct","n":2,"s":[[1,"${symbol}",2]]}`;
const names = ["telegram:1", "telegram:-100/7", "discord:2"];

describe.each([
  ["on one server", useRedis()],
  ["on a cluster", useCluster()],
])("documents of layout 3 %s", (_where, used) => {
  test("are read in layout 4, and nothing beside them is taken for one", async () => {
    const { redis } = used;
    await redis.set(schemaKey, "3");
    await Promise.all(names.map(async (name) => redis.set(oldKey(name), documentOf("BTC"))));
    await redis.set(`${oldKey("telegram:1")}:moved-from`, "telegram:3");
    const { destinations } = await openStore(redis, { log: silentLog });
    expect(await redis.get(schemaKey)).toBe(String(schemaVersion));
    const records = await destinations.getMany([...names, "telegram:3"]);
    expect(records.map((record) => record?.destination)).toEqual([...names, undefined]);
    expect(records[0]?.subscriptions).toMatchObject([{ id: 1, symbol: "BTC", ratio: 2 }]);
    for (const name of names) expect(await redis.exists(oldKey(name))).toBe(0);
    expect(await redis.get(`${oldKey("telegram:1")}:moved-from`)).toBe("telegram:3");
  });

  test("don't take the place of newer ones, also where two start at once", async () => {
    const { redis } = used;
    const { destinations } = await openStore(redis, { log: silentLog });
    await redis.set(oldKey("telegram:1"), documentOf("BTC"));
    await redis.set(oldKey("telegram:2"), documentOf("ETH"));
    await Promise.all([migrateDocuments(redis), migrateDocuments(redis)]);
    await redis.set(oldKey("telegram:1"), documentOf("SOL"));
    await migrateDocuments(redis);
    const records = await destinations.getMany(["telegram:1", "telegram:2"]);
    expect(records.map((record) => record?.subscriptions[0]?.symbol)).toEqual(["BTC", "ETH"]);
  });
});
