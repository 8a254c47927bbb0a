import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { rememberedOf } from "../../../src/bots/telegram/remembered.ts";
import { shortHash } from "../../../src/ops/shortHash.ts";
import { createAlertLog } from "../../../src/store/ledger/alertLog.ts";
import { createBotMemory } from "../../../src/store/botMemory.ts";
import type { Destinations } from "../../../src/store/contracts/destinations.ts";
import {
  type Delivery,
  type DeliveryResult,
  noticesPlace,
  type Outbox,
} from "../../../src/store/contracts/outbox.ts";
import type { RuleAlert } from "../../../src/store/contracts/symbols.ts";
import { createDestinations } from "../../../src/store/destinations/destinations.ts";
import { createForgetting, type Forgetting } from "../../../src/store/destinations/forgetting.ts";
import { symbolKeys } from "../../../src/store/keys.ts";
import { createOutbox } from "../../../src/store/ledger/outbox.ts";
import type { RedisClient } from "../../../src/store/redis/script.ts";
import { createSymbols } from "../../../src/store/market/symbols.ts";
import { createTurns } from "../../../src/store/ledger/turns.ts";
import { subscribed } from "../../notifier/subscribed.ts";
import { textOf } from "../../support/keyText.ts";
import { startTestRedis, type TestRedis } from "../../support/redis.ts";
import { aCommit, anAlert, noon } from "../builders.ts";

const rule = "up-auto-50-2";
/** Nobody begins anything any more that was read before. */
const later = 30_000;

let server: TestRedis;
let redis: RedisClient;
let outbox: Outbox;
let destinations: Destinations;
let forgetting: Forgetting;
let time = noon;
const now = (): number => time;

beforeAll(async () => {
  server = await startTestRedis();
  redis = await server.connect();
  outbox = createOutbox(redis, { now });
  destinations = createDestinations(redis);
  forgetting = createForgetting(redis, { symbols: ["BTC", "ETH"], remembered: rememberedOf, now });
});
afterAll(async () => server.stop());
beforeEach(async () => {
  await redis.flushall();
  time = noon;
});

