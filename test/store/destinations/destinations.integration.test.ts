import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ruleKey } from "../../../src/alerts/rules.ts";
import type { DestinationRecord } from "../../../src/alerts/subscription.ts";
import type { Destinations, Rules } from "../../../src/store/contracts/destinations.ts";
import { formatDocument } from "../../../src/store/destinations/destinationDocument.ts";
import { createDestinations } from "../../../src/store/destinations/destinations.ts";
import { destinationKeys, registerKeys, symbolKeys } from "../../../src/store/keys.ts";
import { createRules } from "../../../src/store/destinations/rulePages.ts";
import { formatNote } from "../../../src/store/destinations/traces.ts";
import type { RedisClient } from "../../../src/store/redis/script.ts";
import { pushesTtlMs } from "../../../src/store/ledger/pushed.ts";
import { createTurns } from "../../../src/store/ledger/turns.ts";
import { startTestRedis, type TestRedis } from "../../support/redis.ts";
import { pageContents } from "./pageContents.ts";
import { aRecord, aSubscription } from "./subscriptions.ts";

let server: TestRedis;
let redis: RedisClient;
let destinations: Destinations;
let rules: Rules;

beforeAll(async () => {
  server = await startTestRedis();
  redis = await server.connect();
  destinations = createDestinations(redis);
  rules = createRules(redis);
});
afterAll(async () => server.stop());
beforeEach(async () => {
  await redis.flushall();
});

const full: DestinationRecord = {
  version: 1,
  destination: "discord:42",
  settings: {
    kind: "channel",
    language: "es",
    zone: "Europe/Madrid",
    quietHours: { from: 1_380, to: 420 },
    mutedUntil: 1_795_348_800_000,
    loudPerDay: 3,
    feedNotices: true,
    owner: "discord:7",
    guild: "9",
    style: "embed",
    crosspost: true,
  },
  subscriptions: [
    aSubscription(),
    aSubscription({
      id: 3,
      symbol: "ETH",
      ratio: 2.55,
      direction: "down",
      notionalUsd: 1_100_000_000,
      confidence: 90,
      cooldownMs: 60_000,
      mode: "silent",
      fromConfig: true,
    }),
    aSubscription({ id: 4, symbol: "SOL", mode: "off" }),
  ],
  nextId: 5,
  disabled: { reason: "kicked", at: 1_795_348_800_001, ownerTold: true },
};

async function keep(record: DestinationRecord): Promise<void> {
  await destinations.change(record.destination, () => ({ kind: "keep", record }));
}

