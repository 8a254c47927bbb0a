import fc from "fast-check";
import { Cluster } from "ioredis";
import { beforeEach, expect, test } from "vitest";
import { mostCooldownMs } from "../../../src/alerts/limits.ts";
import { formatPushes, noPushes, parsePushes, type Push } from "../../../src/alerts/pushes.ts";
import { toldId, type TurnEnd, type Turns } from "../../../src/store/contracts/turns.ts";
import { destinationKeys, turnKeys } from "../../../src/store/keys.ts";
import { pushesPrefix } from "../../../src/store/ledger/pushed.ts";
import type { RedisClient } from "../../../src/store/redis/script.ts";
import { createTurns } from "../../../src/store/ledger/turns.ts";
import { aHolderActs, newModel } from "./turns.model.ts";

const dayMs = 24 * 3_600_000;

async function keysOf(redis: RedisClient, pattern: string): Promise<readonly string[]> {
  const nodes = redis instanceof Cluster ? redis.nodes("master") : [redis];
  return (await Promise.all(nodes.map(async (node) => node.keys(pattern)))).flat();
}

/** One by one: in a cluster they lie on several servers. */
async function forgetAll(redis: RedisClient): Promise<void> {
  const keys = await keysOf(redis, "lopside:*");
  await Promise.all(keys.map(async (key) => redis.del(key)));
}

