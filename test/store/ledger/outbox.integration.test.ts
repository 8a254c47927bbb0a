import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Delivery, DeliveryResult, Outbox } from "../../../src/store/contracts/outbox.ts";
import type { OutboxAlert } from "../../../src/store/contracts/symbols.ts";
import { registerKeys, symbolKeys } from "../../../src/store/keys.ts";
import { createDestinations } from "../../../src/store/destinations/destinations.ts";
import { createForgetting } from "../../../src/store/destinations/forgetting.ts";
import { createOutbox, maxFailures, maxUnknowns } from "../../../src/store/ledger/outbox.ts";
import type { RedisClient } from "../../../src/store/redis/script.ts";
import { createTurns } from "../../../src/store/ledger/turns.ts";
import { startTestRedis } from "../../support/redis.ts";
import type { TestRedis } from "../../support/redis.ts";
import { anAlert, noon } from "../builders.ts";
import { aRecord } from "../destinations/subscriptions.ts";

let server: TestRedis;
let redis: RedisClient;
let outbox: Outbox;
/** What stands for Redis' clock. */
let time = noon;
const now = (): number => time;

beforeAll(async () => {
  server = await startTestRedis({ config: ["--appendfsync", "always"] });
  await open();
});
afterAll(async () => server.stop());
beforeEach(async () => {
  await redis.flushall();
  time = noon;
});

async function open(): Promise<void> {
  redis = await server.connect();
  outbox = createOutbox(redis, { now });
}

async function insert(...alerts: readonly OutboxAlert[]): Promise<void> {
  await outbox.insert("BTC", noon, alerts);
}

async function claim(platform: string, limit = 10): Promise<readonly Delivery[]> {
  return (await outbox.claim("BTC", platform, limit)).deliveries;
}

async function claimOne(): Promise<Delivery> {
  const [delivery] = await claim("console", 1);
  if (delivery === undefined) throw new Error("nothing to claim");
  return delivery;
}

async function settle(delivery: Delivery, result: DeliveryResult): Promise<boolean | undefined> {
  return (await outbox.settle("BTC", "console", [{ delivery, result }]))[0];
}

/** What the ledger says of an alert that went to few. */
async function rowOf({ alert, destination }: Delivery): Promise<string | null> {
  return redis.hget(`${symbolKeys("BTC").ledger}${alert.alertId}:0`, destination);
}

const sent = { kind: "sent", messageId: "m1" } as const;

describe("an alert to listed destinations", () => {
  test("is due at once by Redis' own clock, whatever the clocks of processes say", async () => {
    const real = createOutbox(redis);
    await real.insert("BTC", noon + 3_600_000, [anAlert()]);
    const { deliveries } = await real.claim("BTC", "console", 1);
    expect(deliveries).toMatchObject([{ attempt: 1, alert: { createdAt: noon + 3_600_000 } }]);
  });

  test("is a delivery to each of its destinations, claimed platform by platform", async () => {
    await insert(anAlert({ destinations: ["console", "telegram:-100/7", "telegram:-42"] }));
    expect(await outbox.countPending("BTC")).toBe(3);
    time += 1_500;
    expect(await claim("telegram")).toEqual(
      ["telegram:-100/7", "telegram:-42"].map((destination) => ({
        place: "BTC",
        alert: {
          alertId: "a1",
          episodeId: "",
          kind: "push",
          content: anAlert().content,
          rule: "",
          createdAt: noon,
          ageMs: 1_500,
        },
        destination,
        attempt: 1,
        failures: 0,
        unknowns: 0,
        unknownMs: 0,
        ticket: `0\t${noon - 0.999}\t0\ta1`,
        version: "0",
      })),
    );
    expect(await claim("discord")).toEqual([]);
    expect((await outbox.claim("ETH", "console", 10)).deliveries).toEqual([]);
  });

  test("is committed once for ever", async () => {
    await insert(anAlert());
    await settle(await claimOne(), sent);
    await insert(anAlert());
    expect(await claim("console")).toEqual([]);
  });

  test("doesn't stay for ever, settled or not", async () => {
    await insert(anAlert());
    const { alert, ledger } = symbolKeys("BTC");
    expect(await redis.pttl(`${alert}a1`)).toBeGreaterThan(0);
    await settle(await claimOne(), sent);
    expect(await redis.pttl(`${ledger}a1:0`)).toBeGreaterThan(0);
  });

  test("goes to as many destinations as an operator may list", async () => {
    const destinations = Array.from({ length: 10_000 }, (_, index) => `telegram:-${index}`);
    await insert(anAlert({ destinations }));
    expect(await outbox.countPending("BTC")).toBe(10_000);
  });

  test("goes to groups and channels before it goes to people, oldest first among each", async () => {
    await insert(anAlert({ alertId: "old", destinations: ["telegram:1", "telegram:-100"] }));
    time += 1;
    await insert(anAlert({ alertId: "new", destinations: ["telegram:2", "telegram:@channel"] }));
    const order = (await claim("telegram")).map(({ destination }) => destination);
    expect(order).toEqual(["telegram:-100", "telegram:@channel", "telegram:1", "telegram:2"]);
  });
});