describe("a destination", () => {
  test("is unknown until somebody changes it", async () => {
    expect(await destinations.get("console")).toBeUndefined();
    expect(await destinations.getMany([])).toEqual([]);
    expect(await destinations.list(undefined, 10)).toEqual({ destinations: [], next: undefined });
    expect(await destinations.forget("console")).toBe(false);
    expect(await destinations.disable("console", "gone", 1)).toBe(false);
  });

  test.each([full, aRecord(), aRecord({ subscriptions: [], settings: { kind: "console" } })])(
    "is read back as it was kept",
    async (record) => {
      await keep(record);
      expect(await destinations.get(record.destination)).toStrictEqual(record);
      expect(await destinations.getMany(["telegram:none", record.destination])).toStrictEqual([
        undefined,
        record,
      ]);
    },
  );

  test("keeps a usual subscription in a dozen bytes", async () => {
    await keep(aRecord());
    expect(await redis.hget(registerKeys.documents, "telegram:1")).toBe(
      '{"v":1,"k":"direct","n":2,"s":[[1,"BTC",2]]}',
    );
  });

  test("of a newer version is refused", async () => {
    await redis.hset(registerKeys.documents, "telegram:1", '{"v":2}');
    await expect(destinations.get("telegram:1")).rejects.toThrow("version 2");
  });

  test.each(["[]", '{"v":1,"k":"direct","n":1,"s":[[1,"BTC"]]}', '{"v":1,"k":"friend","n":1,"s":[]}'])(
    "that none of us wrote is refused: %s",
    async (text) => {
      await redis.hset(registerKeys.documents, "telegram:1", text);
      await expect(destinations.get("telegram:1")).rejects.toThrow(/shape|version/);
    },
  );

  test("whose change was left halfway is completed though another one's can't be read", async () => {
    const halfway = ["telegram:1", "telegram:2", "telegram:3"];
    const trace = { rules: {}, guilds: ["9"], registered: true, configured: false };
    for (const destination of halfway) {
      await redis.hset(registerKeys.documents, destination, formatDocument(aRecord({ destination })));
      await redis.hset(registerKeys.unfinished, `id|${destination}`, formatNote({ at: 0, trace }));
    }
    await redis.hset(registerKeys.documents, "telegram:1", "[");
    await redis.hset(registerKeys.unfinished, "id|telegram:2", "{");
    await expect(destinations.repair(Date.now())).rejects.toThrow("2 changes");
    expect((await destinations.list(undefined, 9)).destinations).toEqual(["telegram:3"]);
    expect((await redis.hkeys(registerKeys.unfinished)).toSorted()).toEqual([
      "id|telegram:1",
      "id|telegram:2",
    ]);
  });

  test("that is no JSON is refused without a word of it: ids of people are in it", async () => {
    await redis.hset(registerKeys.documents, "telegram:1", '{"v":1,"o":"telegram:777"x}');
    const refused = await destinations.get("telegram:1").catch((error: unknown) => String(error));
    expect(refused).toMatch(/expected shape/);
    expect(refused).not.toContain("777");
  });

  test("stays as it was when an edit is refused", async () => {
    await keep(aRecord());
    const refused = { kind: "refuse", reason: "refused-threshold", arguments: { least: "1.1" } } as const;
    expect(await destinations.change("telegram:1", () => refused)).toEqual({ ...refused, kind: "refused" });
    expect(await destinations.get("telegram:1")).toEqual(aRecord());
  });

  test("loses no edit of two hundred at once", async () => {
    await keep(aRecord({ nextId: 0 }));
    const more = async (): Promise<unknown> =>
      destinations.change("telegram:1", (record) => {
        const kept = record ?? aRecord();
        return { kind: "keep", record: { ...kept, nextId: kept.nextId + 1 } };
      });
    for (let round = 0; round < 10; round++) await Promise.all(Array.from({ length: 20 }, more));
    expect((await destinations.get("telegram:1"))?.nextId).toBe(200);
  });

  test("is disabled by one only, keeps its settings, and comes back", async () => {
    await keep(aRecord());
    const disable = async (): Promise<boolean> => destinations.disable("telegram:1", "blocked", 5);
    expect((await Promise.all([disable(), disable(), disable()])).filter(Boolean)).toHaveLength(1);
    const disabled = { reason: "blocked", at: 5, ownerTold: false };
    expect(await destinations.get("telegram:1")).toEqual(aRecord({ disabled }));
    expect(await pageContents(redis, "BTC")).toEqual([]);
    await destinations.enable("telegram:1");
    expect(await destinations.get("telegram:1")).toEqual(aRecord());
    expect(await pageContents(redis, "BTC")).toHaveLength(2);
  });

  test("is forgotten with all that was noted of its pushes", async () => {
    await keep(aRecord({ settings: { kind: "group", owner: "telegram:7", guild: "9" } }));
    const { held } = destinationKeys("telegram:1");
    for (const now of [Date.now(), Date.now() - pushesTtlMs])
      await createTurns(redis, { now: () => now }).end(
        [{ destination: "telegram:1", pushes: "some" }],
        "one",
      );
    await redis.hset(held, "a1", "something");
    expect(await destinations.forget("telegram:1")).toBe(true);
    expect((await redis.keys("*")).toSorted()).toEqual([
      "lopside:{BTC}:rules",
      "lopside:{destinations}:lists",
    ]);
    expect(await destinations.ofGuild("9")).toEqual([]);
  });
});

/** A connection whose writes to pages wait: a process that is slow after it has written a document. */
function slowPages(until: Promise<void>): RedisClient {
  return new Proxy(redis, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      // as the connection's own: it knows nobody who stands before it
      if (name !== "lopsidePlaceBuffer")
        return (...args: unknown[]): unknown => Reflect.apply(member, target, args);
      return async (...args: unknown[]) => {
        await until;
        return Reflect.apply(member, target, args) as unknown;
      };
    },
  });
}

describe("of two who change a destination at once", () => {
  test("the later one's wish stays, also where the earlier one is slow", async () => {
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const slow = createDestinations(slowPages(gate));
    const earlier = slow.change("telegram:1", () => ({ kind: "keep", record: aRecord() }));
    await expect.poll(async () => destinations.get("telegram:1")).toBeDefined();
    await destinations.forget("telegram:1");
    open();
    await earlier;
    expect(await pageContents(redis, "BTC")).toEqual([]);
    expect(await destinations.list(undefined, 9)).toEqual({ destinations: [], next: undefined });
  });
});

