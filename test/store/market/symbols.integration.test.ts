import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { RuleAlert, Symbols } from "../../../src/store/contracts/symbols.ts";
import { createPlace } from "../../../src/store/destinations/rulePages.ts";
import { symbolKeys } from "../../../src/store/keys.ts";
import { createOutbox } from "../../../src/store/ledger/outbox.ts";
import type { RedisClient } from "../../../src/store/redis/script.ts";
import { createSymbols } from "../../../src/store/market/symbols.ts";
import { startTestRedis } from "../../support/redis.ts";
import type { TestRedis } from "../../support/redis.ts";
import { aCommit, aMap, anImbalance, noon } from "../builders.ts";

let server: TestRedis;
let redis: RedisClient;
let symbols: Symbols;

beforeAll(async () => {
  server = await startTestRedis();
  redis = await server.connect();
  symbols = createSymbols(redis);
});
afterAll(async () => server.stop());
beforeEach(async () => {
  await redis.flushall();
});

/** Every byte there is: text conversions anywhere on the way would break it. */
const everyByte = Uint8Array.from({ length: 512 }, (_, index) => index % 256);

const rule = "up-auto-50-2";
const push: RuleAlert = { alertId: "a1", kind: "push", episodeId: "a1", content: "{}", rule };

async function subscribe(destination: string): Promise<void> {
  await createPlace(redis)("BTC", destination, new Map([[rule, "1"]]));
}

async function historyTimes(from: number, to: number): Promise<readonly number[]> {
  return (await symbols.history("BTC", from, to)).map((point) => point.time);
}

