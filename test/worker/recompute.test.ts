import { beforeEach, describe, expect, test } from "vitest";
import { parseAlertContent } from "../../src/alerts/content.ts";
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

  test("reads nothing again that it was given", async () => {
    everybodySpeaks(99, 100);
    store.waiting.push(history("bybit", 0, 100), history("okx", 0, 100));
    const outset = await store.rounds.outset("BTC");
    store.records.clear();
    await process.recompute({ symbol: "BTC", slot: 1 }, outset);
    expect(statuses()).toEqual(["bybit fresh", "okx fresh"]);
    expect(store.commits[0]?.series.size).toBe(2);
  });

  test("reads anew when what it was given was overtaken, and loses no history", async () => {
    everybodySpeaks(99, 100);
    store.waiting.push(history("bybit", 0, 100), history("okx", 0, 100));
    const outset = await store.rounds.outset("BTC");
    store.overwrite({ slot: 1 });
    await process.recompute({ symbol: "BTC", slot: 2 }, outset);
    expect(store.commits).toMatchObject([{ slot: 2, basedOn: 1 }]);
    expect(statuses()).toEqual(["bybit fresh", "okx fresh"]);
    expect(store.cursors.size).toBe(2);
  });

  test("reads nothing older than what it was given: its last report may not be kept yet", async () => {
    await warmUp();
    const before = await store.rounds.outset("BTC");
    everybodySpeaks(100, 101);
    const outset = await store.rounds.outset("BTC");
    store.overwrite({ slot: 2 });
    for (const record of before.records) store.records.set(record.venue, record);
    await process.recompute({ symbol: "BTC", slot: 3 }, outset);
    expect(store.commits.at(-1)).toMatchObject({ slot: 3, basedOn: 2 });
    expect(process.decided.at(-1)?.imbalance).toMatchObject({ ageMs: 3_000 });
  });

  test("reads anew when somebody else commits before it", async () => {
    await warmUp();
    const outset = await store.rounds.outset("BTC");
    store.overwrite({ slot: 2 });
    await process.recompute({ symbol: "BTC", slot: 3 }, outset);
    expect(store.commits.at(-1)).toMatchObject({ slot: 3, basedOn: 2 });
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

  test("takes a venue's inverse contract as part of that venue", async () => {
    everybodySpeaks(99, 100);
    store.records.set("okx:inverse", polled("okx:inverse", 99, 100));
    store.waiting.push(...["bybit", "okx", "okx:inverse"].map((series) => history(series, 0, 100)));
    await process.recompute({ symbol: "BTC", slot: 1 });
    const venues = process.decided.at(-1)?.imbalance.venues ?? [];
    expect(statuses()).toEqual(["bybit fresh", "okx fresh"]);
    expect(venues.map(({ weight }) => weight)).toEqual([expect.closeTo(1 / 3), expect.closeTo(2 / 3)]);
    expect(venues[1]?.contracts?.map(({ series }) => series)).toEqual(["okx", "okx:inverse"]);
  });

  test("forgets an inverse contract that is gone, and doesn't miss what was delisted", async () => {
    await warmUp();
    const failure = { kind: "give-up-symbol", reason: "delisted", at: 0, slot: 2 } as const;
    store.records.set("okx:inverse", { ...polled("okx:inverse", 99, 100), failure });
    store.records.set("okx", { ...polled("okx", 99, 100), failure });
    store.records.set("bybit", polled("bybit", 100, 102));
    now = timeIn(102);
    await process.recompute({ symbol: "BTC", slot: 2 });
    expect(process.decided.at(-1)?.imbalance).toMatchObject({ coverage: 1 });
    expect(process.decided.at(-1)?.imbalance.venues[1]).toMatchObject({
      id: "okx",
      status: "disabled",
      openInterestUsd: null,
      reason: "delisted",
    });
  });

  test("sets a venue aside whose open interest jumps, with the reason, until it is back", async () => {
    await warmUp();
    const honest = polled("okx", 99, 100);
    const { observation } = honest;
    if (observation === undefined) throw new Error("nothing was polled");
    const jumped = { ...observation, openInterest: observation.openInterest * 2 };
    store.records.set("okx", { ...honest, observation: jumped });
    await process.recompute({ symbol: "BTC", slot: 2 });
    expect(process.decided.at(-1)?.imbalance.venues[1]).toMatchObject({
      id: "okx",
      status: "quarantined",
      weight: 0,
      reason: expect.stringContaining("open interest jumped"),
    });
    store.records.set("okx", honest);
    await process.recompute({ symbol: "BTC", slot: 3 });
    expect(statuses()).toEqual(["bybit fresh", "okx fresh"]);
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

  test("holds the map against the books that were read lately, of venues that are in it", async () => {
    await warmUp();
    const thin = [[0.0005, 1]] as const;
    const book = { venue: "okx", observedAt: now, bids: thin, asks: thin };
    store.books.push({ ...book, venue: "gone" }, { ...book, venue: "bybit", observedAt: now - 11 * 60_000 });
    everybodySpeaks(99, 100);
    await process.recompute({ symbol: "BTC", slot: 2 });
    expect(process.decided.at(-1)?.imbalance).not.toHaveProperty("cascade");
    store.books.push(book);
    await process.recompute({ symbol: "BTC", slot: 3 });
    const { cascade } = process.decided.at(-1)?.imbalance ?? {};
    expect(cascade?.bookCoverage).toBeCloseTo(0.5, 9);
    // a dollar of orders holds nothing up
    expect([cascade?.down.likelihood, cascade?.up.likelihood]).toEqual([1, 1]);
    expect(store.commits.at(-1)?.imbalance).toHaveProperty("cascade", cascade);
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
    const pushes = store.commits.flatMap(({ ruleAlerts }) => ruleAlerts);
    expect(pushes).toMatchObject([{ kind: "push", rule: expect.stringMatching(/^(up|down)-auto-50-1.1$/) }]);
    expect(process.woken).toEqual(["BTC"]);
  });

  test("is done when it is committed, even if nobody could be woken", async () => {
    const decided: string[] = [];
    process = startProcess(
      store,
      { now: () => now },
      {
        onAlerts: async () => Promise.reject(new Error("the queue is away")),
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

describe("the rules in use", () => {
  const live = async (slots: number, from = 2): Promise<void> => {
    for (let slot = from; slot < from + slots; slot++) {
      everybodySpeaks(99, 99 + slot);
      await process.recompute({ symbol: "BTC", slot });
    }
  };
  const rulesSaid = (): readonly string[] =>
    store.commits.flatMap(({ ruleAlerts }) => ruleAlerts.map(({ rule }) => rule));

  test("are decided each by itself, and what they say is in the commit, strongest first", async () => {
    store.useRules(["up-auto-50-1.15", "up-auto-50-1.1", "up-100000-50-1.1", "up-auto-50-20", "nonsense"]);
    await warmUp();
    await live(30);
    const pushes = store.commits
      .flatMap(({ ruleAlerts }) => ruleAlerts)
      .filter(({ kind }) => kind === "push");
    expect(new Set(rulesSaid())).toContain("up-auto-50-1.15");
    expect(rulesSaid()).not.toContain("up-auto-50-20");
    for (const { alertId, episodeId, content, rule } of pushes) {
      expect(alertId.startsWith(episodeId)).toBe(true);
      expect(parseAlertContent(content)).toMatchObject({
        ok: true,
        value: { kind: "firing", rule, alertId },
      });
    }
  });

  test("that came since are watched from the next recompute on", async () => {
    await warmUp();
    store.useRules(["up-auto-50-1.15"]);
    await live(30);
    const touched = process.decided.flatMap(({ decisions }) => decisions.map(({ rule }) => rule));
    expect(touched).toContain("up-auto-50-1.15");
  });

  test("say nothing while only one of two venues is fresh", async () => {
    await warmUp();
    const failure = { kind: "retry", reason: "HTTP 502", at: 0, slot: 2 } as const;
    for (let slot = 2; slot < 20; slot++) {
      everybodySpeaks(99, 99 + slot);
      store.records.set("okx", { venue: "okx", failure });
      await process.recompute({ symbol: "BTC", slot });
    }
    expect(rulesSaid()).toEqual([]);
    expect(process.decided.at(-1)?.memory.held).toBe("few-venues");
  });

  test("are watched on one venue where the other doesn't list the symbol", async () => {
    await warmUp();
    const failure = { kind: "give-up-symbol", reason: "not listed", at: 0, slot: 2 } as const;
    for (let slot = 2; slot < 20; slot++) {
      everybodySpeaks(99, 99 + slot);
      store.records.set("okx", { venue: "okx", failure });
      await process.recompute({ symbol: "BTC", slot });
    }
    expect(rulesSaid()).not.toEqual([]);
  });
});
