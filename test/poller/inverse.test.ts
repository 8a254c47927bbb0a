import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Observation } from "../../src/poller/contracts.ts";
import { htx } from "../../src/sim/dialects/htx.ts";
import { kucoinfutures } from "../../src/sim/dialects/kucoinfutures.ts";
import { observationOf, pollSeries, setStage, type Stage } from "./harness.ts";
import { inverseVenues } from "./inverse.ts";
import { barMs, hourMs, markOf, noon, truth } from "./world.ts";

/** HTX's open interest is hourly, and its mark the newest candle's close; KuCoin compares no accounts. */
const isHtx = (id: string): boolean => id === htx.profile.id;
const positioningOf = (id: string, close: number): object => ({
  ...(isHtx(id) ? {} : { openInterest: expect.closeTo(truth.openInterest(close), 4) }),
  ...(id === kucoinfutures.profile.id ? {} : { longShortRatio: expect.closeTo(truth.longShortRatio, 2) }),
});

/** What the world counts in dollars comes in contracts of dollars, of the venue's own size, and out as dollars. */
describe.each(inverseVenues)("$series", ({ id, series, routes }) => {
  let stage: Stage;
  let inverse: Observation;
  let linear: Observation;

  beforeAll(async () => {
    stage = await setStage({ id, routes });
    const request = { symbol: "BTC", cursor: noon - 3 * barMs, otherCursor: noon - 3 * barMs };
    inverse = observationOf(await pollSeries(stage.venue, series, request));
    linear = observationOf(await pollSeries(stage.venue, id, request));
  });
  afterAll(async () => stage.stop());

  it("is the coin's contract against dollars, beside the linear one", () => {
    expect(inverse.spec).toMatchObject({ venue: series, contractType: "inverse", market: "BTC/USD:BTC" });
    expect(linear.spec).toMatchObject({ venue: id, contractType: "linear", market: "BTC/USDT:USDT" });
  });

  it("has its open interest in dollars, each contract once, which are dollars at any price", () => {
    const expected = truth.openInterest(stage.clock.now());
    expect(inverse.openInterest / expected).toBeCloseTo(1, 4);
    expect(inverse.openInterestUsd).toBe(inverse.openInterest);
    expect(linear.openInterestUsd / linear.openInterest).toBeCloseTo(linear.markPrice, 2);
    expect(inverse.formingBar?.openInterest).toBe(inverse.openInterest);
  });

  it("has its own mark and funding", () => {
    expect(inverse.markPrice).toBe(isHtx(id) ? truth.candle(noon).close : truth.markPrice);
    expect(inverse.formingBar?.fundingRate).toBe(truth.fundingRate);
  });

  it("has bars whose volumes are dollars, with marks, open interest and ratio at their close", () => {
    expect(inverse.closedBars.map(({ openTime }) => openTime)).toEqual([noon - 2 * barMs, noon - barMs]);
    for (const bar of inverse.closedBars) {
      const { volume, ...prices } = truth.candle(bar.openTime);
      const { high, low } = markOf(prices);
      expect(bar).toMatchObject({ ...prices, markHigh: high, markLow: low });
      expect(bar.volume).toBeCloseTo(volume, 4);
      expect(bar).toMatchObject(positioningOf(id, bar.openTime + barMs));
    }
  });

  it("has a history in dollars", async () => {
    const read = await stage.venue.backfill("BTC", noon - 3 * hourMs, noon, { series });
    if (!read.ok) throw new Error(read.failure.reason);
    expect(read.spec).toMatchObject({ venue: series, contractType: "inverse" });
    expect(read.bars).toHaveLength(36);
    for (const { openTime, volume } of read.bars)
      expect(volume).toBeCloseTo(truth.candle(openTime).volume, 4);
    const last = read.bars.at(-1)?.openInterest ?? 0;
    expect(last / truth.openInterest(noon)).toBeCloseTo(1, 3);
  });

  it("has the same limits in dollars as the linear one, or our own dated ones", () => {
    const caps = ({ spec }: Observation): readonly number[] =>
      spec.riskTiers.map(({ capNotional }) => capNotional).filter(Number.isFinite);
    expect(caps(inverse).length).toBeGreaterThan(1);
    expect(caps(inverse)).toEqual(caps(linear).map((cap) => expect.closeTo(cap, -1)));
    expect(inverse.tierSource.kind).toBe(linear.tierSource.kind);
  });
});
