import { beforeEach, describe, expect, test } from "vitest";
import { freshEpisodeMemory } from "../../src/alerts/episode.ts";
import { encodeCalibration } from "../../src/model/calibration/snapshot.ts";
import { freshNotionalMemory } from "../../src/model/imbalance.ts";
import type { VenueLevels } from "../../src/model/levels.ts";
import { encodeSeries, warmStart } from "../../src/model/series.ts";
import {
  applyStacked,
  encodeStacked,
  stackedLevels,
  type StackedSeries,
  warmStartStacked,
} from "../../src/model/stackedSeries.ts";
import type { Observation } from "../../src/poller/contracts.ts";
import { createPortfolio, type Portfolio } from "../../src/worker/portfolio.ts";
import { halfOf, marketReports, take } from "../model/calibration/support.ts";
import { fakeStore, type FakeStore } from "../support/fakeStore.ts";
import { fiveMinutes, sameBits } from "../support/market.ts";
import { silentLog } from "../support/redis.ts";
import { aCommit } from "../store/builders.ts";
import { bars, history, observed, polled, specOf, watched } from "./feed.ts";

const memory = { notional: freshNotionalMemory, episode: freshEpisodeMemory(0) };
const nothing = new Uint8Array();

let store: FakeStore;
let slot: number;
beforeEach(() => {
  store = fakeStore();
  slot = 0;
});

const open = (): Portfolio => createPortfolio("BTC", store, silentLog);

/** What a recompute does with a portfolio, without the model's numbers. */
async function round(
  portfolio: Portfolio,
  records: Parameters<Portfolio["absorb"]>[0],
  histories: Parameters<Portfolio["absorb"]>[1] = [],
): Promise<string> {
  const { version } = await portfolio.refresh(store.state(), 0);
  portfolio.absorb(records, histories);
  slot += 1;
  const result = await store.symbols.commit(
    aCommit({ slot, basedOn: version, memory: "", ...portfolio.changed() }),
  );
  if (result === "committed") portfolio.committed(memory, slot);
  return result;
}

/** The state that one process, never disturbed, has after the first bars. */
function undisturbed(warm: number, last: number): Uint8Array {
  const series = warmStartStacked(specOf("bybit"), bars.slice(0, warm));
  for (const bar of bars.slice(warm, last + 1)) applyStacked(series, bar);
  return encodeStacked(series);
}

const keptOf = (venue: string): Uint8Array => store.state().series.get(venue) ?? nothing;
const lastClosedOf = (portfolio: Portfolio): number =>
  (portfolio.series("bybit")?.lastClosed ?? Number.NaN) / fiveMinutes;

describe("a portfolio", () => {
  test("has no series before a history came, and says that there is none to go on from", async () => {
    const portfolio = open();
    await round(portfolio, [polled("bybit", 10, 12)]);
    expect(portfolio.series("bybit")).toBeUndefined();
    expect(store.commits[0]).toMatchObject({ dropped: ["bybit"], series: new Map() });
  });

  test("applies a history and what was polled since, and hands over only what changed", async () => {
    const portfolio = open();
    await round(portfolio, [polled("bybit", 97, 101), polled("okx", 97, 101)], [history("bybit", 0, 100)]);
    expect(lastClosedOf(portfolio)).toBe(100);
    expect(store.cursors).toEqual(new Map([["bybit", 100 * fiveMinutes]]));
    await round(portfolio, [polled("bybit", 100, 101)]);
    expect(store.commits[1]?.series.size).toBe(0);
  });

  test("applies no bar twice, however often and from wherever it is told", async () => {
    const portfolio = open();
    await round(portfolio, [], [history("bybit", 0, 100)]);
    for (const cursor of [90, 95, 99, 99]) await round(portfolio, [polled("bybit", cursor, 110)]);
    await round(portfolio, [polled("bybit", 60, 112)], [history("bybit", 40, 110)]);
    expect(sameBits(keptOf("bybit"), undisturbed(100, 111))).toBe(true);
  });

  test("reads the state again only when somebody else has committed", async () => {
    const portfolio = open();
    await round(portfolio, [], [history("bybit", 0, 100)]);
    for (const forming of [102, 104]) await round(portfolio, [polled("bybit", 99, forming)]);
    expect(store.reads()).toBe(1);
    store.overwrite({});
    await round(portfolio, [polled("bybit", 99, 105)]);
    expect(store.reads()).toBe(2);
  });

  test("goes on bit for bit after a restart in the middle", async () => {
    await round(open(), [], [history("bybit", 0, 100)]);
    for (const forming of [101, 103, 106, 107]) await round(open(), [polled("bybit", 99, forming)]);
    expect(sameBits(keptOf("bybit"), undisturbed(100, 106))).toBe(true);
  });

  test("restores a venue that was down at the start when it comes back", async () => {
    const before = open();
    await round(before, [polled("okx", 99, 101)], [history("bybit", 0, 100), history("okx", 0, 100)]);
    const after = open();
    const failure = { kind: "retry", reason: "HTTP 502", at: 0, slot: 1 } as const;
    await round(after, [{ venue: "bybit", failure }, polled("okx", 100, 102)]);
    expect(after.series("bybit")).toBeUndefined();
    expect(store.cursors.get("bybit")).toBe(99 * fiveMinutes);
    await round(after, [polled("bybit", 99, 104)]);
    expect(sameBits(keptOf("bybit"), undisturbed(100, 103))).toBe(true);
  });

  test("restores it for its history's sake too, instead of starting from that alone", async () => {
    await round(open(), [], [history("bybit", 0, 100)]);
    await round(open(), [], [history("bybit", 100, 250)]);
    expect(sameBits(keptOf("bybit"), undisturbed(100, 249))).toBe(true);
  });
});

