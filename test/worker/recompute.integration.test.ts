import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { VenueRecord } from "../../src/store/contracts/rounds.ts";
import type { Store } from "../../src/store/contracts/store.ts";
import { symbolKeys } from "../../src/store/keys.ts";
import type { RedisClient } from "../../src/store/redis/script.ts";
import { openStore } from "../../src/store/store.ts";
import { applyStacked, encodeStacked, warmStartStacked } from "../../src/model/stackedSeries.ts";
import { sameBits } from "../support/market.ts";
import { silentLog, startTestRedis, type TestRedis } from "../support/redis.ts";
import { bars, history, polled, specOf, timeIn } from "./feed.ts";
import { type Process, startProcess } from "./harness.ts";

const venues = ["bybit", "okx"];

let server: TestRedis;
let redis: RedisClient;
let now: number;
const clock = { now: () => now };

beforeAll(async () => {
  server = await startTestRedis();
  redis = await server.connect();
});
afterAll(async () => server.stop());
beforeEach(async () => {
  await redis.flushall();
});

/** As a second process has it: a connection and a store of its own. */
async function anotherStore(): Promise<Store> {
  return openStore(await server.connect(), { log: silentLog });
}

async function tell(store: Store, slot: number, { venue, observation }: VenueRecord): Promise<void> {
  if (observation === undefined) throw new Error("nothing to tell");
  await store.rounds.report("BTC", { venue, slot, at: now, observation }, venues);
}

/** The poller's part: everything after the cursor that Redis has. */
async function everybodySpeaks(store: Store, slot: number, forming: number): Promise<void> {
  now = timeIn(forming) + (slot % 5) * 1_000;
  for (const venue of venues) {
    const cursor = (await store.rounds.cursors(venue, ["BTC"])).get("BTC");
    await tell(store, slot, polled(venue, cursor === undefined ? forming - 3 : cursor / 300_000, forming));
  }
}

async function handOver(store: Store): Promise<void> {
  for (const venue of venues) {
    const { spec, bars: held } = history(venue, 0, 100);
    await store.backfills.put("BTC", venue, spec, held);
  }
}

/** Recomputes of as many slots as there are entries, each by the processes it names, all at once. */
async function live(store: Store, processes: readonly Process[], turns: readonly (readonly number[])[]) {
  await handOver(store);
  for (const [index, turn] of turns.entries()) {
    const slot = index + 1;
    await everybodySpeaks(store, slot, 100 + Math.floor(slot / 2));
    await Promise.all(turn.map(async (each) => processes[each]?.recompute({ symbol: "BTC", slot })));
  }
}

/** What one process, alone and never disturbed, leaves in Redis. */
async function aloneFor(slots: number) {
  const store = await anotherStore();
  await live(
    store,
    [startProcess(store, clock)],
    Array.from({ length: slots }, () => [0]),
  );
  const left = await whatIsLeft(store);
  await redis.flushall();
  return left;
}

async function whatIsLeft(store: Store) {
  const { series, ...state } = await store.symbols.read("BTC");
  const imbalance = await store.symbols.imbalance("BTC");
  const map = await store.symbols.map("BTC");
  const pending = await store.outbox.countPending("BTC");
  return { series, rest: { ...state, imbalance, map, pending } };
}

type Left = Awaited<ReturnType<typeof whatIsLeft>>;

function expectSame(left: Left, alone: Left): void {
  expect(left.rest).toEqual(alone.rest);
  for (const venue of venues) {
    const [one, other] = [left.series.get(venue), alone.series.get(venue)];
    expect(one !== undefined && other !== undefined && sameBits(one, other)).toBe(true);
  }
}

