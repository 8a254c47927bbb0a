import { afterAll, beforeAll, expect, test } from "vitest";
import { schemaKey } from "../../../src/store/keys.ts";
import { schemaVersion } from "../../../src/store/schema.ts";
import type { RedisClient } from "../../../src/store/redis/script.ts";
import { openStore } from "../../../src/store/store.ts";
import { silentLog, startTestRedis, type TestRedis } from "../../support/redis.ts";

let server: TestRedis;
let redis: RedisClient;

beforeAll(async () => {
  server = await startTestRedis();
  redis = await server.connect();
});
afterAll(async () => server.stop());

const decidedAt = Date.now() - 60_000;

/** A delivery as version 1 kept it. */
async function keepOld(
  destination: string,
  fields: Readonly<Record<string, string | number>>,
): Promise<void> {
  const member = `a1|${destination}`;
  const { state } = fields;
  const common = { alertId: "a1", destination, attempt: 0, unknowns: 0, createdAt: decidedAt };
  await redis.hset(`lopside:{BTC}:delivery:${member}`, { ...common, ...fields });
  if (state === "pending") await redis.zadd("lopside:{BTC}:outbox:telegram", 1, member);
  if (state === "sending") await redis.zadd("lopside:{BTC}:claimed:telegram", 1, member);
}

test("what an older Lopside had not sent yet is sent by this one, and what it had sent stays known", async () => {
  await redis.set(schemaKey, "1");
  await redis.set("lopside:{BTC}:alert:a1", "content");
  await keepOld("telegram:1", { state: "pending" });
  await keepOld("telegram:2", { state: "sending", attempt: 1, startedAt: Date.now() - 30_000 });
  await keepOld("telegram:3", { state: "sent", attempt: 1, messageId: "77" });
  await keepOld("telegram:4", { state: "dead", attempt: 2, reason: "chat not found" });
  const { outbox } = await openStore(redis, { log: silentLog });
  expect(await redis.get(schemaKey)).toBe(String(schemaVersion));
  const { deliveries } = await outbox.claim("BTC", "telegram", 10);
  expect(deliveries).toMatchObject([
    { destination: "telegram:1", attempt: 1, unknowns: 0, alert: { alertId: "a1", content: "content" } },
    { destination: "telegram:2", attempt: 2, unknowns: 1 },
  ]);
  const rows = await redis.hgetall("lopside:{BTC}:ledger:a1:0");
  expect(rows["telegram:3"]).toMatch(/^o\|.*\|77$/);
  expect(rows["telegram:4"]).toMatch(/^d\|.*\|chat not found$/);
  expect(await redis.keys("lopside:{BTC}:delivery:*")).toEqual([]);
});