describe("a claim", () => {
  test("takes what no other has: two who claim at once never overlap", async () => {
    const destinations = Array.from({ length: 300 }, (_, index) => `telegram:${index}`);
    await insert(anAlert({ destinations }));
    const claimants = await Promise.all(
      Array.from({ length: 4 }, async () => createOutbox(await server.connect(), { now })),
    );
    const taken = await Promise.all(
      Array.from({ length: 40 }, async (_, turn) => claimants[turn % 4]?.claim("BTC", "telegram", 10)),
    );
    const names = taken.flatMap((claimed) => claimed?.deliveries.map(({ destination }) => destination) ?? []);
    expect(names).toHaveLength(300);
    expect(new Set(names).size).toBe(300);
  });

  test("is counted until it is settled", async () => {
    await insert(anAlert());
    const delivery = await claimOne();
    expect(await outbox.countPending("BTC")).toBe(1);
    expect(await settle(delivery, sent)).toBe(true);
    expect(await outbox.countPending("BTC")).toBe(0);
    expect(await rowOf(delivery)).toBe(`o|1|0|0|0|${noon}|m1`);
  });

  test("is there again after Redis was killed, as is what waits", async () => {
    await insert(anAlert({ destinations: ["console", "telegram:42"] }));
    const delivery = await claimOne();
    await server.kill();
    await server.start();
    await open();
    expect(await settle(delivery, sent)).toBe(true);
    expect(await claim("telegram")).toHaveLength(1);
  });

  test("says how long the next ones have waited, and when more will be due", async () => {
    await insert(anAlert(), anAlert({ alertId: "a2" }), anAlert({ alertId: "a3", delayMs: 7_000 }));
    const delivery = await claimOne();
    await settle(delivery, { kind: "postponed", retryInMs: 5_000, reason: "busy" });
    time += 1_000;
    const claimed = await outbox.claim("BTC", "console", 0);
    expect(claimed).toMatchObject({ ageMs: [1_000, undefined, undefined], laterInMs: 4_000 });
    time += 4_500;
    expect(await outbox.claim("BTC", "console", 0)).toMatchObject({ laterInMs: 1_500 });
  });
});

describe("settled as", () => {
  test("postponed, a delivery is due again at its time, and no repeat", async () => {
    await insert(anAlert());
    await settle(await claimOne(), { kind: "postponed", retryInMs: 5_000, reason: "busy" });
    time += 4_999;
    expect(await claim("console")).toEqual([]);
    time += 1;
    expect(await claimOne()).toMatchObject({ attempt: 2, failures: 1, unknowns: 0 });
  });

  test("unknown, it is due again as a possible repeat, for good", async () => {
    await insert(anAlert());
    await settle(await claimOne(), { kind: "unknown", retryInMs: 0, reason: "reset" });
    time += 30_000;
    const second = await claimOne();
    expect(second).toMatchObject({ attempt: 2, failures: 1, unknowns: 1, unknownMs: 30_000 });
    await settle(second, { kind: "postponed", retryInMs: 0, reason: "busy" });
    expect(await claimOne()).toMatchObject({ attempt: 3, unknowns: 1 });
  });

  test.each([
    [{ kind: "dead", reason: "chat not found" }, "d"],
    [{ kind: "skipped", reason: "muted" }, "k"],
    [{ kind: "held", reason: "quiet hours" }, "h"],
  ] as const)("%o, it is over, with the reason", async (result, state) => {
    await insert(anAlert());
    const delivery = await claimOne();
    await settle(delivery, result);
    time += 1e9;
    expect(await claim("console")).toEqual([]);
    expect(await rowOf(delivery)).toBe(`${state}|1|0|0|0|${noon}|${result.reason}`);
    expect(await outbox.countPending("BTC")).toBe(0);
  });

  test("given back, it counts as no failure, however often", async () => {
    await insert(anAlert());
    for (let turn = 0; turn <= maxFailures; turn++) {
      await settle(await claimOne(), { kind: "back", retryInMs: 0, reason: "not its turn" });
    }
    const tried = await claimOne();
    expect(tried).toMatchObject({ attempt: maxFailures + 2, failures: 0, unknowns: 0 });
    await settle(tried, { kind: "postponed", retryInMs: 0, reason: "busy" });
    expect(await claimOne()).toMatchObject({ failures: 1 });
  });

  test.each([
    { kind: "postponed", bound: maxFailures },
    { kind: "unknown", bound: maxUnknowns },
  ] as const)("$kind $bound times, it is given up", async ({ kind, bound }) => {
    await insert(anAlert());
    let delivery = await claimOne();
    for (let attempt = 1; attempt < bound; attempt++) {
      await settle(delivery, { kind, retryInMs: 0, reason: "no" });
      delivery = await claimOne();
    }
    await settle(delivery, { kind, retryInMs: 0, reason: "no" });
    expect(await outbox.countPending("BTC")).toBe(0);
    expect(await rowOf(delivery)).toMatch(new RegExp(`^d\\|.*given up after ${bound} attempts: no$`));
  });
});

