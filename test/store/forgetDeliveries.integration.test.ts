import { afterAll, beforeAll, expect, test } from "vitest";
import { createAlertLog, forgetDeliveries } from "../../src/store/alertLog.ts";
import { symbolKeys } from "../../src/store/keys.ts";
import { startTestRedis, type TestRedis } from "../support/redis.ts";

let redis: TestRedis;
beforeAll(async () => {
  redis = await startTestRedis();
});
afterAll(async () => redis.stop());

test("nothing is left of what was said to one destination, everything of what was said to others", async () => {
  const client = await redis.connect();
  const keys = symbolKeys("BTC");
  const [gone, stays] = ["telegram:1", "telegram:2"];
  for (let nth = 0; nth < 700; nth += 1) {
    const id = `a${nth}`;
    await client.zadd(keys.alerts, nth, id);
    await client.hset(keys.alert + id, { i: id, e: id, c: "{}", at: nth, n: 1, r: "" });
    await client.hset(`${keys.ledger}${id}:0`, { [gone]: "o|1|0|0|0|0|9", [stays]: "o|1|0|0|0|0|9" });
    await client.hset(`${keys.messages}${id}:0`, { [gone]: "9", [stays]: "9" });
  }
  const log = createAlertLog(client);
  const alerts = await log.alerts("BTC", { from: 0, to: 1_000, limit: 500 });
  expect((await log.deliveriesTo(gone, alerts))[0]).toMatchObject({ state: "sent" });
  await forgetDeliveries(client, ["BTC", "ETH"], gone);
  expect(new Set(await log.deliveriesTo(gone, alerts))).toEqual(new Set([undefined]));
  expect(await client.hkeys(`${keys.ledger}a0:0`)).toEqual([stays]);
  expect(await client.hkeys(`${keys.messages}a0:0`)).toEqual([stays]);
  expect((await log.deliveriesTo(stays, alerts)).every((row) => row?.state === "sent")).toBe(true);
});
