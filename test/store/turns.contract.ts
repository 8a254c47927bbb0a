import { beforeEach, expect, test } from "vitest";
import { mostCooldownMs } from "../../src/alerts/limits.ts";
import type { Turns } from "../../src/store/contracts/turns.ts";
import { destinationKeys } from "../../src/store/keys.ts";
import type { RedisClient } from "../../src/store/script.ts";
import { createTurns } from "../../src/store/turns.ts";

/** What turns are, on one server as on several. */
export function itTakesTurns(redisOf: () => RedisClient): void {
  let turns: Turns;
  beforeEach(() => {
    turns = createTurns(redisOf());
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

  test("a turn ends by itself, unless it is kept; and then is no longer its holder's to end", async () => {
    await turns.take(["a", "b"], "one", 60_000);
    await turns.keep(["a"], "one", 120_000);
    await turns.keep(["b"], "two", 120_000);
    const ttls = await Promise.all(
      ["a", "b"].map(async (name) => redisOf().pttl(destinationKeys(name).lease)),
    );
    expect(ttls[0]).toBeGreaterThan(60_000);
    expect(ttls[1]).toBeLessThanOrEqual(60_000);
    await redisOf().del(destinationKeys("a").lease);
    await turns.take(["a"], "two", 60_000);
    await turns.end([{ destination: "a" }], "one");
    expect(await turns.take(["a"], "three", 60_000)).toEqual([{ kind: "busy" }]);
  });

  test.each([
    ["pushed", async () => turns.end([{ destination: "a", pushes: "{1}" }], "one")],
    ["held back", async () => turns.holdBack("a", "x", "entry")],
  ])(
    "what was %s is known for longer than the longest pause there is, and not for ever",
    async (_what, note) => {
      await turns.take(["a"], "one", 10_000);
      await note();
      const ttl = await redisOf().pttl(destinationKeys("a").pushes);
      expect(ttl).toBeGreaterThan(mostCooldownMs);
      expect(ttl).toBeLessThan(100 * 24 * 3_600_000);
    },
  );

  test("a destination that moved says where to", async () => {
    await turns.moved("a", "b");
    expect(await turns.take(["a"], "one", 10_000)).toEqual([{ ...taken, movedTo: "b" }]);
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
    expect((await turns.heldBack("a")).size).toBeLessThanOrEqual(201);
  });

  test("nobody's turn costs no trip", async () => {
    expect(await turns.take([], "one", 1_000)).toEqual([]);
    await turns.end([], "one");
  });
}
