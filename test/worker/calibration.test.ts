import { beforeEach, describe, expect, test } from "vitest";
import { freshEpisodeMemory } from "../../src/alerts/episode.ts";
import { decodeCalibration, encodeCalibration } from "../../src/model/calibration/snapshot.ts";
import { freshNotionalMemory } from "../../src/model/imbalance.ts";
import { priorWeights } from "../../src/model/stack.ts";
import type { Bar } from "../../src/model/types.ts";
import type { VenueRecord } from "../../src/store/contracts/rounds.ts";
import { createPortfolio, type Portfolio } from "../../src/worker/portfolio.ts";
import { halfOf, marketReports, take } from "../model/calibration/support.ts";
import { aCommit } from "../store/builders.ts";
import { fakeStore, type FakeStore } from "../support/fakeStore.ts";
import { sameBits } from "../support/market.ts";
import { swingingBars } from "../support/recording.ts";
import { silentLog } from "../support/redis.ts";
import { spokenLog } from "../support/spokenLog.ts";
import { history, polled, specOf, timeIn } from "./feed.ts";
import { startProcess } from "./harness.ts";

/** Passed the gate, and no map has used it yet. */
const learned = take(marketReports({ seed: 4, days: 12, truth: () => halfOf(2) })).calibration;
const weights = learned.contest.learned?.weights ?? [];
const memory = { notional: freshNotionalMemory, episode: freshEpisodeMemory(0) };

let store: FakeStore;
let slot: number;
beforeEach(() => {
  store = fakeStore();
  slot = 0;
});

async function round(portfolio: Portfolio, records: readonly VenueRecord[], histories: Histories = []) {
  const { version } = await portfolio.refresh(store.state(), 0);
  portfolio.absorb(records, histories);
  portfolio.weigh(true);
  slot += 1;
  const commit = aCommit({ slot, basedOn: version, memory: "", ...portfolio.changed() });
  if ((await store.symbols.commit(commit)) === "committed") portfolio.committed(memory, slot);
}
type Histories = Parameters<Portfolio["absorb"]>[1];

const open = (log = silentLog): Portfolio => createPortfolio("BTC", store, log);
const bytesKept = (): Uint8Array => store.state().calibration ?? new Uint8Array(0);

const dayBars = 288;
const bars = swingingBars(8 * dayBars).map((bar, i): Bar => ({
  ...bar,
  longLiquidations: 1 + (i % 3),
  shortLiquidations: 2,
}));

/** The bars [from, to), closed since the last poll. */
function reported(from: number, to: number): VenueRecord {
  const { observation, ...record } = polled("bybit", 0, 1);
  if (observation === undefined) throw new Error("nothing was observed");
  return { ...record, observation: { ...observation, closedBars: bars.slice(from, to) } };
}

describe("what a symbol learned", () => {
  test("is the same after restarts in the middle, bit for bit", async () => {
    const ends = [5.1, 5.4, 6.2, 6.25, 7.5].map((days) => Math.round(days * dayBars));
    const run = async (next: (current: Portfolio) => Portfolio): Promise<Uint8Array> => {
      store = fakeStore();
      let portfolio = open();
      let from = 5 * dayBars;
      await round(portfolio, [], [{ venue: "bybit", spec: specOf("bybit"), bars: bars.slice(0, from) }]);
      for (const to of ends) {
        portfolio = next(portfolio);
        for (; from < to; from += 90) await round(portfolio, [reported(from, Math.min(to, from + 90))]);
        from = to;
      }
      return bytesKept();
    };
    const undisturbed = await run((current) => current);
    expect(decodeCalibration(undisturbed)?.contest.candidate).toBeDefined();
    expect(sameBits(await run(() => open()), undisturbed)).toBe(true);
  });

  test("is written only when something was learned", async () => {
    const portfolio = open();
    await round(portfolio, [polled("bybit", 97, 101)], [history("bybit", 0, 100)]);
    expect(store.commits[0]?.calibration).toBeUndefined();
  });

  test("of another kind is not read: the prior's weights are used, with a word in the log", async () => {
    const log = spokenLog();
    store.overwrite({ calibration: encodeCalibration(learned).subarray(8) });
    const portfolio = open(log);
    await round(portfolio, [], [history("bybit", 0, 100)]);
    expect(Array.from(portfolio.series("bybit")?.stack.weights ?? [])).toEqual(priorWeights);
    expect(log.said.map(({ message }) => message).join()).toContain("of another kind");
  });

  test("is what every contract's map is made with, those that come later too", async () => {
    store.overwrite({ calibration: encodeCalibration(learned) });
    const portfolio = open();
    await round(portfolio, [], [history("bybit", 0, 100)]);
    await round(portfolio, [], [history("okx", 0, 100)]);
    for (const venue of ["bybit", "okx"])
      expect(Array.from(portfolio.series(venue)?.stack.weights ?? [])).toEqual(weights);
    const restarted = open();
    await restarted.refresh(store.state(), 0);
    restarted.absorb([polled("bybit", 99, 100)], []);
    expect(Array.from(restarted.series("bybit")?.stack.weights ?? [])).toEqual(weights);
  });

  test("changes the map between episodes, never during one", async () => {
    let now = 0;
    const process = startProcess(store, { now: () => now });
    const look = async (index: number) => {
      now = timeIn(index) + 3_000;
      for (const venue of ["bybit", "okx"]) store.records.set(venue, polled(venue, index - 1, index));
      slot += 1;
      await process.recompute({ symbol: "BTC", slot });
      return process.decided.at(-1)?.imbalance;
    };
    store.waiting.push(history("bybit", 0, 100), history("okx", 0, 100));
    for (const index of [100, 101, 102]) await look(index);
    expect(process.woken).not.toEqual([]);
    store.overwrite({ calibration: encodeCalibration(learned) });
    expect((await look(103))?.learned).toBeUndefined();
    // nothing is open in a memory that begins anew
    store.overwrite({ memory: undefined });
    expect((await look(104))?.learned).toMatchObject({
      since: expect.any(Number),
      skill: expect.any(Number),
    });
    expect(decodeCalibration(bytesKept())?.used).toEqual(weights);
  });
});
