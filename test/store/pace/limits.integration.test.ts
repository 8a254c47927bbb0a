import { expect, test } from "vitest";
import { limitKey, startShareKey } from "../../../src/store/keys.ts";
import { createVenueLimits } from "../../../src/store/pace/limits.ts";
import { readStartShare } from "../../../src/store/market/startShare.ts";
import { useRedis } from "../../support/useRedis.ts";

const used = useRedis();

/** A drip every ten seconds, so that no time passes that matters. */
const turn = { takesMs: 10_000, burstMs: 30_000, mostWaitMs: 60_000 };

test("processes share a bucket: a burst, then turns one after the other, then no room", async () => {
  const one = createVenueLimits(used.redis);
  const other = createVenueLimits(used.redis);
  const waits: number[] = [];
  for (let i = 0; i < 10; i += 1) {
    const said = await (i % 2 === 0 ? one : other).reserve("okx", "public", turn);
    waits.push(said.kind === "go" ? Math.round(said.waitMs / 10_000) : -1);
  }
  expect(waits).toEqual([0, 0, 0, 1, 2, 3, 4, 5, 6, -1]);
  expect(await used.redis.pttl(limitKey("okx", "public"))).toBeGreaterThan(80_000);
});

test("buckets and venues are apart", async () => {
  const limits = createVenueLimits(used.redis);
  const full = { takesMs: 90_000, burstMs: 90_000, mostWaitMs: 0 };
  expect(await limits.reserve("okx", "public", full)).toEqual({ kind: "go", waitMs: 0 });
  expect(await limits.reserve("okx", "public", full)).toEqual({ kind: "full" });
  expect((await limits.reserve("okx", "statistics", full)).kind).toBe("go");
  expect((await limits.reserve("bybit", "public", full)).kind).toBe("go");
});

test("a rest is everybody's, with its reason, for as long as it lasts", async () => {
  const failure = { kind: "cool-down", reason: "okx: HTTP 429", until: 123 } as const;
  await createVenueLimits(used.redis).rest("okx", failure, 60_000);
  const other = createVenueLimits(used.redis);
  expect(await other.reserve("okx", "public", turn)).toEqual({ kind: "resting", failure });
  expect((await other.reserve("bybit", "public", turn)).kind).toBe("go");
  await other.rest("bybit", failure, 0);
  expect((await other.reserve("bybit", "public", turn)).kind).toBe("go");
});

test("where a venue's polls begin is drawn once, for all processes and for ever", async () => {
  expect(await readStartShare(used.redis, "okx", () => 0.25)).toBe(0.25);
  expect(await readStartShare(used.redis, "okx", () => 0.75)).toBe(0.25);
  expect(await readStartShare(used.redis, "bybit", () => 0.75)).toBe(0.75);
});

test("a start that can't be read is the slot's own", async () => {
  await used.redis.set(startShareKey("okx"), "soon");
  expect(await readStartShare(used.redis, "okx")).toBe(0);
});
