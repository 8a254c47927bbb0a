import { describe, expect, test } from "vitest";
import type { PictureStore } from "../../src/charts/contracts.ts";
import { aggregateVenues, toLiquidationMap, type VenueInput } from "../../src/model/aggregate.ts";
import { stackedLevels, warmStartStacked } from "../../src/model/stackedSeries.ts";
import { createPictureKeeper, type Committed } from "../../src/worker/pictureData.ts";
import { aSpec, steadyBars } from "../support/market.ts";
import { silentLog } from "../support/redis.ts";

const minuteMs = 60_000;
const noon = 1_795_348_800_000;

const bars = steadyBars(300);
const mark = bars.at(-1)?.close ?? 0;
const levels = stackedLevels(warmStartStacked(aSpec(), bars), mark);
const input: VenueInput = {
  id: "bybit",
  status: "fresh",
  ageMs: 4_000,
  method: "estimated",
  markPrice: mark,
  openInterestUsd: 8e9,
  levels,
};

function committedAt(time: number, over: Partial<VenueInput> = {}): Committed {
  const inputs = [{ ...input, ...over }];
  const aggregate = aggregateVenues("BTC", time, inputs);
  return { map: toLiquidationMap(aggregate), aggregate, inputs };
}

/** What a keeper writes for these commits, as "what, of when". */
async function keptOf(commits: readonly Committed[]): Promise<string[]> {
  const kept: string[] = [];
  const missing = async (): Promise<never> => Promise.reject(new Error("only writes"));
  const store: PictureStore = {
    putColumn: async (_symbol, span, { time, notionalUsd }) => {
      const sum = notionalUsd.reduce((total, usd) => total + usd, 0);
      kept.push(`${span} ${(time - noon) / minuteMs} ${sum > 1e8 ? "full" : "empty"}`);
    },
    putDetail: async (_symbol, { time }) => void kept.push(`detail ${(time - noon) / minuteMs}`),
    columns: missing,
    detail: missing,
    picture: missing,
    putPicture: missing,
    claimDrawing: missing,
  };
  const keep = createPictureKeeper(store, silentLog);
  for (const commit of commits) {
    keep(commit);
    await new Promise((resume) => setImmediate(resume));
  }
  return kept.toSorted();
}

describe("what pictures need is kept", () => {
  test("with the first commit of each five minutes and of each hour", async () => {
    const minutes = [1, 2, 4, 6, 9, 59, 61];
    expect(await keptOf(minutes.map((minute) => committedAt(noon + minute * minuteMs)))).toEqual([
      "day 0 full",
      "day 5 full",
      "day 55 full",
      "day 60 full",
      "detail 1",
      "detail 59",
      "detail 6",
      "detail 61",
      "month 0 full",
      "month 60 full",
    ]);
  });

  test("not of a map that nobody stands behind", async () => {
    expect(await keptOf([committedAt(noon, { status: "stale" })])).toEqual([]);
  });
});

test("Redis away costs a stripe, not the recompute", async () => {
  const fail = async (): Promise<never> => Promise.reject(new Error("connect ECONNREFUSED"));
  const store: PictureStore = {
    putColumn: fail,
    putDetail: fail,
    columns: fail,
    detail: fail,
    picture: fail,
    putPicture: fail,
    claimDrawing: fail,
  };
  expect(() => createPictureKeeper(store, silentLog)(committedAt(noon))).not.toThrow();
  await new Promise((resume) => setImmediate(resume));
});