/** What turns are, on one server as on several. */
export function itTakesTurns(redisOf: () => RedisClient): void {
  let turns: Turns;
  /** Epoch ms; turns go by it, nothing else does. */
  let now = 0;
  beforeEach(() => {
    now = Date.now();
    turns = createTurns(redisOf(), { now: () => now });
  });

  const taken = { kind: "taken", pushes: undefined, movedTo: undefined };

  test("a destination is one holder's at a time, until its turn ends", async () => {
    expect(await turns.take(["a", "b"], "one", 10_000)).toEqual([taken, taken]);
    expect(await turns.take(["b", "c"], "two", 10_000)).toEqual([{ kind: "busy" }, taken]);
    await turns.end([{ destination: "b" }], "one");
    expect(await turns.take(["a", "b"], "two", 10_000)).toEqual([{ kind: "busy" }, taken]);
  });

  test("what was pushed is there for whoever is next; an end that says nothing leaves it", async () => {
    await turns.take(["a"], "one", 10_000);
    await turns.end([{ destination: "a", pushes: "{1}" }], "one");
    await turns.take(["a"], "two", 10_000);
    await turns.end([{ destination: "a" }], "two");
    expect(await turns.take(["a"], "one", 10_000)).toEqual([{ ...taken, pushes: "{1}" }]);
  });

  test("a turn ends by itself, unless its holder keeps it", async () => {
    await turns.take(["a", "b"], "one", 4_000);
    now += 3_999;
    await turns.keep(["a"], "one", 4_000);
    await turns.keep(["b"], "two", 4_000);
    expect(await turns.take(["a", "b"], "two", 4_000)).toEqual([{ kind: "busy" }, { kind: "busy" }]);
    now += 1;
    expect(await turns.take(["a", "b"], "two", 4_000)).toEqual([{ kind: "busy" }, taken]);
    now += 3_999;
    expect(await turns.take(["a"], "two", 4_000)).toEqual([taken]);
  });

  test("a turn that is over can't be kept any more, nor ended once it is another's", async () => {
    await turns.take(["a"], "one", 4_000);
    now += 4_000;
    await turns.keep(["a"], "one", 4_000);
    expect(await turns.take(["a"], "two", 4_000)).toEqual([taken]);
    await turns.end([{ destination: "a", pushes: "{1}" }], "one");
    expect(await turns.take(["a"], "three", 4_000)).toEqual([{ kind: "busy" }]);
    await turns.end([{ destination: "a" }], "two");
    expect(await turns.take(["a"], "three", 4_000)).toEqual([{ ...taken, pushes: "{1}" }]);
  });

  test("what was pushed in a turn that is over counts, whoever's turn it is when that is noted", async () => {
    const pushed = (symbol: string, at: number): TurnEnd => {
      const push: Push = { at, direction: "up", level: 2, episodeId: "", breaks: 0 };
      return { destination: "a", pushes: formatPushes({ ...noPushes, symbols: { [symbol]: push } }) };
    };
    await turns.take(["a"], "one", 4_000);
    now += 4_000;
    await turns.take(["a"], "two", 4_000);
    await turns.end([pushed("BTC", 1)], "one");
    await turns.keep(["a"], "two", 4_000);
    await turns.end([pushed("ETH", 2)], "two");
    const [found] = await turns.take(["a"], "three", 4_000);
    const { symbols } = parsePushes((found?.kind === "taken" && found.pushes) || "");
    expect(Object.entries(symbols).map(([symbol, { at }]) => [symbol, at])).toEqual(
      expect.arrayContaining([
        ["BTC", 1],
        ["ETH", 2],
      ]),
    );
    await turns.end([pushed("ETH", 3)], "three");
    const { pushes } = pushed("ETH", 3);
    expect(await turns.take(["a"], "one", 4_000)).toEqual([{ ...taken, pushes }]);
  });

  test("whoever's name begins like the holder's is another", async () => {
    await turns.take(["a"], "one more", 4_000);
    await turns.keep(["a"], "one", 60_000);
    await turns.end([{ destination: "a" }], "one");
    expect(await turns.take(["a"], "one", 4_000)).toEqual([{ kind: "busy" }]);
    now += 4_000;
    expect(await turns.take(["a"], "one", 4_000)).toEqual([taken]);
  });

  test("a destination that is asked for twice at once is taken once", async () => {
    expect(await turns.take(["a", "a"], "one", 4_000)).toEqual([taken, { kind: "busy" }]);
  });

  test("by Redis' own clock a turn is over when its time is", async () => {
    const own = createTurns(redisOf());
    await own.take(["a", "b"], "one", 60_000);
    await own.take(["c"], "one", 0);
    expect(await own.take(["a", "c"], "two", 60_000)).toEqual([{ kind: "busy" }, taken]);
  });

  test("turns that nobody ends leave nothing behind for long, and never the longest of them too early", async () => {
    await turns.take(["a"], "one", 2 * 3_600_000);
    await turns.take(["b"], "one", 4_000);
    await turns.keep(["b"], "one", 4_000);
    const { leases } = redisOf().isCluster ? { leases: destinationKeys("a").turn } : turnKeys;
    const ttl = await redisOf().pttl(leases);
    expect(ttl).toBeGreaterThan(2 * 3_600_000 - 60_000);
    expect(ttl).toBeLessThan(4 * 3_600_000);
  });

  test("random turns of two holders go as they should", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(aHolderActs, { maxLength: 30 }), async (acts) => {
        await forgetAll(redisOf());
        const model = newModel(() => now);
        for (const act of acts) {
          const [seen, wanted] = [await act.on(turns), await act.on(model)];
          expect([act.name, seen]).toEqual([act.name, wanted]);
          now += act.passing;
        }
      }),
      { numRuns: 40 },
    );
  });

  test("what is held back is known for longer than the longest pause there is, and not for ever", async () => {
    await turns.holdBack("a", "x", "entry");
    const ttl = await redisOf().pttl(destinationKeys("a").held);
    expect(ttl).toBeGreaterThan(mostCooldownMs);
    expect(ttl).toBeLessThan(100 * dayMs);
  });

  test("what was pushed is known for longer than that, whenever it was, and then forgotten", async () => {
    const known = async (): Promise<string | undefined> => {
      const [turn] = await turns.take(["a"], "one", 1_000);
      await turns.end([{ destination: "a" }], "one");
      return turn?.kind === "taken" ? turn.pushes : "busy";
    };
    const push = async (destination: string, pushes: string): Promise<void> =>
      turns.end([{ destination, pushes }], "one");
    for (let day = 0; day < 40; day += 1) {
      await push("a", `{${day}}`);
      const from = now;
      now = from + mostCooldownMs;
      await push("b", "{}");
      expect(await known()).toBe(`{${day}}`);
      now = from + 100 * dayMs;
      await push("b", "{}");
      expect(await known()).toBeUndefined();
      now = from + 101 * dayMs;
    }
  });

  test("turns that end together keep each what was pushed there, whatever their neighbours' is", async () => {
    const told = { a: "{1}", b: "{1}", c: "{2}", d: undefined, e: undefined, f: "{1}", g: "{2}" };
    const names = Object.keys(told);
    await turns.end([{ destination: "d", pushes: "{0}" }], "one");
    await turns.end(
      Object.entries(told).map(([destination, pushes]) => ({ destination, pushes })),
      "one",
    );
    const found = await turns.take(names, "one", 1_000);
    expect(found).toEqual(Object.entries({ ...told, d: "{0}" }).map(([, pushes]) => ({ ...taken, pushes })));
  });

  test("what nobody pushes any more is kept for two months at most", async () => {
    await turns.end([{ destination: "a", pushes: "{1}" }], "one");
    const prefix = pushesPrefix(redisOf(), "a");
    const [key = ""] = await keysOf(redisOf(), `${prefix}*`);
    const ttl = await redisOf().pttl(key);
    expect(ttl).toBeGreaterThan(2 * mostCooldownMs);
    expect(ttl).toBeLessThanOrEqual(62 * dayMs);
  });

  test("a newer push takes the older one's place, also in another month", async () => {
    await turns.end([{ destination: "a", pushes: "{1}" }], "one");
    now += 31 * dayMs;
    await turns.end([{ destination: "a", pushes: "{2}" }], "one");
    expect(await turns.take(["a"], "one", 1_000)).toEqual([{ ...taken, pushes: "{2}" }]);
    now += 31 * dayMs;
    await turns.end([{ destination: "a", pushes: "{3}" }], "one");
    expect(await keysOf(redisOf(), `${pushesPrefix(redisOf(), "a")}*`)).toHaveLength(2);
  });

  test("a destination that moved says where to", async () => {
    await turns.moved("a", "b");
    await turns.take(["c"], "one", 10_000);
    await turns.end([{ destination: "c", pushes: "{1}" }], "one");
    expect(await turns.take(["a", "c", "b"], "one", 10_000)).toEqual([
      { ...taken, movedTo: "b" },
      { ...taken, pushes: "{1}" },
      taken,
    ]);
    await turns.end([{ destination: "a", pushes: "{2}" }], "one");
    expect(await turns.take(["a"], "one", 10_000)).toEqual([{ ...taken, pushes: "{2}", movedTo: "b" }]);
  });

  test("what is held back is held once, bounded, and dropped by its id", async () => {
    await turns.holdBack("a", "x", "first");
    await turns.holdBack("a", "x", "again");
    await turns.holdBack("a", "y", "other");
    expect(await turns.heldBack("a")).toEqual(
      new Map([
        ["x", "first"],
        ["y", "other"],
      ]),
    );
    await turns.dropHeld("a", ["x"]);
    expect([...(await turns.heldBack("a")).keys()]).toEqual(["y"]);
    for (let id = 0; id < 300; id++) await turns.holdBack("a", String(id), "one");
    expect((await turns.heldBack("a")).size).toBe(200);
    for (const name of ["first", "second"]) await turns.noteTold("a", name);
    expect((await turns.heldBack("a")).get(toldId)).toBe("first");
  });

  test("nobody's turn costs no trip", async () => {
    expect(await turns.take([], "one", 1_000)).toEqual([]);
    await turns.end([], "one");
  });
}
