import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Outset, Rounds, VenueReport } from "../../../src/store/contracts/rounds.ts";
import { createBackfills } from "../../../src/store/market/backfills.ts";
import { createDepths } from "../../../src/store/market/depths.ts";
import { symbolKeys } from "../../../src/store/keys.ts";
import { createPositions } from "../../../src/store/market/positions.ts";
import { createRounds } from "../../../src/store/market/rounds.ts";
import type { RedisClient } from "../../../src/store/redis/script.ts";
import { createSymbols } from "../../../src/store/market/symbols.ts";
import { silentLog, startTestRedis } from "../../support/redis.ts";
import type { TestRedis } from "../../support/redis.ts";
import { aBar, aCommit, anObservation, anOutset, aSpec, noon } from "../builders.ts";

let server: TestRedis;
let redis: RedisClient;
let rounds: Rounds;

beforeAll(async () => {
  server = await startTestRedis();
  redis = await server.connect();
  rounds = createRounds(redis, silentLog);
});
afterAll(async () => server.stop());
beforeEach(async () => {
  await redis.flushall();
});

const venues = ["binanceusdm", "bybit", "okx"];

function good(venue: string, slot: number, markPrice = 84_230): VenueReport {
  return { venue, slot, at: noon, observation: anObservation({ markPrice }) };
}

function bad(venue: string, slot: number): VenueReport {
  return { venue, slot, at: noon, failure: { kind: "retry", reason: "no answer" } };
}

describe("a round", () => {
  test("is complete when every expected venue has reported, well or badly", async () => {
    expect(await rounds.report("BTC", good("okx", 7), venues)).toBe("waiting");
    expect(await rounds.report("BTC", bad("bybit", 7), venues)).toBe("waiting");
    expect(await rounds.report("BTC", good("binanceusdm", 7), venues)).toBe("complete");
  });

  test("is completed once: a second word of a venue completes nothing", async () => {
    expect(await rounds.report("BTC", good("okx", 7), ["okx"])).toBe("complete");
    expect(await rounds.report("BTC", good("okx", 7), ["okx"])).toBe("waiting");
  });

  test("is completed by exactly one of many who report at once", async () => {
    const expected = Array.from({ length: 16 }, (_, index) => `venue${index}`);
    const reporters = await Promise.all(
      Array.from({ length: 4 }, async () => createRounds(await server.connect(), silentLog)),
    );
    for (const slot of [1, 2, 3]) {
      const results = await Promise.all(
        expected.map(async (venue, index) =>
          reporters[index % 4]?.report("BTC", good(venue, slot), expected),
        ),
      );
      expect(results.filter((result) => result === "complete")).toHaveLength(1);
    }
  });

  test("ends when the next slot begins, complete or not", async () => {
    await rounds.report("BTC", good("okx", 7), venues);
    await rounds.report("BTC", good("bybit", 8), venues);
    await rounds.report("BTC", good("binanceusdm", 8), venues);
    expect(await rounds.report("BTC", good("okx", 8), venues)).toBe("complete");
  });

  test("isn't completed by what is late from the slot before", async () => {
    await rounds.report("BTC", good("okx", 8), ["okx", "bybit"]);
    expect(await rounds.report("BTC", good("bybit", 7), ["okx", "bybit"])).toBe("waiting");
    expect(await rounds.report("BTC", good("bybit", 8), ["okx", "bybit"])).toBe("complete");
  });

  test("doesn't wait for a venue that failed last time, until it reports well again", async () => {
    const both = ["okx", "bybit"];
    await rounds.report("BTC", bad("bybit", 7), both);
    await rounds.report("BTC", good("okx", 7), both);
    expect(await rounds.report("BTC", good("okx", 8), both)).toBe("complete");
    await rounds.report("BTC", good("bybit", 8), both);
    expect(await rounds.report("BTC", good("okx", 9), both)).toBe("waiting");
    expect(await rounds.report("BTC", good("bybit", 9), both)).toBe("complete");
  });

  test("doesn't wait for a venue that missed the one before", async () => {
    const both = ["okx", "bybit"];
    await rounds.report("BTC", good("bybit", 7), both);
    await rounds.report("BTC", good("okx", 8), both);
    expect(await rounds.report("BTC", good("okx", 9), both)).toBe("complete");
  });

  test("of one symbol is not another's", async () => {
    expect(await rounds.report("BTC", good("okx", 7), ["okx"])).toBe("complete");
    expect(await rounds.report("ETH", good("okx", 7), ["okx"])).toBe("complete");
  });

  test("goes on at lower numbers when POLL_INTERVAL was changed from 1 s to 60 s", async () => {
    await rounds.report("BTC", good("okx", noon / 1_000), ["okx"]);
    expect(await rounds.report("BTC", good("okx", noon / 60_000), ["okx"])).toBe("complete");
  });

  test("leaves nothing behind for ever", async () => {
    await rounds.report("BTC", good("okx", 7), venues);
    const keys = symbolKeys("BTC");
    expect(await redis.pttl(keys.round)).toBeGreaterThan(0);
    expect(await redis.pttl(keys.reports)).toBeGreaterThan(0);
  });
});