describe("two processes on one store", () => {
  test("what one leaves alone is every bar, applied once", async () => {
    const { series } = await aloneFor(12);
    const expected = warmStartStacked(specOf("bybit"), bars.slice(0, 100));
    for (const bar of bars.slice(100, 106)) applyStacked(expected, bar);
    expect(sameBits(series.get("bybit") ?? new Uint8Array(), encodeStacked(expected))).toBe(true);
  });

  test.each([
    ["take turns", Array.from({ length: 12 }, (_, slot) => [slot % 2])],
    ["hand over in blocks", Array.from({ length: 12 }, (_, slot) => [Math.floor(slot / 4) % 2])],
    // of the very first slot, the one that did not get the history may be faster: its map is empty then
    ["both take every slot at once", Array.from({ length: 12 }, (_, slot) => (slot === 0 ? [0] : [0, 1]))],
    ["one repeats what the other did", Array.from({ length: 12 }, (_, slot) => (slot % 3 ? [0, 1, 0] : [1]))],
  ])("which %s leave bit for bit what one process leaves", async (_how, turns) => {
    const alone = await aloneFor(turns.length);
    const stores = [await anotherStore(), await anotherStore()];
    const processes = stores.map((store) => startProcess(store, clock));
    const store = await anotherStore();
    await live(store, processes, turns);
    expectSame(await whatIsLeft(store), alone);
    const said = processes.flatMap(({ decided }) => decided);
    expect(said).toHaveLength(turns.length);
    expect(processes.flatMap(({ woken }) => woken)).toHaveLength(1);
  });

  test("of which one is a slot behind lose no bar and no history", async () => {
    const alone = await aloneFor(6);
    const store = await anotherStore();
    const [first, second] = [startProcess(await anotherStore(), clock), startProcess(store, clock)];
    await handOver(store);
    for (const slot of [1, 2, 3, 4, 5, 6]) {
      await everybodySpeaks(store, slot, 100 + Math.floor(slot / 2));
      const late = slot > 1 ? [first.recompute({ symbol: "BTC", slot: slot - 1 })] : [];
      await Promise.all([...late, second.recompute({ symbol: "BTC", slot })]);
    }
    const left = await whatIsLeft(store);
    expect(left.rest.slot).toBe(6);
    // a slot that was late may have been computed with the next one's data, or not at all; the bars are the same
    for (const venue of venues) {
      expect(sameBits(left.series.get(venue) ?? Buffer.of(), alone.series.get(venue) ?? Buffer.of())).toBe(
        true,
      );
    }
  });
});

describe("a process that starts anew", () => {
  test("at every slot leaves bit for bit what one process leaves", async () => {
    const alone = await aloneFor(10);
    const store = await anotherStore();
    const newborn = Array.from({ length: 10 }, () => startProcess(store, clock));
    await live(
      store,
      newborn,
      newborn.map((_, index) => [index]),
    );
    expectSame(await whatIsLeft(store), alone);
    expect(newborn.map(({ decided }) => decided.length)).toEqual(newborn.map(() => 1));
  });

  test("rebuilds a state that was damaged meanwhile, from a history", async () => {
    const store = await anotherStore();
    await live(store, [startProcess(store, clock)], [[0], [0], [0]]);
    await redis.hset(symbolKeys("BTC").series, "bybit", Buffer.from("damaged"));
    const process = startProcess(store, clock);
    await everybodySpeaks(store, 4, 103);
    await process.recompute({ symbol: "BTC", slot: 4 });
    expect((await store.rounds.cursors("bybit", ["BTC"])).size).toBe(0);
    expect((await store.rounds.cursors("okx", ["BTC"])).size).toBe(1);
    const { spec, bars: whole } = history("bybit", 0, 103);
    await store.backfills.put("BTC", "bybit", spec, whole);
    await everybodySpeaks(store, 5, 104);
    await process.recompute({ symbol: "BTC", slot: 5 });
    expect(process.decided.at(-1)?.imbalance.coverage).toBe(1);
    expect((await store.rounds.cursors("bybit", ["BTC"])).get("BTC")).toBe(103 * 300_000);
  });
});
