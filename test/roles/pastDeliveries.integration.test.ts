import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openPastDeliveries } from "../../src/roles/pastDeliveries.ts";
import { createAlertLog } from "../../src/store/ledger/alertLog.ts";
import { createDestinations } from "../../src/store/destinations/destinations.ts";
import { symbolKeys } from "../../src/store/keys.ts";
import { createOutbox, maxUnknowns } from "../../src/store/ledger/outbox.ts";
import type { RedisClient } from "../../src/store/redis/script.ts";
import { content, handClock, now } from "../notifier/builders.ts";
import { subscribed } from "../notifier/subscribed.ts";
import { startTestRedis, type TestRedis } from "../support/redis.ts";

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

const dayMs = 24 * 3_600_000;

/** An alert as the ledger keeps it, that was sent to one destination. */
async function logged(alertId: string, at: number, destination: string): Promise<void> {
  const keys = symbolKeys("BTC");
  await redis.hset(keys.alert + alertId, { k: "push", i: alertId, e: alertId, c: content, at, n: 1 });
  await redis.zadd(keys.alerts, at, alertId);
  await redis.hset(`${keys.ledger}${alertId}:0`, destination, `o|1|0|0|0|${at}|m1`);
}

test("a destination's own alerts are found behind thousands that went to others only", async () => {
  await logged("ours", now - 80 * dayMs, "telegram:1");
  const others = Array.from({ length: 1_200 }, (_, nth) => nth);
  await Promise.all(others.map(async (nth) => logged(`other${nth}`, now - nth, "telegram:2")));
  const past = openPastDeliveries(createAlertLog(redis), ["BTC"], handClock());
  const found = await past.ofDestination("telegram:1", { limit: 8 });
  expect(found.map(({ alertId }) => alertId)).toEqual(["ours"]);
});

test("what was said to a group before it became a supergroup is a part of its history", async () => {
  const destinations = createDestinations(redis);
  await subscribed({ destinations }, "telegram:-1");
  await logged("before", now - 2 * dayMs, "telegram:-1");
  await destinations.move("telegram:-1", "telegram:-100");
  await logged("after", now - dayMs, "telegram:-100");
  const past = openPastDeliveries(createAlertLog(redis), ["BTC"], handClock());
  const told = async (): Promise<readonly string[]> =>
    (await past.ofDestination("telegram:-100", { limit: 8 })).map(({ alertId }) => alertId);
  expect(await told()).toEqual(["after", "before"]);
  await subscribed({ destinations }, "telegram:-1");
  expect(await told()).toEqual(["after"]);
});

test("what was given up because no answer ever came isn't said not to have been sent", async () => {
  const outbox = createOutbox(redis, { now: () => now });
  const destinations = ["telegram:1"];
  await outbox.insert("BTC", now, [{ alertId: "lost", content, destinations }]);
  const result = { kind: "unknown", retryInMs: 0, reason: "Telegram failed: 502" } as const;
  for (let attempt = 0; attempt < maxUnknowns; attempt += 1) {
    const { deliveries } = await outbox.claim("BTC", "telegram", 1);
    await outbox.settle(
      "BTC",
      "telegram",
      deliveries.map((delivery) => ({ delivery, result })),
    );
  }
  const past = openPastDeliveries(createAlertLog(redis), ["BTC"], handClock());
  const [found] = await past.ofDestination("telegram:1", { limit: 8 });
  expect(found).toMatchObject({ outcome: "unknown", reason: expect.stringContaining("given up after") });
});