describe("what is read of a round", () => {
  test("is each venue's newest observation, an unbounded tier included", async () => {
    await rounds.report("BTC", good("okx", 7, 84_000), venues);
    await rounds.report("BTC", good("okx", 8, 84_100), venues);
    expect(await rounds.read("BTC")).toEqual([
      { venue: "okx", observation: anObservation({ markPrice: 84_100 }) },
    ]);
  });

  test("is a failure beside the last good observation, until a good one comes", async () => {
    await rounds.report("BTC", good("okx", 7), venues);
    await rounds.report("BTC", bad("okx", 8), venues);
    expect(await rounds.read("BTC")).toEqual([
      {
        venue: "okx",
        observation: anObservation(),
        failure: { kind: "retry", reason: "no answer", at: noon, slot: 8 },
      },
    ]);
    await rounds.report("BTC", good("okx", 9), venues);
    expect(await rounds.read("BTC")).toEqual([{ venue: "okx", observation: anObservation() }]);
  });

  test("includes a venue that is always late for its round", async () => {
    await rounds.report("BTC", good("bybit", 8), venues);
    await rounds.report("BTC", good("okx", 7), venues);
    expect((await rounds.read("BTC")).map((record) => record.venue)).toEqual(["bybit", "okx"]);
  });

  test("is never older than what the venue has said since", async () => {
    await rounds.report("BTC", good("okx", 8, 84_100), venues);
    await rounds.report("BTC", good("okx", 7, 84_000), venues);
    expect((await rounds.read("BTC"))[0]?.observation?.markPrice).toBe(84_100);
  });

  test("leaves out what another version wrote and keeps the rest", async () => {
    await rounds.report("BTC", good("okx", 7), venues);
    await redis.hset(symbolKeys("BTC").reports, "o:bybit", `{"price":1}`);
    expect(await rounds.read("BTC")).toEqual([
      { venue: "bybit" },
      { venue: "okx", observation: anObservation() },
    ]);
  });
});

test("cursors are the newest committed bars of the symbols that have any", async () => {
  const symbols = createSymbols(redis);
  await symbols.commit(aCommit({ cursors: new Map([["okx", aBar().openTime]]) }));
  expect(await rounds.cursors("okx", ["BTC", "ETH"])).toEqual(new Map([["BTC", noon]]));
  expect(await rounds.cursors("bybit", ["BTC", "ETH"])).toEqual(new Map());
});

