import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createBotMemory } from "../../src/store/botMemory.ts";
import { createLease } from "../../src/store/lease.ts";
import { readSigningKey } from "../../src/store/signingKey.ts";
import { startTestRedis, type TestRedis } from "../support/redis.ts";

let redis: TestRedis;
beforeAll(async () => {
  redis = await startTestRedis();
});
afterAll(async () => redis.stop());

describe("a lease", () => {
  const minute = 60_000;

  test("has one holder, who may keep it with the same fence", async () => {
    const lease = createLease(await redis.connect(), "one");
    expect(await lease.hold("a", minute)).toEqual({ kind: "held", fence: 1 });
    expect(await lease.hold("a", minute)).toEqual({ kind: "held", fence: 1 });
    const refused = await lease.hold("b", minute);
    expect(refused.kind).toBe("taken");
    expect(refused.kind === "taken" && refused.remainingMs).toBeGreaterThan(minute / 2);
  });

  test("goes to the next one at once when it is let go, with a larger fence", async () => {
    const lease = createLease(await redis.connect(), "two");
    await lease.hold("a", minute);
    await lease.release("b");
    expect((await lease.hold("b", minute)).kind).toBe("taken");
    await lease.release("a");
    expect(await lease.hold("b", minute)).toEqual({ kind: "held", fence: 2 });
    expect((await lease.hold("a", minute)).kind).toBe("taken");
  });

  test("runs out by Redis' clock; who comes back late has a larger fence too", async () => {
    const lease = createLease(await redis.connect(), "three");
    await lease.hold("a", 1);
    let answer = await lease.hold("b", minute);
    while (answer.kind === "taken") answer = await lease.hold("b", minute);
    expect(answer.fence).toBe(2);
    await lease.release("b");
    expect(await lease.hold("b", minute)).toEqual({ kind: "held", fence: 3 });
  });

  test("of twenty who ask at once one gets it", async () => {
    const clients = await Promise.all(Array.from({ length: 4 }, async () => redis.connect()));
    const asked = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const client = clients[index % clients.length];
        return client === undefined ? undefined : createLease(client, "four").hold(`holder-${index}`, minute);
      }),
    );
    expect(asked.filter((answer) => answer?.kind === "held")).toHaveLength(1);
  });
});

describe("the key of the buttons", () => {
  test("is made once, and the same for all", async () => {
    const clients = await Promise.all([redis.connect(), redis.connect()]);
    const keys = await Promise.all(clients.map(async (client) => readSigningKey(client)));
    expect(keys[0]).toHaveLength(32);
    expect(keys[1]).toEqual(keys[0]);
  });
});

describe("what bots remember together", () => {
  test("counts end by themselves, and firsts are first once", async () => {
    const client = await redis.connect();
    const memory = createBotMemory(client);
    expect([await memory.hit("x", 60_000), await memory.hit("x", 60_000)]).toEqual([1, 2]);
    expect(await client.pttl("lopside:bots:hits:{x}")).toBeGreaterThan(0);
    expect([await memory.isFirst("x", 60_000), await memory.isFirst("x", 60_000)]).toEqual([true, false]);
    expect(await memory.recall("x")).toBeUndefined();
    await memory.remember("x", "value", 60_000);
    expect(await memory.recall("x")).toBe("value");
    await memory.drop("x");
    expect(await memory.recall("x")).toBeUndefined();
  });
});