describe("a state that can't be used", () => {
  beforeEach(async () => {
    await round(open(), [], [history("bybit", 0, 100)]);
    store.overwrite({ series: new Map([["bybit", Uint8Array.of(1, 2, 3, 4)]]) });
  });

  test("is dropped with its cursor", async () => {
    const portfolio = open();
    await round(portfolio, [polled("bybit", 99, 102)]);
    expect(portfolio.series("bybit")).toBeUndefined();
    expect(store.state().series.has("bybit")).toBe(false);
    expect(store.cursors.has("bybit")).toBe(false);
  });

  test("is not replaced by a history that was to go on from it, but by a whole one", async () => {
    const portfolio = open();
    await round(portfolio, [polled("bybit", 99, 251)], [history("bybit", 100, 250)]);
    expect(portfolio.series("bybit")).toBeUndefined();
    await round(portfolio, [], [history("bybit", 0, 250)]);
    expect(sameBits(keptOf("bybit"), undisturbed(250, 249))).toBe(true);
  });

  test("another contract of the same venue is another state", async () => {
    store.overwrite({ series: new Map([["bybit", encodeStacked(warmStartStacked(specOf("okx"), bars))]]) });
    const portfolio = open();
    await round(portfolio, [polled("bybit", 99, 102)]);
    expect(store.cursors.has("bybit")).toBe(false);
  });

  test("from before maps were stacked is rebuilt, never misread", async () => {
    store.overwrite({ series: new Map([["bybit", encodeSeries(warmStart(specOf("bybit"), bars))]]) });
    const portfolio = open();
    await round(portfolio, [polled("bybit", 99, 102)]);
    expect(portfolio.series("bybit")).toBeUndefined();
    expect(store.cursors.has("bybit")).toBe(false);
  });
});

describe("bars behind a hole", () => {
  test.each([
    ["one bar late", 100, 102, 101],
    ["as late as a poll can read back", 99, 199, 198],
  ])("are applied when the poll reached back to the cursor: %s", async (_claim, cursor, forming, last) => {
    const portfolio = open();
    await round(portfolio, [], [history("bybit", 0, 100)]);
    await round(portfolio, [polled("bybit", cursor, forming)]);
    expect(lastClosedOf(portfolio)).toBe(last);
  });

  test.each([200, 201, 250, 320])(
    "wait for a history when a poll could not reach it: %d forming",
    async (forming) => {
      const portfolio = open();
      await round(portfolio, [], [history("bybit", 0, 100)]);
      await round(portfolio, [polled("bybit", 99, forming)]);
      expect(portfolio.series("bybit")).toBeUndefined();
      await round(portfolio, [polled("bybit", 99, forming)], [history("bybit", 100, forming - 1)]);
      expect(lastClosedOf(portfolio)).toBe(forming - 1);
      expect(sameBits(keptOf("bybit"), undisturbed(100, forming - 1))).toBe(true);
    },
  );

  test("a hole of the venue's own, with nothing to wait for, is stepped over", async () => {
    const portfolio = open();
    await round(portfolio, [], [history("bybit", 0, 100)]);
    await round(portfolio, [polled("bybit", 119, 130)]);
    expect(lastClosedOf(portfolio)).toBe(129);
  });
});

describe("a commit that did not count", () => {
  test("loses no history: the hand-over has forgotten it, the process has not", async () => {
    const portfolio = open();
    store.answerNext("conflict");
    expect(await round(portfolio, [], [history("bybit", 0, 100)])).toBe("conflict");
    store.overwrite({});
    expect(await round(portfolio, [polled("bybit", 99, 103)])).toBe("committed");
    expect(sameBits(keptOf("bybit"), undisturbed(100, 102))).toBe(true);
  });

  test("loses no bar when nobody knows whether it came through", async () => {
    const portfolio = open();
    await round(portfolio, [], [history("bybit", 0, 100)]);
    store.answerNext("fail");
    await expect(round(portfolio, [polled("bybit", 99, 103)])).rejects.toThrow("broke");
    await round(portfolio, [polled("bybit", 99, 104)]);
    expect(sameBits(keptOf("bybit"), undisturbed(100, 103))).toBe(true);
  });
});

