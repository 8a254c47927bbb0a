import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Store } from "../../src/store/contracts/store.ts";
import { symbolKeys } from "../../src/store/keys.ts";
import type { RedisClient } from "../../src/store/script.ts";
import { openStore } from "../../src/store/store.ts";
import { silentLog, startTestRedis, type TestRedis } from "../support/redis.ts";
import { history, polled, timeIn } from "./feed.ts";
import { startProcess } from "./harness.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const venues = ["bybit", "okx"];
const startsAt = timeIn(100);
const minutes = 30;
const stepMs = 10_000;

let server: TestRedis;
let redis: RedisClient;

beforeAll(async () => {
  server = await startTestRedis();
  redis = await server.connect();
});
afterAll(async () => server.stop());
beforeEach(async () => {
  await redis.flushall();
});

/** How far a process' clock is ahead, by the minute of the true time. */
type Clock = (minute: number) => number;

const right: Clock = () => 0;
const off =
  (byMs: number): Clock =>
  (minute) =>
    minute >= 10 && minute < 20 ? byMs : 0;

interface Lived {
  /** Committed recomputes, by process. */
  readonly evaluations: readonly number[];
  /** Pushes that were said: of each episode its beginning, and where it grows stronger. */
  readonly alerts: readonly string[];
}

/**
 * Half an hour of processes on one Redis: each recomputes when a slot begins by its own clock, and polls its share of
 * the venues then.
 */
async function live(clocks: readonly Clock[]): Promise<Lived> {
  const store: Store = await openStore(redis, { log: silentLog });
  for (const venue of venues) {
    const { spec, bars } = history(venue, 0, 100);
    await store.backfills.put("BTC", venue, spec, bars);
  }
  let time = startsAt;
  const nowOf = (clock: Clock): number => time + clock((time - startsAt) / minuteMs);
  const processes = await Promise.all(
    clocks.map(async (clock, index) => {
      const own = await openStore(await server.connect(), { log: silentLog });
      const polls = venues.filter((_, venue) => venue % clocks.length === index);
      return { ...startProcess(own, { now: () => nowOf(clock) }), clock, polls, slot: -1 };
    }),
  );
  for (; time < startsAt + minutes * minuteMs; time += stepMs) {
    for (const process of processes) {
      const now = nowOf(process.clock);
      const slot = Math.floor(now / minuteMs);
      if (slot === process.slot) continue;
      process.slot = slot;
      for (const venue of process.polls) await poll(store, { venue, slot, now, time });
      await process.recompute({ symbol: "BTC", slot });
    }
    await passInRedis(stepMs);
  }
  return {
    evaluations: processes.map(({ decided }) => decided.length),
    alerts: processes.flatMap(({ decided }) =>
      decided.flatMap(({ alerts }) =>
        alerts.filter(({ kind }) => kind === "push").map(({ alertId }) => alertId),
      ),
    ),
  };
}

/** Redis' own clock is right, and goes on: what was written there is so much older. */
async function passInRedis(ms: number): Promise<void> {
  const { state, round } = symbolKeys("BTC");
  if ((await redis.exists(state)) === 1) await redis.hincrby(state, "committedAt", -ms);
  const leftMs = await redis.pttl(round);
  if (leftMs > 0) await redis.pexpire(round, Math.max(1, leftMs - ms));
}

interface Polled {
  readonly venue: string;
  readonly slot: number;
  readonly now: number;
  readonly time: number;
}

async function poll(store: Store, { venue, slot, now, time }: Polled): Promise<void> {
  const forming = Math.floor(time / timeIn(0) / 5);
  const cursor = (await store.rounds.cursors(venue, ["BTC"])).get("BTC");
  const { observation } = polled(venue, cursor === undefined ? forming - 3 : cursor / 300_000, forming);
  if (observation === undefined) throw new Error("nothing to tell");
  const said = { ...observation, observedAt: now, receivedAt: now };
  await store.rounds.report("BTC", { venue, slot, at: now, observation: said }, venues);
}

const sum = (counts: readonly number[]): number => counts.reduce((all, each) => all + each, 0);

/** The first message of an episode; what follows of it has a mark at its end. */
const isFirst = (alertId: string): boolean => /-\d+$/u.test(alertId);

describe("clocks that are wrong", () => {
  test("a right one evaluates once a minute and says one alert: what the others are held against", async () => {
    const { evaluations, alerts } = await live([right]);
    expect(evaluations).toEqual([minutes]);
    expect(alerts.filter(isFirst)).toHaveLength(1);
  });

  test.each([
    ["two processes half a minute apart", [right, () => 30_000], minutes],
    ["the other way round", [() => 30_000, right], minutes],
    // the numbers it gave while it was ahead guard against lower ones for five minutes
    ["one whose clock is an hour ahead for ten minutes", [off(hourMs)], minutes - 5],
    ["one whose clock is an hour behind for ten minutes", [off(-hourMs)], minutes - 5],
  ] as const)("%s: one evaluation more at most, and no alert twice", async (_name, clocks, least) => {
    const { evaluations, alerts } = await live(clocks);
    expect(sum(evaluations)).toBeGreaterThanOrEqual(least);
    expect(sum(evaluations)).toBeLessThanOrEqual(minutes + 1);
    expect(alerts.filter(isFirst)).toHaveLength(1);
    expect(new Set(alerts).size).toBe(alerts.length);
  });

  test.each([
    ["ahead", off(hourMs)],
    ["behind", off(-hourMs)],
  ])("one an hour %s for ten minutes beside a right one: no alert twice", async (_name, wrong) => {
    const { evaluations, alerts } = await live([right, wrong]);
    expect(sum(evaluations)).toBeGreaterThanOrEqual(minutes - 5);
    expect(sum(evaluations)).toBeLessThanOrEqual(minutes + 1);
    expect(alerts.filter(isFirst)).toHaveLength(1);
    expect(new Set(alerts).size).toBe(alerts.length);
  });
});
