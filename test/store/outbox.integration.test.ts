import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Delivery, Outbox, OutboxAlert, Symbols } from "../../src/store/contracts.ts";
import { symbolKeys } from "../../src/store/keys.ts";
import { createOutbox, maxAttempts, maxUnknowns } from "../../src/store/outbox.ts";
import type { RedisClient } from "../../src/store/script.ts";
import { createSymbols } from "../../src/store/symbols.ts";
import { startTestRedis } from "../support/redis.ts";
import type { TestRedis } from "../support/redis.ts";
import { aCommit, anAlert, noon } from "./builders.ts";

let server: TestRedis;
let redis: RedisClient;
let symbols: Symbols;
let outbox: Outbox;

beforeAll(async () => {
  server = await startTestRedis();
  redis = await server.connect();
  symbols = createSymbols(redis);
  outbox = createOutbox(redis);
});
afterAll(async () => server.stop());
beforeEach(async () => {
  await redis.flushall();
});

async function commitAlerts(...alerts: readonly OutboxAlert[]): Promise<void> {
  const { version, slot } = await symbols.readVersion("BTC");
  await symbols.commit(aCommit({ basedOn: version, slot: slot + 1, alerts }));
}

async function claimOne(now = noon): Promise<Delivery> {
  const [delivery] = await outbox.claim("BTC", "console", now, 1);
  if (delivery === undefined) throw new Error("nothing to claim");
  return delivery;
}

async function rowOf(delivery: Delivery): Promise<Record<string, string>> {
  return redis.hgetall(`${symbolKeys("BTC").delivery}${delivery.alertId}|${delivery.destination}`);
}

const sent = { kind: "sent", messageId: "m1" } as const;

describe("a committed alert", () => {
  test("is due at once, whatever the notifier's clock says", async () => {
    await commitAlerts(anAlert());
    expect(await claimOne(noon - 30_000)).toMatchObject({ attempt: 1, createdAt: noon });
  });

  test("is a delivery to each of its destinations, claimed platform by platform", async () => {
    await commitAlerts(anAlert({ destinations: ["console", "telegram:-100/7", "telegram:42"] }));
    expect(await outbox.countPending("BTC")).toBe(3);
    expect(await outbox.claim("BTC", "telegram", noon, 10)).toEqual(
      ["telegram:-100/7", "telegram:42"].map((destination) => ({
        symbol: "BTC",
        alertId: "a1",
        destination,
        attempt: 1,
        createdAt: noon,
        possibleRepeat: false,
        content: anAlert().content,
      })),
    );
    expect(await outbox.claim("BTC", "discord", noon, 10)).toEqual([]);
    expect(await outbox.claim("ETH", "console", noon, 10)).toEqual([]);
  });

  test("is there once for each destination, however often it is committed", async () => {
    await commitAlerts(anAlert());
    await outbox.settle(await claimOne(), sent, noon);
    await commitAlerts(anAlert({ destinations: ["console", "telegram:42"] }));
    expect(await outbox.claim("BTC", "console", noon, 10)).toEqual([]);
    expect(await outbox.claim("BTC", "telegram", noon, 10)).toHaveLength(1);
  });

  test("doesn't stay for ever, settled or not", async () => {
    await commitAlerts(anAlert());
    const { alert, delivery: row } = symbolKeys("BTC");
    const lifetimes = async (): Promise<readonly number[]> =>
      Promise.all([`${alert}a1`, `${row}a1|console`].map(async (key) => redis.pttl(key)));
    expect(Math.min(...(await lifetimes()))).toBeGreaterThan(0);
    await outbox.settle(await claimOne(), sent, noon);
    expect(Math.min(...(await lifetimes()))).toBeGreaterThan(0);
  });
});

describe("a claim", () => {
  test("takes what no other has: two who claim at once never overlap", async () => {
    const destinations = Array.from({ length: 300 }, (_, index) => `telegram:${index}`);
    await commitAlerts(anAlert({ destinations }));
    const claimants = await Promise.all(
      Array.from({ length: 4 }, async () => createOutbox(await server.connect())),
    );
    const taken = await Promise.all(
      Array.from({ length: 40 }, async (_, turn) => claimants[turn % 4]?.claim("BTC", "telegram", noon, 10)),
    );
    const names = taken.flatMap((deliveries) => deliveries?.map((delivery) => delivery.destination) ?? []);
    expect(names).toHaveLength(300);
    expect(new Set(names).size).toBe(300);
  });

  test("is held until it is settled", async () => {
    await commitAlerts(anAlert());
    const delivery = await claimOne();
    expect(await outbox.holds(delivery)).toBe(true);
    expect(await outbox.countPending("BTC")).toBe(1);
    expect(await outbox.settle(delivery, sent, noon)).toBe(true);
    expect(await outbox.holds(delivery)).toBe(false);
    expect(await outbox.countPending("BTC")).toBe(0);
    expect(await rowOf(delivery)).toMatchObject({ state: "sent", messageId: "m1" });
  });

  test("is there again after Redis was killed, as is what waits", async () => {
    await commitAlerts(anAlert({ destinations: ["console", "telegram:42"] }));
    const delivery = await claimOne();
    await server.kill();
    await server.start();
    redis = await server.connect();
    outbox = createOutbox(redis);
    symbols = createSymbols(redis);
    expect(await outbox.holds(delivery)).toBe(true);
    expect(await outbox.claim("BTC", "telegram", noon, 10)).toHaveLength(1);
  });
});