/** Keys that name a destination, by themselves or in what they hold. */
async function naming(destination: string): Promise<readonly string[]> {
  const keys = await redis.keys("*");
  const texts = await Promise.all(keys.map(async (key) => `${key}\n${await textOf(redis, key)}`));
  const isNaming = (text: string): boolean =>
    text.split(/[\s|{}"]/).includes(destination) || text.includes(shortHash(destination));
  return keys.filter((_, index) => isNaming(texts[index] ?? "")).toSorted();
}

async function commit(over: Parameters<typeof aCommit>[0]): Promise<void> {
  const symbols = createSymbols(redis, { now });
  const { version, slot } = await symbols.read("BTC");
  expect(await symbols.commit(aCommit({ basedOn: version, slot: slot + 1, ...over }))).toBe("committed");
}

const aPush = (over: Partial<RuleAlert> = {}): RuleAlert => ({
  alertId: "a1",
  kind: "push",
  episodeId: "a1",
  content: "fired",
  rule,
  ...over,
});

async function fire(...ruleAlerts: readonly RuleAlert[]): Promise<void> {
  await commit({ ruleAlerts: ruleAlerts.length > 0 ? ruleAlerts : [aPush()] });
}

async function claim(limit = 100, place = "BTC"): Promise<readonly Delivery[]> {
  return (await outbox.claim(place, "telegram", limit)).deliveries;
}

const sent = { kind: "sent", messageId: "m" } as const;
async function settle(deliveries: readonly Delivery[], result: DeliveryResult = sent): Promise<void> {
  const place = deliveries[0]?.place ?? "BTC";
  await outbox.settle(
    place,
    "telegram",
    deliveries.map((delivery) => ({ delivery, result })),
  );
}

/** As the bots do. */
async function forget(destination: string): Promise<void> {
  await forgetting.forget(destination, async () => destinations.forget(destination));
}

async function goOn(): Promise<number> {
  time += later;
  return forgetting.goOn();
}

async function subscribeAll(...names: readonly string[]): Promise<void> {
  for (const name of names) await subscribed({ destinations }, name);
}

async function statesOf(...names: readonly string[]): Promise<readonly (string | undefined)[]> {
  const log = createAlertLog(redis);
  const alerts = await log.alerts("BTC", { from: 0, to: Infinity, limit: 500 });
  return Promise.all(names.map(async (name) => (await log.deliveriesTo(name, alerts))[0]?.state));
}

describe("after a destination is forgotten nothing names it", () => {
  test("of what was sent and edited there, however many alerts and other destinations there were", async () => {
    const others = Array.from({ length: 200 }, (_, index) => `telegram:${100 + index}`);
    await subscribeAll("telegram:1", ...others.slice(0, 20));
    await fire();
    await settle(await claim());
    await subscribeAll(...others.slice(20));
    // by now the rule's alerts have more shards than the episode's messages
    await fire(aPush({ alertId: "a1-x1.5" }));
    while ((await outbox.expand("BTC")) || (await outbox.countPending("BTC")) > 0)
      await settle(await claim());
    await fire(aPush({ alertId: "a1-resolved", kind: "edit" }));
    while ((await outbox.expand("BTC")) || (await outbox.countPending("BTC")) > 0)
      await settle(await claim());
    expect(await naming("telegram:1")).not.toEqual([]);
    await forget("telegram:1");
    expect(await goOn()).toBe(1);
    expect(await naming("telegram:1")).toEqual([]);
    expect(await statesOf("telegram:1", "telegram:100", "telegram:299")).toEqual([undefined, "sent", "sent"]);
    expect(await outbox.countPending("BTC")).toBe(0);
  });

  test("of hundreds of alerts", async () => {
    const keys = symbolKeys("ETH");
    for (let nth = 0; nth < 700; nth += 1) {
      await redis.zadd(keys.alerts, nth, `a${nth}`);
      await redis.hset(`${keys.alert}a${nth}`, { i: `a${nth}`, e: "", c: "{}", at: nth, n: 1, r: "" });
      await redis.hset(`${keys.ledger}a${nth}:0`, {
        "telegram:1": "o|1|0|0|0|0|9",
        "telegram:2": "o|1|0|0|0|0|9",
      });
    }
    await forget("telegram:1");
    await goOn();
    expect(await naming("telegram:1")).toEqual([]);
    expect(await naming("telegram:2")).toHaveLength(700);
  });

  test("of what is being sent to it for the first time just then", async () => {
    await subscribeAll("telegram:1", "telegram:12", "telegram:3");
    await fire();
    const deliveries = await claim();
    await forget("telegram:1");
    await settle(deliveries);
    expect(await goOn()).toBe(1);
    expect(await naming("telegram:1")).toEqual([]);
    expect(await statesOf("telegram:12", "telegram:3")).toEqual(["sent", "sent"]);
  });

  test("of what takes longer, when it is over", async () => {
    await subscribeAll("telegram:1", "telegram:2");
    await fire();
    const deliveries = await claim();
    await forget("telegram:1");
    expect(await goOn()).toBe(0);
    await settle(deliveries);
    expect(await goOn()).toBe(1);
    expect(await naming("telegram:1")).toEqual([]);
    expect(await goOn()).toBe(0);
  });

  test("of what waits in a bundle: the others in it are told", async () => {
    await subscribeAll("telegram:1", "telegram:12", "telegram:3");
    await fire();
    await forget("telegram:1");
    expect(await outbox.countPending("BTC")).toBe(2);
    expect((await claim()).map(({ destination }) => destination).toSorted()).toEqual([
      "telegram:12",
      "telegram:3",
    ]);
    await goOn();
    expect(await naming("telegram:1")).toEqual([]);
  });

  test("of a bundle that is a row by itself without it", async () => {
    await subscribeAll("telegram:1", "telegram:2");
    await fire();
    await forget("telegram:1");
    expect(await outbox.countPending("BTC")).toBe(1);
    await settle(await claim());
    expect(await statesOf("telegram:1", "telegram:2")).toEqual([undefined, "sent"]);
    expect(await outbox.countPending("BTC")).toBe(0);
  });

  test("of what waits by itself, in its lane or for its time", async () => {
    const names = ["telegram:1", "telegram:-12", "telegram:2"];
    await outbox.insert("BTC", time, [anAlert({ destinations: names })]);
    const [group] = await claim(1);
    await settle(group === undefined ? [] : [group], {
      kind: "postponed",
      retryInMs: 60_000,
      reason: "busy",
    });
    await outbox.insert("BTC", noon, [{ alertId: "a2", content: "", destinations: names, delayMs: 9_000 }]);
    await forget("telegram:1");
    await forget("telegram:-12");
    expect(await outbox.countPending("BTC")).toBe(2);
    await goOn();
    expect(await naming("telegram:1")).toEqual([]);
    expect(await naming("telegram:-12")).toEqual([]);
    expect(await naming("telegram:2")).not.toEqual([]);
  });

  test("of a delivery whose process died, where nobody sweeps any more", async () => {
    await subscribeAll("telegram:1", "telegram:2");
    await fire();
    await claim();
    await forget("telegram:1");
    expect(await goOn()).toBe(0);
    time += 60_000;
    expect(await goOn()).toBe(0);
    expect(await goOn()).toBe(1);
    expect(await naming("telegram:1")).toEqual([]);
  });

  test("of what is held back, pushed and announced by somebody who knew it still", async () => {
    const turns = createTurns(redis);
    await subscribeAll("telegram:1");
    await turns.take(["telegram:1"], "somebody", 4_000);
    await forget("telegram:1");
    expect(await goOn()).toBe(0);
    await turns.holdBack("telegram:1", "a1", "{}");
    const alertId = `summary-late-${shortHash("telegram:1")}-1`;
    await outbox.insert(noticesPlace, time, [
      { alertId, content: "{}", destinations: ["telegram:1"], delayMs: 86_400_000 },
    ]);
    await turns.end([{ destination: "telegram:1", pushes: "{}" }], "somebody");
    expect(await goOn()).toBe(1);
    expect(await naming("telegram:1")).toEqual([]);
  });

  test("of what somebody writes a moment later, who had read of it before", async () => {
    await subscribeAll("telegram:1");
    await forget("telegram:1");
    time += later - 1;
    expect(await forgetting.goOn()).toBe(0);
    await createTurns(redis).holdBack("telegram:1", "a1", "{}");
    expect(await goOn()).toBe(1);
    expect(await naming("telegram:1")).toEqual([]);
  });

  test("of notices that were sent there, and of those to its owner about it", async () => {
    const about = `disabled-${shortHash("telegram:-1")}-2`;
    await outbox.insert(noticesPlace, noon, [
      { alertId: "feed-1", content: "{}", destinations: ["telegram:-1", "telegram:7"] },
      {
        alertId: about,
        content: JSON.stringify({ destination: "telegram:-1" }),
        destinations: ["telegram:7"],
      },
    ]);
    await settle(await claim(10, noticesPlace));
    await forget("telegram:-1");
    await goOn();
    expect(await naming("telegram:-1")).toEqual([]);
    expect(await naming("telegram:7")).toEqual([`${symbolKeys(noticesPlace).ledger}feed-1:0`]);
  });

  test("under the name it had before", async () => {
    await subscribeAll("telegram:-1", "telegram:2");
    await fire();
    await settle(await claim());
    await createTurns(redis, { now }).moved("telegram:-1", "telegram:-100");
    await destinations.move("telegram:-1", "telegram:-100");
    await forget("telegram:-100");
    expect(await goOn()).toBe(2);
    expect(await naming("telegram:-1")).toEqual([]);
    expect(await naming("telegram:-100")).toEqual([]);
    expect(await statesOf("telegram:2")).toEqual(["sent"]);
  });

  test("of what the bots remember of it, under each of its names, though a process died over it", async () => {
    const [topic, general] = ["telegram:-100/5", "telegram:-100"];
    const memory = createBotMemory(redis);
    await subscribeAll(topic);
    for (const name of [topic, general, "telegram:7"].flatMap(rememberedOf)) {
      await memory.remember(name, "1", 60_000);
      expect(await memory.isFirst(name, 60_000)).toBe(true);
    }
    await destinations.move(topic, general);
    const died = forgetting.forget(general, async () => {
      await destinations.forget(general);
      throw new Error("killed");
    });
    await expect(died).rejects.toThrow("killed");
    expect(await goOn()).toBe(2);
    const kept = await redis.keys("lopside:bots:*");
    expect(kept.filter((key) => key.includes("-100"))).toEqual([]);
    expect(kept).not.toEqual([]);
  });

  test("though the process died right after its settings were deleted", async () => {
    await subscribeAll("telegram:-1", "telegram:2");
    await fire();
    await settle(await claim());
    await createTurns(redis, { now }).moved("telegram:-1", "telegram:-100");
    await destinations.move("telegram:-1", "telegram:-100");
    const died = forgetting.forget("telegram:-100", async () => {
      await destinations.forget("telegram:-100");
      throw new Error("killed");
    });
    await expect(died).rejects.toThrow("killed");
    expect(await goOn()).toBe(2);
    expect(await naming("telegram:-1")).toEqual([]);
    expect(await naming("telegram:-100")).toEqual([]);
    expect(await statesOf("telegram:2")).toEqual(["sent"]);
  });

  test("though its settings were deleted only after somebody had gone through it", async () => {
    await subscribeAll("telegram:1", "telegram:2");
    await fire();
    await claim();
    await forgetting.forget("telegram:1", async () => {
      expect(await goOn()).toBe(1);
      return destinations.forget("telegram:1");
    });
    time += 60_000;
    await goOn();
    await goOn();
    expect(await naming("telegram:1")).toEqual([]);
  });

  test("in symbols that are polled no more", async () => {
    await forgetting.goOn();
    await subscribeAll("telegram:1");
    await fire();
    await settle(await claim());
    const today = createForgetting(redis, { symbols: ["ETH"], now });
    await today.forget("telegram:1", async () => destinations.forget("telegram:1"));
    time += later;
    await today.goOn();
    expect(await naming("telegram:1")).toEqual([]);
  });

  test("whatever letters its name is made of", async () => {
    const odd = "webhook:https://example.org/a?b=[c]*^\\";
    await outbox.insert("BTC", time, [anAlert({ destinations: [odd] })]);
    await forget(odd);
    await goOn();
    expect(await naming(odd)).toEqual([]);
    expect(await outbox.countPending("BTC")).toBe(0);
  });
});

test("it is answered whether there was anything", async () => {
  const ask = async (): Promise<boolean> =>
    forgetting.forget("telegram:1", async () => destinations.forget("telegram:1"));
  await subscribeAll("telegram:1");
  expect(await ask()).toBe(true);
  expect(await ask()).toBe(false);
});

describe("a destination that comes back", () => {
  test("keeps what came since", async () => {
    await subscribeAll("telegram:1");
    await fire();
    await settle(await claim());
    await forget("telegram:1");
    await subscribeAll("telegram:1");
    time += 1_000;
    await fire(aPush({ alertId: "b1", episodeId: "b1" }));
    await settle(await claim());
    expect(await goOn()).toBe(1);
    expect(await statesOf("telegram:1")).toEqual(["sent"]);
    expect(await naming("telegram:1")).not.toContain(`${symbolKeys("BTC").ledger}a1:0`);
  });

  test("keeps what came while it was being gone through", async () => {
    let isBack = false;
    const comeBack = async (): Promise<void> => {
      if (isBack) return;
      isBack = true;
      await subscribeAll("telegram:1");
      await fire(aPush({ alertId: "b1", episodeId: "b1" }));
      await fire(aPush({ alertId: "c1", episodeId: "c1" }));
      await settle(await claim(1));
    };
    const before = new Proxy(redis, {
      get: (target, name) => {
        const kept: unknown = Reflect.get(target, name);
        if (typeof kept !== "function") return kept;
        return name === "zscan"
          ? async (...asked: unknown[]) => comeBack().then((): unknown => Reflect.apply(kept, target, asked))
          : kept.bind(target);
      },
    });
    await subscribeAll("telegram:1");
    await fire();
    await forget("telegram:1");
    time += later;
    expect(await createForgetting(before, { symbols: ["BTC"], now }).goOn()).toBe(1);
    expect((await claim()).map(({ alert }) => alert.alertId)).toEqual(["c1"]);
    expect(await statesOf("telegram:1")).toEqual(["sending"]);
    expect(await naming("telegram:1")).toContain(`${symbolKeys("BTC").ledger}b1:0`);
  });
});

describe("whenever it happens", () => {
  const names = ["telegram:1", "telegram:12", "telegram:-100", "telegram:3", "telegram:4"];
  const results: readonly DeliveryResult[] = [
    sent,
    { kind: "postponed", retryInMs: 40_000, reason: "away" },
    { kind: "back", retryInMs: 0, reason: "busy" },
    { kind: "unknown", retryInMs: 1_000, reason: "lost" },
    { kind: "skipped", reason: "off" },
  ];
  /** What a script has done so far. */
  interface Told {
    readonly claimed: Delivery[];
    readonly forgotten: Set<string>;
    fired: number;
  }
  type Step = (told: Told) => Promise<void>;
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.constant<Step>(async (told) => {
      told.fired += 1;
      await fire(aPush({ alertId: `a${told.fired}`, episodeId: `a${told.fired}` }));
    }),
    fc.constant<Step>(async ({ fired }) => {
      if (fired > 0) await fire(aPush({ alertId: `a${fired}-u1`, episodeId: `a${fired}`, kind: "edit" }));
    }),
    fc.integer({ min: 1, max: 6 }).map((limit): Step => async ({ claimed }) => {
      claimed.push(...(await claim(limit)));
    }),
    fc.tuple(fc.integer({ min: 1, max: 4 }), fc.constantFrom(...results)).map(
      ([count, result]): Step =>
        async ({ claimed }) =>
          settle(claimed.splice(0, count), result),
    ),
    fc.constantFrom(...names.slice(0, 3)).map((name): Step => async ({ forgotten }) => {
      forgotten.add(name);
      await forget(name);
    }),
    fc.constantFrom(5, 13_000, 31_000).map((ms): Step => async () => {
      time += ms;
      await outbox.releaseStuck("BTC", "telegram", 12_500);
      await forgetting.goOn();
    }),
  );

  /** All that is left is delivered, by somebody who lives. */
  async function drain(): Promise<void> {
    for (let round = 0; round < 4; round += 1) {
      time += 60_000;
      await outbox.releaseStuck("BTC", "telegram", 12_500);
      await settle(await claim());
      await forgetting.goOn();
    }
  }

  test("nothing is left of who was forgotten, and nothing is taken from the others", async () => {
    const script = fc.array(step, { minLength: 5, maxLength: 25 });
    await fc.assert(
      fc.asyncProperty(script, async (steps) => {
        await redis.flushall();
        time = noon;
        await subscribeAll(...names);
        const told: Told = { claimed: [], forgotten: new Set(), fired: 0 };
        for (const one of steps) await one(told);
        await drain();
        expect(await outbox.countPending("BTC")).toBe(0);
        for (const name of told.forgotten) expect(await naming(name)).toEqual([]);
        const log = createAlertLog(redis);
        const alerts = await log.alerts("BTC", { from: 0, to: Infinity, limit: 500 });
        expect(alerts).toHaveLength(told.fired);
        for (const name of names.slice(3))
          expect((await log.deliveriesTo(name, alerts)).every((row) => row !== undefined)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});
