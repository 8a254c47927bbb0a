import { describe, expect, test } from "vitest";
import { turnKeys } from "../../../src/store/keys.ts";
import { createTurns } from "../../../src/store/ledger/turns.ts";
import { useRedis } from "../../support/useRedis.ts";
import { itTakesTurns } from "./turns.contract.ts";

describe("turns on one server", () => {
  const used = useRedis();
  itTakesTurns(() => used.redis);

  test("what dead holders left is cleared away where there is much of it, and nobody's turn with it", async () => {
    let now = Date.now();
    const turns = createTurns(used.redis, { now: () => now });
    const names = Array.from({ length: 5_200 }, (_, index) => `console:${index}`);
    await turns.take(names, "dead", 4_000);
    expect(await used.redis.hlen(turnKeys.leases)).toBe(names.length);
    now += 4_000;
    await turns.take(["a"], "one", 4_000);
    for (let index = 0; index < 10; index++) {
      await turns.take(["b"], "one", 4_000);
      await turns.end([{ destination: "b" }], "one");
    }
    expect(await used.redis.hlen(turnKeys.leases)).toBeLessThanOrEqual(5_001);
    expect(await turns.take(["a"], "two", 4_000)).toEqual([{ kind: "busy" }]);
  });

  test("a turn that has ended leaves no key, unless something was pushed", async () => {
    const turns = createTurns(used.redis);
    await turns.take(["a"], "one", 4_000);
    await turns.end([{ destination: "a" }], "one");
    expect(await used.redis.keys("*")).toEqual([]);
  });
});
