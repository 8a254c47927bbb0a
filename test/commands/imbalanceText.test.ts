import { describe, expect, test } from "vitest";
import { imbalanceText } from "../../src/commands/imbalanceText.ts";
import { referenceImbalance } from "../alerts/examples.ts";

const [binance, bybit, okx] = referenceImbalance.venues;

describe("the imbalance on a terminal", () => {
  test("tells the two distances, what lies near, and who said so", () => {
    const bands = [
      { distanceRatio: 0.01, longUsd: 410_000_000, shortUsd: 1_240_000_000 },
      { distanceRatio: 0.05, longUsd: 2_100_000_000, shortUsd: 3_000_000_000 },
    ];
    expect(imbalanceText({ ...referenceImbalance, bands })).toMatchInlineSnapshot(`
      "BTC $84,230 · short-squeeze · ratio 2.6
        fall ~$2,000 → $1.1B of longs
        rise ~$770 → $1.1B of shorts

        within       longs      shorts
        ±1%          $410M       $1.2B
        ±5%          $2.1B         $3B

      venues (100% of known open interest is fresh; dollars are modelled):
        binanceusdm    fresh     $9.1B · 4 s
        bybit          fresh     $5.2B · 3 s
        okx            fresh     $3.4B · 3 s
      "
    `);
  });

  test("says that a side is out of reach instead of inventing a distance", () => {
    const text = imbalanceText({ ...referenceImbalance, regime: "thin", downDistanceUsd: null, ratio: null });
    expect(text).toContain("fall: not enough modelled longs within reach");
    expect(text).toContain("rise ~$770");
    expect(text.split("\n")[0]).not.toContain("ratio");
  });

  test("without any notional both sides are out of reach", () => {
    const text = imbalanceText({ ...referenceImbalance, notionalUsd: null });
    expect(text.match(/not enough modelled/g)).toHaveLength(2);
  });

  test("names why a venue is missing", () => {
    if (binance === undefined || bybit === undefined || okx === undefined) throw new Error("three venues");
    const failed = {
      ...bybit,
      status: "failed",
      openInterestUsd: null,
      ageMs: null,
      reason: "HTTP 502",
    } as const;
    const text = imbalanceText({ ...referenceImbalance, coverage: 0.71, venues: [binance, failed, okx] });
    expect(text).toMatch(/bybit\s+failed\s+HTTP 502/);
    expect(text).toContain("71% of known open interest is fresh");
  });

  test("says where a move would feed itself, and that it wouldn't", () => {
    const text = imbalanceText({
      ...referenceImbalance,
      cascade: {
        down: { distanceRatio: 0.0234, interval: null, likelihood: 0.72 },
        up: { distanceRatio: null, interval: null, likelihood: 0.05 },
        bookCoverage: 0.61,
      },
    });
    expect(text).toContain("order books (venues with 61% of open interest)");
    expect(text).toContain("a fall feeds itself from 2.3% on, in 72% of draws");
    expect(text).toContain("a rise doesn't feed itself within ±5%");
  });

  test("is plain text that fits eighty columns", () => {
    const lines = imbalanceText(referenceImbalance).split("\n");
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80);
    expect(lines.at(-1)).toBe("");
  });
});