test("what had to wait keeps its place in line before what is younger", async () => {
  await insert(anAlert({ alertId: "old" }));
  await settle(await claimOne(), { kind: "postponed", retryInMs: 5_000, reason: "busy" });
  time += 1_000;
  await insert(anAlert({ alertId: "young" }));
  time += 4_000;
  expect((await claim("console")).map(({ alert }) => alert.alertId)).toEqual(["old", "young"]);
});

describe("a claim whose holder isn't heard of", () => {
  test("is left alone while it is young", async () => {
    await insert(anAlert());
    const delivery = await claimOne();
    time += 9_999;
    expect(await outbox.releaseStuck("BTC", "console", 10_000)).toBe(0);
    expect(await settle(delivery, sent)).toBe(true);
  });

  test("waits again when it is old, as a possible repeat of when it was claimed", async () => {
    await insert(anAlert());
    await claimOne();
    time += 10_000;
    expect(await outbox.releaseStuck("BTC", "console", 10_000)).toBe(1);
    expect(await claimOne()).toMatchObject({ attempt: 2, failures: 1, unknowns: 1, unknownMs: 10_000 });
  });

  test("waits for its turn where there are very many: Redis isn't held up by them", async () => {
    const destinations = Array.from({ length: 200 }, (_, index) => `console:${index}`);
    await insert(anAlert({ destinations }));
    await claim("console", 192);
    await claim("console", 8);
    time += 10_000;
    const released = [1, 2, 3].map(async () => outbox.releaseStuck("BTC", "console", 10_000));
    expect(await Promise.all(released)).toEqual([192, 8, 0]);
  });

  test("can't be settled by that holder once another has taken it over: the fence", async () => {
    await insert(anAlert());
    const zombie = await claimOne();
    time += 10_000;
    await outbox.releaseStuck("BTC", "console", 10_000);
    const next = await claimOne();
    expect(await settle(zombie, { kind: "dead", reason: "late" })).toBe(false);
    expect(await settle(next, sent)).toBe(true);
    expect(await settle(zombie, sent)).toBe(false);
  });

  test("can still be settled by that holder while nobody has: what was sent isn't sent again", async () => {
    await insert(anAlert());
    const slow = await claimOne();
    time += 10_000;
    await outbox.releaseStuck("BTC", "console", 10_000);
    expect(await settle(slow, sent)).toBe(true);
    expect(await claim("console")).toEqual([]);
  });

  test("can still be settled as sent by that holder where another's attempt ended in doubt: no third is made", async () => {
    await insert(anAlert());
    const slow = await claimOne();
    time += 10_000;
    await outbox.releaseStuck("BTC", "console", 10_000);
    await settle(await claimOne(), { kind: "unknown", retryInMs: 1_000, reason: "no answer" });
    expect(await settle(slow, { kind: "dead", reason: "late" })).toBe(false);
    expect(await settle(slow, sent)).toBe(true);
    time += 1_000;
    expect(await claim("console")).toEqual([]);
    expect(await rowOf(slow)).toMatch(/^o\|2\|.*\|m1$/);
  });

  test.each(["is under way", "found it unwanted"])(
    "can still be settled as sent by that holder where another's attempt %s: its message is the one to edit",
    async (what) => {
      await insert(anAlert());
      const slow = await claimOne();
      time += 10_000;
      await outbox.releaseStuck("BTC", "console", 10_000);
      const again = await claimOne();
      const isOver = what === "found it unwanted";
      if (isOver) await settle(again, { kind: "skipped", reason: "cooling-down" });
      expect(await settle(slow, sent)).toBe(true);
      expect(await rowOf(slow)).toMatch(/^o\|2\|.*\|m1$/);
      expect(await settle(again, { kind: "skipped", reason: "cooling-down" })).toBe(false);
      expect(await redis.zcard(`${symbolKeys("BTC").claimed}console`)).toBe(0);
    },
  );

  test("leaves nothing behind where its destination is forgotten meanwhile", async () => {
    await insert(anAlert());
    const delivery = await claimOne();
    await createForgetting(redis, { symbols: ["BTC"], now }).forget(delivery.destination, async () => false);
    expect(await settle(delivery, sent)).toBe(false);
    expect(await settle(delivery, { kind: "postponed", retryInMs: 0, reason: "busy" })).toBe(false);
    expect(await rowOf(delivery)).toBeNull();
  });

  test("is given up after too many holders died of it", async () => {
    await insert(anAlert());
    for (let death = 0; death < maxUnknowns; death++) {
      await claimOne();
      await outbox.releaseStuck("BTC", "console", 0);
    }
    expect(await claim("console")).toEqual([]);
    expect(await outbox.countPending("BTC")).toBe(0);
  });
});

