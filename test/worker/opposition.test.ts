import { describe, expect, test } from "vitest";
import { aggregateVenues, type VenueInput } from "../../src/model/aggregate.ts";
import { binWidth } from "../../src/model/grid.ts";
import { freshNotionalMemory, measureImbalance } from "../../src/model/imbalance.ts";
import { opposedShare } from "../../src/worker/opposition.ts";

const markPrice = 100;

/** A hundred million from `distance` on, one side nearer than the other. */
function aVenue(id: string, openInterestUsd: number, near: "short" | "long" | "neither"): VenueInput {
  const side = (bins: number) => ({
    nearest: bins * binWidth,
    quantities: new Float64Array(40).fill(openInterestUsd / markPrice / 100),
  });
  const levels = {
    contractType: "linear",
    markPrice,
    long: side(near === "long" ? 10 : 40),
    short: side(near === "short" ? 10 : 40),
  } as const;
  return { id, status: "fresh", ageMs: 1_000, method: "estimated", markPrice, openInterestUsd, levels };
}

function opposed(...inputs: readonly VenueInput[]): number {
  const aggregate = aggregateVenues("BTC", 1_000, inputs);
  const options = { notionalUsd: 1e8, episodeOpen: false };
  return opposedShare(measureImbalance(aggregate, freshNotionalMemory, options).imbalance, inputs);
}

describe("the share of open interest whose own map leans the other way", () => {
  test("is none where all lean alike, or one leans neither way", () => {
    expect(opposed(aVenue("a", 6e9, "short"), aVenue("b", 3e9, "short"), aVenue("c", 1e9, "neither"))).toBe(
      0,
    );
  });

  test("is that of the venues that do", () => {
    expect(
      opposed(aVenue("a", 6e9, "short"), aVenue("b", 3e9, "long"), aVenue("c", 1e9, "long")),
    ).toBeCloseTo(0.4);
    expect(
      opposed(aVenue("a", 6e9, "long"), aVenue("b", 3e9, "short"), aVenue("c", 1e9, "short")),
    ).toBeCloseTo(0.4);
  });

  test("is none of a single venue, nor of those that aren't fresh", () => {
    expect(opposed(aVenue("a", 6e9, "short"))).toBe(0);
    const failed = { ...aVenue("b", 3e9, "long"), status: "failed" } as const;
    expect(opposed(aVenue("a", 6e9, "short"), failed)).toBe(0);
  });
});
