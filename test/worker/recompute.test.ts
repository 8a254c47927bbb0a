import { beforeEach, describe, expect, test } from "vitest";
import { fakeStore, type FakeStore } from "../support/fakeStore.ts";
import { history, polled, timeIn } from "./feed.ts";
import { type Process, startProcess } from "./harness.ts";

let store: FakeStore;
let now: number;
let process: Process;
beforeEach(() => {
  store = fakeStore();
  process = startProcess(store, { now: () => now });
});

/** Both venues say what they see while bar `forming` forms, three seconds ago. */
function everybodySpeaks(cursor: number, forming: number): void {
  now = timeIn(forming) + 3_000;
  for (const venue of ["bybit", "okx"]) store.records.set(venue, polled(venue, cursor, forming));
}

async function warmUp(): Promise<void> {
  everybodySpeaks(99, 100);
  store.waiting.push(history("bybit", 0, 100), history("okx", 0, 100));
  await process.recompute({ symbol: "BTC", slot: 1 });
}

const statuses = () => process.decided.at(-1)?.imbalance.venues.map(({ id, status }) => `${id} ${status}`);

describe("a recompute", () => {
  test("measures what the venues said, once a slot", async () => {
    await warmUp();
    await process.recompute({ symbol: "BTC", slot: 1 });
    expect(store.commits).toHaveLength(1);
    expect(process.decided[0]?.imbalance).toMatchObject({ symbol: "BTC", coverage: 1, ageMs: 3_000 });
    expect(statuses()).toEqual(["bybit fresh", "okx fresh"]);
  });

  test("a slot that was overtaken changes nothing", async () => {
    await warmUp();
    await process.recompute({ symbol: "BTC", slot: 3 });
    await process.recompute({ symbol: "BTC", slot: 2 });
    expect(store.commits.map(({ slot }) => slot)).toEqual([1, 3]);
  });

  test("goes on without a venue that failed, and says why", async () => {
    await warmUp();
    const { observation } = polled("okx", 99, 100);
    const failure = { kind: "retry", reason: "HTTP 502", at: 0, slot: 2 } as const;
    store.records.set("bybit", polled("bybit", 100, 101));
    if (observation !== undefined) store.records.set("okx", { venue: "okx", observation, failure });
    now = timeIn(101);
    await process.recompute({ symbol: "BTC", slot: 2 });
    expect(statuses()).toEqual(["bybit fresh", "okx failed"]);
    expect(process.decided.at(-1)?.imbalance.venues[1]).toMatchObject({ reason: "HTTP 502" });
  });

  test("lays known positions where they are, and says what share of the venue they are", async () => {
    await warmUp();
    const { observation } = polled("okx", 99, 100);
    const { openInterest = 0, markPrice = 0 } = observation ?? {};
    const quantity = openInterest / 4;
    const position = { quantity, observedAt: now } as const;
    store.measured.set("okx", [
      { ...position, side: "long", liquidationPrice: markPrice * 0.995 },
      { ...position, side: "short", liquidationPrice: markPrice * 1.02 },
    ]);
    everybodySpeaks(99, 100);
    await process.recompute({ symbol: "BTC", slot: 2 });
    const { venues, bands } = process.decided.at(-1)?.imbalance ?? {};
    expect(venues?.map(({ method, measuredShare }) => [method, measuredShare])).toEqual([
      ["estimated", undefined],
      ["measured", expect.closeTo(0.25, 9)],
    ]);
    const near = bands?.find(({ distanceRatio }) => distanceRatio === 0.01);
    const before = process.decided[0]?.imbalance.bands.find(({ distanceRatio }) => distanceRatio === 0.01);
    const laid = (near?.longUsd ?? 0) - (before?.longUsd ?? 0);
    expect(laid).toBeGreaterThan(0.5 * quantity * markPrice);
  });

  test("shows no map of a venue that waits for its history", async () => {
    await warmUp();
    everybodySpeaks(99, 300);
    store.waiting.push(history("bybit", 100, 299));
    await process.recompute({ symbol: "BTC", slot: 2 });
    expect(statuses()).toEqual(["bybit fresh", "okx stale"]);
    expect(process.decided.at(-1)?.imbalance.venues[1]).toMatchObject({ reason: "reading its history" });
  });

  test("an alert goes to the outbox with the commit, and its readers are woken afterwards", async () => {
    await warmUp();
    for (const slot of [2, 3, 4]) {
      everybodySpeaks(99, 99 + slot);
      await process.recompute({ symbol: "BTC", slot });
    }
    expect(store.alerts).toHaveLength(1);
    expect(store.alerts[0]?.destinations).toEqual(["console"]);
    expect(process.woken).toEqual(store.alerts);
  });

  test("is done when it is committed, even if nobody could be woken", async () => {
    const decided: string[] = [];
    process = startProcess(
      store,
      { now: () => now },
      {
        onAlert: async () => Promise.reject(new Error("the queue is away")),
        onCommitted: (_imbalance, { decisions }) => decided.push(...decisions.map(({ kind }) => kind)),
      },
    );
    await warmUp();
    everybodySpeaks(99, 101);
    await process.recompute({ symbol: "BTC", slot: 2 });
    expect(decided).toEqual(["pending", "fire"]);
  });

  test("without any data it commits that there is none", async () => {
    now = timeIn(1);
    await process.recompute({ symbol: "BTC", slot: 1 });
    expect(process.decided[0]).toMatchObject({
      imbalance: { regime: "stale", coverage: 0, ratio: null },
      decisions: [],
      memory: { held: "stale" },
    });
  });
});

describe("when somebody else has committed meanwhile", () => {
  test("reads again and succeeds, without losing the history it had taken", async () => {
    everybodySpeaks(99, 100);
    store.waiting.push(history("bybit", 0, 100), history("okx", 0, 100));
    store.answerNext("conflict");
    store.answerNext("conflict");
    await process.recompute({ symbol: "BTC", slot: 1 });
    expect(store.commits).toHaveLength(1);
    expect(process.decided).toHaveLength(1);
    expect(statuses()).toEqual(["bybit fresh", "okx fresh"]);
  });

  test("gives up at the third time, which is a bug and not bad luck", async () => {
    now = timeIn(1);
    for (let i = 0; i < 3; i++) store.answerNext("conflict");
    await expect(process.recompute({ symbol: "BTC", slot: 1 })).rejects.toThrow(
      /BTC.*3 recomputes of slot 1/,
    );
    await process.recompute({ symbol: "BTC", slot: 2 });
    expect(store.commits.map(({ slot }) => slot)).toEqual([2]);
  });

  test("does not say what the other one has said", async () => {
    everybodySpeaks(99, 100);
    store.answerNext("slot-done");
    await process.recompute({ symbol: "BTC", slot: 1 });
    expect(process.decided).toEqual([]);
    expect(process.woken).toEqual([]);
  });
});
