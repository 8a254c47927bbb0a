import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Outcome } from "../../src/store/contracts/outbox.ts";
import { createOutbox } from "../../src/store/ledger/outbox.ts";
import { createPace } from "../../src/store/pace/pace.ts";
import { createTurns } from "../../src/store/ledger/turns.ts";
import { patient } from "../support/patience.ts";
import { useRedis } from "../support/useRedis.ts";
import { anAlert, noon } from "./builders.ts";

const used = useRedis();
const holder = "one";
const sent = { kind: "sent", messageId: "m1" } as const;

beforeEach(async () => {
  const alerts = [anAlert({ destinations: ["telegram:1", "telegram:2"] })];
  await createOutbox(used.redis).insert("BTC", noon, alerts);
  await used.redis.config("SET", "maxmemory", "1");
});
afterEach(async () => used.redis.config("SET", "maxmemory", "0"));

describe("while Redis' memory is full", () => {
  test("what was sent is noted, and what was pushed with it", async () => {
    const outbox = createOutbox(used.redis);
    const { deliveries } = await outbox.claim("BTC", "telegram", 10, { holder, turnMs: 60_000 });
    const outcomes = deliveries.map((delivery): Outcome => {
      const { destination } = delivery;
      return { delivery, result: sent, end: { destination, pushes: "{1}" } };
    });
    expect(await outbox.settle("BTC", "telegram", outcomes, holder)).toEqual([true, true]);
    expect(await outbox.releaseStuck("BTC", "telegram", 0)).toBe(0);
    const found = await createTurns(used.redis).take(["telegram:1"], "two", 1_000);
    expect(found).toMatchObject([{ kind: "taken", pushes: "{1}" }]);
  });

  test("what was given back is claimed again", async () => {
    const outbox = createOutbox(used.redis);
    const visitor = { holder, turnMs: 60_000 };
    const { deliveries } = await outbox.claim("BTC", "telegram", 10, visitor);
    const outcomes = deliveries.map((delivery): Outcome => {
      const end = { destination: delivery.destination };
      return { delivery, result: { kind: "back", retryInMs: 1, reason: "not its turn yet" }, end };
    });
    await outbox.settle("BTC", "telegram", outcomes, holder);
    await vi.waitFor(async () => {
      const again = await outbox.claim("BTC", "telegram", 10, visitor);
      expect(again.deliveries).toHaveLength(2);
    }, patient);
  });

  test("turns are taken, kept and ended", async () => {
    const turns = createTurns(used.redis);
    await turns.take(["a"], holder, 60_000);
    await turns.keep(["a"], holder, 60_000);
    await turns.end([{ destination: "a", pushes: "{1}" }], holder);
    expect(await turns.take(["a"], "two", 1_000)).toMatchObject([{ kind: "taken", pushes: "{1}" }]);
  });

  test("nothing is sent before a platform's patience is back", async () => {
    const pace = createPace(used.redis);
    await pace.pause("telegram", "1", 60_000);
    const limits = { perSecond: 25, chatGapMs: 1_000, groupPerMinute: 20, invalidPer10Minutes: 3 };
    expect(await pace.book("telegram", limits, [{ chat: "1", isGroup: false }])).toMatchObject([
      { kind: "wait" },
    ]);
  });
});