describe("a symbol", () => {
  test("begins at version 0 with nothing", async () => {
    expect(await symbols.read("BTC")).toEqual({ version: 0, slot: -1, series: new Map(), memory: undefined });
    expect(await symbols.imbalance("BTC")).toBeUndefined();
    expect(await symbols.map("BTC")).toBeUndefined();
    expect(await symbols.history("BTC", 0, noon)).toEqual([]);
  });

  test("reads back what was committed, binary to the last byte", async () => {
    const commit = aCommit({ slot: 7, series: new Map([["bybit", everyByte]]), memory: "{}" });
    expect(await symbols.commit(commit)).toBe("committed");
    const state = await symbols.read("BTC");
    expect(state).toMatchObject({ version: 1, slot: 7, memory: "{}" });
    expect(Buffer.compare(state.series.get("bybit") ?? Buffer.alloc(0), everyByte)).toBe(0);
    expect(await symbols.imbalance("BTC")).toEqual(anImbalance());
    expect(await symbols.map("BTC")).toEqual(aMap());
  });

  test("keeps what was learned until something else was, binary to the last byte", async () => {
    const learned = async () => (await symbols.read("BTC")).calibration;
    await symbols.commit(aCommit({ slot: 1 }));
    expect(await learned()).toBeUndefined();
    await symbols.commit(aCommit({ slot: 2, basedOn: 1, calibration: everyByte }));
    await symbols.commit(aCommit({ slot: 3, basedOn: 2 }));
    expect(Buffer.compare((await learned()) ?? Buffer.alloc(0), everyByte)).toBe(0);
    const known = { since: noon, skill: 0.04 };
    await symbols.commit(aCommit({ slot: 4, basedOn: 3, imbalance: anImbalance({ learned: known }) }));
    expect((await symbols.imbalance("BTC"))?.learned).toEqual(known);
  });

  test("reads back where a move would feed itself, and believes no other shape of it", async () => {
    const side = { distanceRatio: null, interval: { low: 0.01, high: 0.02 }, likelihood: 0.95 };
    const cascade = { down: side, up: { ...side, distanceRatio: 0.012 }, bookCoverage: 0.6 };
    await symbols.commit(aCommit({ slot: 1, imbalance: anImbalance({ cascade }) }));
    expect((await symbols.imbalance("BTC"))?.cascade).toEqual(cascade);
    const stored = JSON.stringify({ ...anImbalance(), cascade: { ...cascade, up: 0.012 } });
    await redis.hset(symbolKeys("BTC").state, "imbalance", stored);
    await expect(symbols.imbalance("BTC")).rejects.toThrow("not of the expected shape");
  });

  test("reads back that no venue has given a price yet", async () => {
    const imbalance = anImbalance({ markPrice: null, regime: "stale" });
    const map = aMap({ markPrice: null, long: [], short: [] });
    await symbols.commit(aCommit({ imbalance, map }));
    expect(await symbols.imbalance("BTC")).toEqual(imbalance);
    expect(await symbols.map("BTC")).toEqual(map);
    expect(await symbols.history("BTC", noon, noon)).toMatchObject([{ time: noon }]);
  });

  test("keeps the series a later commit doesn't name", async () => {
    await symbols.commit(aCommit({ series: new Map([["bybit", everyByte]]) }));
    await symbols.commit(aCommit({ slot: 2, basedOn: 1, series: new Map([["okx", everyByte]]) }));
    expect([...(await symbols.read("BTC")).series.keys()].toSorted()).toEqual(["bybit", "okx"]);
  });

  test("forgets a dropped venue's series and cursor, so that its history is read again", async () => {
    const both = new Map([
      ["bybit", everyByte],
      ["okx", everyByte],
    ]);
    await symbols.commit(aCommit({ series: both, cursors: new Map([["okx", noon]]) }));
    await symbols.commit(aCommit({ slot: 2, basedOn: 1, dropped: ["okx"] }));
    expect([...(await symbols.read("BTC")).series.keys()]).toEqual(["bybit"]);
    expect(await redis.hget(symbolKeys("BTC").cursors, "okx")).toBeNull();
  });

  test("that nobody recomputes is forgotten some day: every key of it expires", async () => {
    await symbols.commit(
      aCommit({ series: new Map([["bybit", everyByte]]), cursors: new Map([["bybit", noon]]) }),
    );
    const keys = await redis.keys("*");
    const lifetimes = await Promise.all(keys.map(async (key) => redis.pttl(key)));
    expect(keys.length).toBeGreaterThan(4);
    expect(lifetimes.filter((ms) => ms <= 0)).toEqual([]);
  });

  test("that is recomputed is not forgotten: every key's time begins anew once an hour", async () => {
    let time = noon;
    const timed = createSymbols(redis, { now: () => time });
    const series = new Map([["bybit", everyByte]]);
    await timed.commit(aCommit({ series, cursors: new Map([["bybit", noon]]) }));
    const keys = await redis.keys("*");
    const shorten = async (): Promise<void> => {
      await Promise.all(keys.map(async (key) => redis.pexpire(key, 60_000)));
    };
    const shortLived = async (): Promise<number> => {
      const lifetimes = await Promise.all(keys.map(async (key) => redis.pttl(key)));
      return lifetimes.filter((ms) => ms <= 60_000).length;
    };
    await shorten();
    time += 3_600_000;
    await timed.commit(aCommit({ slot: 2, basedOn: 1 }));
    expect(await shortLived()).toBe(0);
    await shorten();
    time -= 3_600_000;
    await timed.commit(aCommit({ slot: 3, basedOn: 2 }));
    expect(await shortLived()).toBe(0);
  });

  test("is forgotten some day also where its first series or cursor came later than the rest", async () => {
    const timed = createSymbols(redis, { now: () => noon });
    await timed.commit(aCommit());
    await timed.commit(aCommit({ slot: 2, basedOn: 1, series: new Map([["bybit", everyByte]]) }));
    await timed.commit(aCommit({ slot: 3, basedOn: 2, cursors: new Map([["bybit", noon]]) }));
    const { series, cursors } = symbolKeys("BTC");
    for (const key of [series, cursors]) expect(await redis.pttl(key)).toBeGreaterThan(0);
  });

  test("is forgotten some day also where a day of its history begins within an hour", async () => {
    const timed = createSymbols(redis, { now: () => noon });
    await timed.commit(aCommit());
    const tomorrow = anImbalance({ time: noon + 86_400_000 });
    await timed.commit(aCommit({ slot: 2, basedOn: 1, imbalance: tomorrow }));
    const days = await redis.keys(`${symbolKeys("BTC").history}*`);
    const lifetimes = await Promise.all(days.map(async (key) => redis.pttl(key)));
    expect(lifetimes).toHaveLength(2);
    expect(lifetimes.filter((ms) => ms <= 0)).toEqual([]);
  });
});