describe("a claim for a visitor", () => {
  const visitor = { holder: "one", turnMs: 4_000 };
  const taken = { kind: "taken", pushes: undefined, movedTo: undefined };

  test("takes the turns of those it is for and finds their records", async () => {
    const record = aRecord({ destination: "console:1" });
    await createDestinations(redis).change("console:1", () => ({ kind: "keep", record }));
    const turns = createTurns(redis, { now });
    await turns.end([{ destination: "console:2", pushes: "{2}" }], "nobody");
    await turns.moved("console:2", "console:20");
    await insert(anAlert({ destinations: ["console:1", "console:2"] }));
    const { found, deliveries } = await outbox.claim("BTC", "console", 10, visitor);
    expect(deliveries).toHaveLength(2);
    expect(Object.fromEntries(found ?? [])).toEqual({
      "console:1": { turn: taken, record },
      "console:2": { turn: { ...taken, pushes: "{2}", movedTo: "console:20" }, record: undefined },
    });
    expect(await turns.take(["console:1", "console:2"], "two", 4_000)).toEqual([
      { kind: "busy" },
      { kind: "busy" },
    ]);
    time += 4_000;
    expect(await turns.take(["console:1"], "two", 4_000)).toEqual([taken]);
  });

  test("finds everybody's own record, also where their neighbours' are the same or gone", async () => {
    const zones = ["UTC", "UTC", undefined, undefined, "UTC", "Asia/Tokyo", undefined, "UTC"];
    const destinations = zones.map((_, at) => `console:${at}`);
    const records = zones.map((zone, at) =>
      zone === undefined
        ? undefined
        : aRecord({ destination: `console:${at}`, settings: { kind: "direct", zone } }),
    );
    for (const record of records)
      if (record !== undefined)
        await createDestinations(redis).change(record.destination, () => ({ kind: "keep", record }));
    await insert(anAlert({ destinations }));
    const { found } = await outbox.claim("BTC", "console", 10, visitor);
    expect(destinations.map((destination) => found?.get(destination)?.record)).toEqual(records);
  });

  test("finds nothing of whom somebody else is with, nor twice of one", async () => {
    await createTurns(redis, { now }).take(["console:1"], "two", 4_000);
    await insert(
      anAlert({ destinations: ["console:1", "console:2"] }),
      anAlert({ alertId: "a2", destinations: ["console:2"] }),
    );
    const { found, deliveries } = await outbox.claim("BTC", "console", 10, visitor);
    expect(deliveries).toHaveLength(3);
    expect([...(found ?? [])]).toEqual([["console:2", { turn: taken, record: undefined }]]);
  });

  test("leaves to be asked for what can't be read, and finds the others", async () => {
    await redis.hset(registerKeys.documents, "console:1", '{"v":99}');
    await insert(anAlert({ destinations: ["console:1", "console:2"] }));
    const { found, deliveries } = await outbox.claim("BTC", "console", 10, visitor);
    expect(deliveries).toHaveLength(2);
    expect([...(found?.keys() ?? [])]).toEqual(["console:2"]);
  });

  test("doesn't find its own turn that has lapsed: what it pushed may not be there yet", async () => {
    const turns = createTurns(redis, { now });
    await turns.take(["console:1"], "one", 4_000);
    await turns.take(["console:2"], "two", 4_000);
    time += 4_000;
    await insert(anAlert({ destinations: ["console:1", "console:2"] }));
    const { found } = await outbox.claim("BTC", "console", 10, visitor);
    expect([...(found?.keys() ?? [])]).toEqual(["console:2"]);
    expect(await turns.take(["console:1"], "one", 4_000)).toEqual([taken]);
  });

  test("of nothing takes no turn", async () => {
    const { found, deliveries } = await outbox.claim("BTC", "console", 10, visitor);
    expect([deliveries, found]).toEqual([[], new Map()]);
    expect(await redis.keys("*")).toEqual([]);
  });
});

