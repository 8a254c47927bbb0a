import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { systemClock } from "../../src/ops/clock.ts";
import type { Log } from "../../src/ops/log.ts";
import { schemaKey } from "../../src/store/keys.ts";
import { schemaVersion } from "../../src/store/schema.ts";
import { startTestLopside } from "../support/lopside.ts";
import { patient } from "../support/patience.ts";
import { silentLog, startTestRedis, type TestRedis } from "../support/redis.ts";

let redis: TestRedis;

beforeEach(async () => {
  redis = await startTestRedis();
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
});
afterEach(async () => {
  vi.useRealTimers();
  await redis.stop();
});

test("a Redis that loses everything while a worker runs still has the configured places told", async () => {
  const errors: string[] = [];
  const log: Log = { ...silentLog, error: (_fields, text) => void errors.push(text), child: () => log };
  const { store, stop } = await startTestLopside({
    redis,
    clock: systemClock,
    roles: ["worker"],
    env: { SYMBOLS: "BTC" },
    log,
  });
  const watched = async () => [...(await store.rules.inUse("BTC")).members.values()];
  expect(await watched()).toEqual([1, 1]);
  const client = await redis.connect();
  await client.flushall();
  expect(await watched()).toEqual([]);
  await vi.advanceTimersByTimeAsync(30_000);
  await vi.waitFor(async () => expect(await watched()).toEqual([1, 1]), patient);
  // or a later version would take what is kept from now on for its own
  await vi.waitFor(async () => expect(await client.get(schemaKey)).toBe(String(schemaVersion)), patient);
  await vi.waitFor(() => expect(errors.join()).toContain("Redis has lost its data"), patient);
  await stop();
});