describe("a destination that moves", () => {
  test("takes its subscriptions, their ids, its floor and what is held back along", async () => {
    await keep(aRecord());
    await redis.hset(destinationKeys("telegram:1").held, "a1", "entry");
    const turns = createTurns(redis);
    await turns.end([{ destination: "telegram:1", pushes: "recent" }], "one");
    await destinations.move("telegram:1", "telegram:-100");
    expect(await destinations.get("telegram:1")).toBeUndefined();
    expect(await destinations.get("telegram:-100")).toEqual(aRecord({ destination: "telegram:-100" }));
    expect(await turns.take(["telegram:1", "telegram:-100"], "one", 1_000)).toMatchObject([
      { pushes: "recent" },
      { pushes: "recent" },
    ]);
    await keep(aRecord({ destination: "telegram:2" }));
    await turns.end([{ destination: "telegram:2", pushes: "older" }], "one");
    await destinations.move("telegram:2", "telegram:-100");
    await turns.end([{ destination: "telegram:-100" }], "one");
    expect(await turns.take(["telegram:-100"], "one", 1_000)).toMatchObject([{ pushes: "recent" }]);
    expect(await redis.hgetall(destinationKeys("telegram:-100").held)).toEqual({ a1: "entry" });
  });

  test("brings what is held back to what is held back there", async () => {
    await keep(aRecord());
    await keep(aRecord({ destination: "telegram:-100" }));
    await redis.hset(destinationKeys("telegram:1").held, "a1", "entry", "a2", "older");
    await redis.hset(destinationKeys("telegram:-100").held, "a2", "newer");
    await destinations.move("telegram:1", "telegram:-100");
    const { held } = destinationKeys("telegram:-100");
    expect(await redis.hgetall(held)).toEqual({ a1: "entry", a2: "newer" });
    expect(await redis.exists(destinationKeys("telegram:1").held)).toBe(0);
  });

  test("joins what is kept there already, each wish once", async () => {
    await keep(
      aRecord({ subscriptions: [aSubscription(), aSubscription({ id: 2, symbol: "ETH" })], nextId: 3 }),
    );
    const there = aRecord({ destination: "telegram:-100", settings: { kind: "group", language: "es" } });
    await keep(there);
    await destinations.move("telegram:1", "telegram:-100");
    const moved = await destinations.get("telegram:-100");
    expect(moved).toEqual({
      ...there,
      subscriptions: [aSubscription(), aSubscription({ id: 2, symbol: "ETH" })],
      nextId: 3,
    });
  });

  test("to where it is, or from nowhere, stays", async () => {
    await keep(aRecord());
    await destinations.move("telegram:1", "telegram:1");
    await destinations.move("telegram:9", "telegram:1");
    expect(await destinations.get("telegram:1")).toEqual(aRecord());
  });
});

describe("the rules in use", () => {
  const key = ruleKey({ direction: "up", notionalUsd: "auto", confidence: 50, ratio: 2 });

  test("have another version when one comes or goes, and not for one more subscriber", async () => {
    const none = await rules.inUse("BTC");
    expect(none).toEqual({ version: "", members: new Map() });
    await keep(aRecord());
    const one = await rules.inUse("BTC", none);
    expect([...one.members]).toEqual([
      [key, 1],
      [key.replace("up", "down"), 1],
    ]);
    await keep(aRecord({ destination: "telegram:2" }));
    expect(await rules.inUse("BTC", one)).toBe(one);
    await destinations.forget("telegram:1");
    expect(await rules.inUse("BTC", one)).toBe(one);
    await destinations.forget("telegram:2");
    const gone = await rules.inUse("BTC", one);
    expect(gone.version).not.toBe(one.version);
    expect(gone.members.size).toBe(0);
  });

  test("say of a member whether it is a broadcast, and whether it has several rules that can cross together", async () => {
    const up = aSubscription({ direction: "up" });
    await keep(aRecord({ destination: "telegram:a", subscriptions: [up] }));
    await keep(aRecord({ destination: "telegram:b", settings: { kind: "group" }, subscriptions: [up] }));
    await keep(aRecord({ destination: "telegram:c", subscriptions: [up, { ...up, id: 2, ratio: 3 }] }));
    await keep(
      aRecord({
        destination: "telegram:d",
        subscriptions: [up, { ...up, id: 2, direction: "down", ratio: 3 }],
      }),
    );
    const members = (await pageContents(redis, "BTC")).filter((entry) => entry.startsWith(key));
    expect(members).toEqual([
      `${key} telegram:a 0`,
      `${key} telegram:b 1`,
      `${key} telegram:c 2`,
      `${key} telegram:d 0`,
    ]);
  });

  test("lie in pages of at most 128 in the compact encoding, however many subscribe", async () => {
    const names = Array.from({ length: 3_000 }, (_, index) => `telegram:${1_000_000 + index * 37}`);
    for (let at = 0; at < names.length; at += 250) {
      const some = names.slice(at, at + 250);
      await Promise.all(some.map(async (destination) => keep(aRecord({ destination }))));
      const pages = await redis.keys(`${symbolKeys("BTC").rulePage}${key}:*`);
      const lengths = await Promise.all(pages.map(async (page) => redis.hlen(page)));
      expect(Math.max(...lengths)).toBeLessThanOrEqual(128);
      expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(at + 250);
    }
    const [page = ""] = await redis.keys(`${symbolKeys("BTC").rulePage}${key}:*`);
    expect(await redis.object("ENCODING", page)).toBe("listpack");
    expect((await destinations.list(undefined, 100)).destinations.length).toBeGreaterThanOrEqual(100);
    for (let at = 0; at < names.length; at += 250) {
      await Promise.all(names.slice(at, at + 250).map(async (name) => destinations.forget(name)));
    }
    expect(await redis.keys(`${symbolKeys("BTC").rulePage}*`)).toEqual([]);
  });
});