describe("settled as", () => {
  test("postponed, a delivery is due again at its time, and no repeat", async () => {
    await commitAlerts(anAlert());
    const delivery = await claimOne();
    await outbox.settle(delivery, { kind: "postponed", retryAt: noon + 5_000, reason: "busy" }, noon);
    expect(await outbox.claim("BTC", "console", noon + 4_999, 1)).toEqual([]);
    expect(await claimOne(noon + 5_000)).toMatchObject({ attempt: 2, possibleRepeat: false });
  });

  test("unknown, it is due again as a possible repeat, for good", async () => {
    await commitAlerts(anAlert());
    await outbox.settle(await claimOne(), { kind: "unknown", retryAt: noon, reason: "reset" }, noon);
    const second = await claimOne();
    expect(second).toMatchObject({ attempt: 2, possibleRepeat: true });
    await outbox.settle(second, { kind: "postponed", retryAt: noon, reason: "busy" }, noon);
    expect(await claimOne()).toMatchObject({ attempt: 3, possibleRepeat: true });
  });

  test("dead, it is over, with the reason", async () => {
    await commitAlerts(anAlert());
    const delivery = await claimOne();
    await outbox.settle(delivery, { kind: "dead", reason: "chat not found" }, noon);
    expect(await outbox.claim("BTC", "console", noon + 1e9, 1)).toEqual([]);
    expect(await rowOf(delivery)).toMatchObject({ state: "dead", reason: "chat not found" });
    expect(await outbox.countPending("BTC")).toBe(0);
  });

  test.each([
    { kind: "postponed", bound: maxAttempts },
    { kind: "unknown", bound: maxUnknowns },
  ] as const)("$kind $bound times, it is given up", async ({ kind, bound }) => {
    await commitAlerts(anAlert());
    let delivery = await claimOne();
    for (let attempt = 1; attempt < bound; attempt++) {
      await outbox.settle(delivery, { kind, retryAt: noon, reason: "no" }, noon);
      delivery = await claimOne();
    }
    await outbox.settle(delivery, { kind, retryAt: noon, reason: "no" }, noon);
    expect(await outbox.countPending("BTC")).toBe(0);
    expect(await rowOf(delivery)).toMatchObject({
      state: "dead",
      reason: `given up after ${bound} attempts: no`,
    });
  });
});

describe("a claim whose holder isn't heard of", () => {
  test("is left alone while it is young", async () => {
    await commitAlerts(anAlert());
    const delivery = await claimOne();
    expect(await outbox.releaseStuck("BTC", "console", noon + 9_999, 10_000)).toBe(0);
    expect(await outbox.holds(delivery)).toBe(true);
  });

  test("waits again when it is old, as a possible repeat", async () => {
    await commitAlerts(anAlert());
    const delivery = await claimOne();
    expect(await outbox.releaseStuck("BTC", "console", noon + 10_000, 10_000)).toBe(1);
    expect(await outbox.holds(delivery)).toBe(false);
    expect(await claimOne(noon + 10_000)).toMatchObject({ attempt: 2, possibleRepeat: true });
  });

  test("can't be settled by that holder once another has taken it over: the fence", async () => {
    await commitAlerts(anAlert());
    const zombie = await claimOne();
    await outbox.releaseStuck("BTC", "console", noon + 10_000, 10_000);
    const next = await claimOne(noon + 10_000);
    expect(await outbox.settle(zombie, { kind: "dead", reason: "late" }, noon + 11_000)).toBe(false);
    expect(await outbox.holds(next)).toBe(true);
    expect(await outbox.settle(next, sent, noon + 11_000)).toBe(true);
    expect(await outbox.settle(zombie, sent, noon + 12_000)).toBe(false);
  });

  test("can still be settled by that holder while nobody has: what was sent isn't sent again", async () => {
    await commitAlerts(anAlert());
    const slow = await claimOne();
    await outbox.releaseStuck("BTC", "console", noon + 10_000, 10_000);
    expect(await outbox.settle(slow, sent, noon + 11_000)).toBe(true);
    expect(await outbox.claim("BTC", "console", noon + 11_000, 1)).toEqual([]);
  });

  test("is given up after too many holders died of it", async () => {
    await commitAlerts(anAlert());
    for (let death = 0; death < maxUnknowns; death++) {
      await claimOne();
      await outbox.releaseStuck("BTC", "console", noon, 0);
    }
    expect(await outbox.claim("BTC", "console", noon, 1)).toEqual([]);
    expect(await outbox.countPending("BTC")).toBe(0);
  });
});

test("a row that expired while it waited is passed over", async () => {
  await commitAlerts(anAlert({ destinations: ["console", "console:2"] }));
  await redis.del(`${symbolKeys("BTC").delivery}a1|console`);
  const claimed = await outbox.claim("BTC", "console", noon, 10);
  expect(claimed.map((delivery) => delivery.destination)).toEqual(["console:2"]);
});