describe("outcomes", () => {
  const names = ["console:1", "console:2", "console:3", "console:4", "console:5"];
  const results: readonly DeliveryResult[] = [
    sent,
    { kind: "postponed", retryInMs: 1_000, reason: "HTTP 502" },
    { kind: "dead", reason: "gone" },
    sent,
    sent,
  ];
  const pushes = ["{1}", undefined, "{3}", "{3}", undefined];

  test("end the turns that are over with them, whatever became of them", async () => {
    await createTurns(redis, { now }).end([{ destination: "console:2", pushes: "{2}" }], "nobody");
    await insert(anAlert({ destinations: names }));
    const { deliveries } = await outbox.claim("BTC", "console", 10, { holder: "one", turnMs: 4_000 });
    const outcomes = deliveries.map((delivery, at) => {
      const end = { destination: delivery.destination, pushes: pushes[at] };
      return { delivery, result: results[at] ?? sent, ...(at !== 3 && { end }) };
    });
    expect(await outbox.settle("BTC", "console", outcomes, "one")).toEqual(names.map(() => true));
    const turns = await createTurns(redis, { now }).take(names, "two", 4_000);
    const taken = { kind: "taken", movedTo: undefined };
    expect(turns).toEqual([
      { ...taken, pushes: "{1}" },
      { ...taken, pushes: "{2}" },
      { ...taken, pushes: "{3}" },
      { kind: "busy" },
      { ...taken, pushes: undefined },
    ]);
  });

  test("end no turn that has become another's, nor one twice", async () => {
    await insert(anAlert({ destinations: ["console:1"] }));
    const { deliveries } = await outbox.claim("BTC", "console", 10, { holder: "one", turnMs: 4_000 });
    time += 4_000;
    const turns = createTurns(redis, { now });
    await turns.take(["console:1"], "two", 4_000);
    const outcomes = deliveries.map((delivery) => ({
      delivery,
      result: sent,
      end: { destination: delivery.destination },
    }));
    expect(await outbox.settle("BTC", "console", outcomes, "one")).toEqual([true]);
    expect(await turns.take(["console:1"], "three", 4_000)).toEqual([{ kind: "busy" }]);
    expect(await outbox.settle("BTC", "console", outcomes, "one")).toEqual([false]);
    expect(await turns.take(["console:1"], "three", 4_000)).toEqual([{ kind: "busy" }]);
  });
});

test("an alert that expired while its rows waited is passed over", async () => {
  await insert(anAlert(), anAlert({ alertId: "a2", destinations: ["console:2"] }));
  await redis.del(`${symbolKeys("BTC").alert}a1`);
  expect((await claim("console")).map(({ destination }) => destination)).toEqual(["console:2"]);
});

test("a notice is kept and claimed like any alert, and once for ever", async () => {
  const notice = anAlert({ alertId: "n1", destinations: ["telegram:7"] });
  await outbox.insert("notices", noon, [notice]);
  await outbox.insert("notices", noon, [notice]);
  const { deliveries } = await outbox.claim("notices", "telegram", 10);
  expect(deliveries).toMatchObject([
    { place: "notices", destination: "telegram:7", ticket: expect.stringMatching(/^1\t/) },
  ]);
});