describe("a commit", () => {
  test("of a slot that is done changes nothing", async () => {
    await symbols.commit(aCommit({ slot: 7 }));
    expect(await symbols.commit(aCommit({ slot: 7, basedOn: 1, memory: "other" }))).toBe("slot-done");
    expect(await symbols.commit(aCommit({ slot: 6, basedOn: 1, memory: "other" }))).toBe("slot-done");
    expect(await symbols.read("BTC")).toMatchObject({ version: 1, slot: 7, memory: aCommit().memory });
  });

  test("goes on at lower slot numbers when POLL_INTERVAL was changed from 1 s to 60 s", async () => {
    await symbols.commit(aCommit({ slot: noon / 1_000 }));
    expect(await symbols.commit(aCommit({ slot: noon / 60_000, basedOn: 1 }))).toBe("committed");
  });

  test("goes on when the clock was ahead and was put right: a slot guards for five minutes only", async () => {
    await symbols.commit(aCommit({ slot: 100 }));
    const sixMinutesAgo = Date.now() - 6 * 60_000;
    await redis.hset(symbolKeys("BTC").state, "committedAt", sixMinutesAgo);
    expect(await symbols.commit(aCommit({ slot: 40, basedOn: 1 }))).toBe("committed");
  });

  test("that read an older version is refused whole: state, map, history and outbox", async () => {
    await subscribe("console");
    await symbols.commit(aCommit());
    const stale = aCommit({
      slot: 2,
      basedOn: 0,
      memory: "stale",
      series: new Map([["okx", everyByte]]),
      cursors: new Map([["okx", 1]]),
      imbalance: anImbalance({ time: noon + 120_000 }),
      map: aMap({ markPrice: 1 }),
      ruleAlerts: [push],
    });
    expect(await symbols.commit(stale)).toBe("conflict");
    expect(await symbols.read("BTC")).toMatchObject({
      version: 1,
      memory: aCommit().memory,
      series: new Map(),
    });
    expect(await symbols.map("BTC")).toEqual(aMap());
    expect(await symbols.history("BTC", 0, noon + 180_000)).toHaveLength(1);
    expect(await redis.hlen(symbolKeys("BTC").cursors)).toBe(0);
    expect(await createOutbox(redis).countPending("BTC")).toBe(0);
  });

  test("wins alone among eight who started from the same version, each time", async () => {
    const clients = await Promise.all(Array.from({ length: 8 }, async () => server.connect()));
    const committers = clients.map((client) => createSymbols(client));
    for (let version = 0; version < 20; version++) {
      const results = await Promise.all(
        committers.map(async (committer, index) =>
          committer.commit(
            aCommit({ slot: 100 + 8 * version + index, basedOn: version, memory: `${index}` }),
          ),
        ),
      );
      expect(results.filter((result) => result === "committed")).toHaveLength(1);
      const winner = results.indexOf("committed");
      expect(await symbols.read("BTC")).toMatchObject({ version: version + 1, memory: `${winner}` });
    }
  });

  test("survives the server's being killed right after it", async () => {
    await subscribe("console");
    await symbols.commit(aCommit({ slot: 7, ruleAlerts: [push] }));
    await server.kill();
    await server.start();
    const again = await server.connect();
    expect(await createSymbols(again).read("BTC")).toMatchObject({ version: 1, slot: 7 });
    expect(await createOutbox(again).countPending("BTC")).toBe(1);
    redis = again;
    symbols = createSymbols(again);
  });
});

describe("the history", () => {
  test("has one point a minute: a later one in the same minute replaces the earlier", async () => {
    await symbols.commit(aCommit({ imbalance: anImbalance({ time: noon + 1_000, ratio: 2 }) }));
    await symbols.commit(
      aCommit({ slot: 2, basedOn: 1, imbalance: anImbalance({ time: noon + 59_999, ratio: 3 }) }),
    );
    const points = await symbols.history("BTC", noon, noon + 60_000);
    expect(points).toMatchObject([{ time: noon + 59_999, ratio: 3 }]);
  });

  test("is read across midnight, both ends included, in order", async () => {
    const midnight = noon + 12 * 3_600_000;
    const times = [midnight - 60_000, midnight, midnight + 60_000];
    for (const [index, time] of times.entries())
      await symbols.commit(aCommit({ slot: index, basedOn: index, imbalance: anImbalance({ time }) }));
    expect(await historyTimes(midnight - 60_000, midnight + 60_000)).toEqual(times);
    expect(await historyTimes(midnight - 59_999, midnight)).toEqual([midnight]);
  });

  test("of a symbol takes less than 2 MB of Redis, whole", async () => {
    const day = Math.floor(noon / 86_400_000);
    for (let minute = 0; minute < 1_440; minute++) {
      const imbalance = anImbalance({ time: day * 86_400_000 + minute * 60_000 });
      await symbols.commit(aCommit({ slot: minute, basedOn: minute, imbalance }));
    }
    const bytes: unknown = await redis.memory("USAGE", `${symbolKeys("BTC").history}${day}`);
    expect(Number(bytes) * 32).toBeLessThan(2 * 1024 * 1024);
  });
});