describe("what a recompute sets out from", () => {
  const wanted = { outset: true };
  const reported = async (): Promise<"waiting" | "complete" | Outset> =>
    rounds.report("BTC", good("okx", 7), ["okx"], wanted);

  test("is nothing for a symbol nobody has heard of", async () => {
    expect(await rounds.outset("BTC")).toEqual(anOutset());
  });

  test("comes with the report that completes a round, itself included", async () => {
    const depth = { venue: "bybit", observedAt: noon, bids: [], asks: [] };
    const position = { side: "short", quantity: 3, observedAt: noon } as const;
    await createSymbols(redis).commit(aCommit({ slot: 4 }));
    await createBackfills(redis).put("BTC", "bybit", aSpec(), [aBar()]);
    await createPositions(redis).put("hyperliquid", "BTC", new Map([["0xa", position]]));
    await createDepths(redis).put("BTC", depth);
    await redis.hset(symbolKeys("BTC").rules, "version", "v3");
    expect(await reported()).toEqual({
      version: 1,
      slot: 4,
      records: [{ venue: "okx", observation: anObservation() }],
      histories: [{ venue: "bybit", spec: aSpec(), bars: [aBar()] }],
      positions: new Map([["hyperliquid", [position]]]),
      depths: [depth],
      rules: "v3",
    });
  });

  test("comes with no other report", async () => {
    const both = ["okx", "bybit"];
    await createBackfills(redis).put("BTC", "bybit", aSpec(), [aBar()]);
    expect(await rounds.report("BTC", good("okx", 7), both, wanted)).toBe("waiting");
    expect(await rounds.report("BTC", good("bybit", 7), both, { outset: false })).toBe("complete");
    expect(await rounds.report("BTC", good("bybit", 7), both, wanted)).toBe("waiting");
    expect((await rounds.outset("BTC")).histories).toHaveLength(1);
  });

  test("hands a history over once", async () => {
    await createBackfills(redis).put("BTC", "bybit", aSpec(), [aBar()]);
    expect(await reported()).toMatchObject({ histories: [{ venue: "bybit" }] });
    expect((await rounds.outset("BTC")).histories).toEqual([]);
  });

  test("leaves out what can't be read, and goes on with the rest", async () => {
    const { depths, backfills } = symbolKeys("BTC");
    await redis.hset(depths, "bybit", "{}");
    await redis.hset(backfills, "bybit", "no bars");
    expect(await reported()).toMatchObject({ records: [{ venue: "okx" }], depths: [], histories: [] });
  });

  test("has the very words of this process, until another one's take their place", async () => {
    const observation = anObservation();
    const said = { venue: "okx", slot: 7, at: noon, observation };
    await rounds.report("BTC", said, ["okx"], wanted);
    expect((await rounds.outset("BTC")).records[0]?.observation).toBe(observation);
    await createRounds(redis, silentLog).report("BTC", good("okx", 8, 84_100), ["okx"]);
    expect((await rounds.outset("BTC")).records[0]?.observation).toEqual(
      anObservation({ markPrice: 84_100 }),
    );
  });

  test("has none of its words that nobody else could read", async () => {
    const observation = anObservation({ openInterest: Number.NaN });
    await rounds.report("BTC", { venue: "okx", slot: 7, at: noon, observation }, ["okx"], wanted);
    expect((await rounds.outset("BTC")).records).toEqual([{ venue: "okx" }]);
  });
});

describe("a look at it", () => {
  const look = async (): Promise<Outset | undefined> => rounds.peek("BTC");

  test("sees nothing of a symbol nobody has heard of", async () => {
    expect(await look()).toEqual(anOutset());
  });

  test("sees what a recompute would set out from, and takes nothing of it", async () => {
    const position = { side: "short", quantity: 3, observedAt: noon } as const;
    await createSymbols(redis).commit(aCommit({ slot: 4 }));
    await rounds.report("BTC", good("okx", 5), venues);
    await rounds.report("BTC", bad("bybit", 5), venues);
    await createPositions(redis).put("hyperliquid", "BTC", new Map([["0xa", position]]));
    await createDepths(redis).put("BTC", { venue: "bybit", observedAt: noon, bids: [], asks: [] });
    await redis.hset(symbolKeys("BTC").rules, "version", "v3");
    const seen = await look();
    expect(seen).toMatchObject({ version: 1, slot: 4, rules: "v3" });
    expect([seen?.records.length, seen?.positions.size, seen?.depths.length]).toEqual([2, 1, 1]);
    expect(seen).toEqual(await rounds.outset("BTC"));
    expect(await look()).toEqual(seen);
  });

  test("sees nothing while histories wait, and leaves them to whoever takes them", async () => {
    await createBackfills(redis).put("BTC", "bybit", aSpec(), [aBar()]);
    expect(await look()).toBeUndefined();
    expect(await look()).toBeUndefined();
    expect((await rounds.outset("BTC")).histories).toHaveLength(1);
    expect(await look()).toEqual(anOutset());
  });

  test("has the very words of this process, though their report brought no outset", async () => {
    const observation = anObservation();
    const said = { venue: "okx", slot: 7, at: noon, observation };
    expect(await rounds.report("BTC", said, ["okx"], { outset: false })).toBe("complete");
    expect((await look())?.records[0]?.observation).toBe(observation);
    expect((await rounds.outset("BTC")).records[0]?.observation).toBe(observation);
  });
});