describe("the levels of an observation", () => {
  /** Both venues' first hundred bars, and what one of them says while the next one forms. */
  const warm = async (): Promise<{ portfolio: Portfolio; observation: Observation }> => {
    const portfolio = open();
    await round(portfolio, [], [history("bybit", 0, 100), history("okx", 0, 100)]);
    return { portfolio, observation: observed("bybit", 99, 100) };
  };
  const seriesOf = (portfolio: Portfolio): StackedSeries => {
    const series = portfolio.series("bybit");
    if (series === undefined) throw new Error("the portfolio has no series of bybit");
    return series;
  };
  const levelsOf = (portfolio: Portfolio, observation: Observation): VenueLevels =>
    portfolio.levels(seriesOf(portfolio), observation);
  const modelled = (portfolio: Portfolio, { markPrice, formingBar }: Observation): VenueLevels =>
    stackedLevels(seriesOf(portfolio), markPrice, formingBar);

  test("are the model's, made once for each", async () => {
    const { portfolio, observation } = await warm();
    const levels = levelsOf(portfolio, observation);
    expect(levels).toEqual(modelled(portfolio, observation));
    expect(levelsOf(portfolio, observation)).toBe(levels);
    const next = { ...observation, markPrice: observation.markPrice * 1.01 };
    expect(levelsOf(portfolio, next)).toEqual(modelled(portfolio, next));
  });

  test.each<[string, (portfolio: Portfolio) => unknown]>([
    ["a bar of its own", async (portfolio) => round(portfolio, [polled("bybit", 99, 101)])],
    ["a bar of another venue", async (portfolio) => round(portfolio, [polled("okx", 99, 101)])],
    [
      "another process committed",
      async (portfolio) => {
        await round(open(), [polled("bybit", 99, 101)]);
        await round(portfolio, [polled("bybit", 100, 101)]);
      },
    ],
  ])("are made anew after %s", async (_claim, happen) => {
    const { portfolio, observation } = await warm();
    const levels = levelsOf(portfolio, observation);
    await happen(portfolio);
    expect(levelsOf(portfolio, observation)).not.toBe(levels);
    expect(levelsOf(portfolio, observation)).toEqual(modelled(portfolio, observation));
  });

  test("are made with what was learned as soon as that may change them", async () => {
    const { calibration } = take(marketReports({ seed: 4, days: 12, truth: () => halfOf(2) }));
    store.overwrite({ calibration: encodeCalibration(calibration) });
    const { portfolio, observation } = await warm();
    const levels = levelsOf(portfolio, observation);
    portfolio.weigh(false);
    expect(levelsOf(portfolio, observation)).toBe(levels);
    portfolio.weigh(true);
    expect(levelsOf(portfolio, observation)).toEqual(modelled(portfolio, observation));
    expect(levelsOf(portfolio, observation)).not.toEqual(levels);
  });

  test("are there when they are asked for, where they were prepared", async () => {
    const { portfolio, observation } = await warm();
    const { observation: seen, reads } = watched(observation);
    portfolio.prepare(seen, slot + 1);
    expect(reads()).toBe(1);
    portfolio.prepare(seen, slot + 1);
    expect(levelsOf(portfolio, seen)).toEqual(modelled(portfolio, observation));
    expect(reads()).toBe(1);
  });

  test("can be prepared from bars that were applied before", async () => {
    const { portfolio } = await warm();
    const { observation, reads } = watched(observed("bybit", 90, 100));
    portfolio.prepare(observation, slot + 1);
    expect(reads()).toBe(1);
  });

  test.each([
    ["whose bars change them", observed("bybit", 99, 101)],
    ["of a venue without a series", observed("bitget", 99, 100)],
  ])("are not prepared from an observation %s", async (_claim, said) => {
    const { portfolio } = await warm();
    const { observation, reads } = watched(said);
    portfolio.prepare(observation, slot + 1);
    expect(reads()).toBe(0);
  });

  test("are not prepared for a slot that is over, nor before there is a state", async () => {
    const { portfolio, observation } = await warm();
    const { observation: late, reads } = watched(observation);
    portfolio.prepare(late, slot);
    open().prepare(late, slot + 1);
    expect(reads()).toBe(0);
  });

  test("are not prepared while the venue waits for its history", async () => {
    const { portfolio } = await warm();
    await round(portfolio, [polled("bybit", 99, 250)]);
    const { observation, reads } = watched(observed("bybit", 250, 251));
    portfolio.prepare(observation, slot + 1);
    expect(reads()).toBe(0);
  });
});
