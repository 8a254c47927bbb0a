import { describe, expect, it } from "vitest";
import { aggregateVenues, type VenueInput } from "../../src/model/aggregate.ts";
import { anInput } from "./inputs.ts";

const shares = (...inputs: readonly VenueInput[]) => aggregateVenues("BTC", 0, inputs).shares;

describe("a venue's share", () => {
  it("is weighed by what it brings to the map", () => {
    const [bybit, okx] = shares(
      anInput({ id: "bybit", openInterestUsd: 30 }),
      anInput({ id: "okx", openInterestUsd: 10 }),
    );
    expect([bybit?.weight, okx?.weight]).toEqual([0.75, 0.25]);
  });

  it("weighs nothing while it isn't fresh, and nothing weighs anything when none is", () => {
    const good = anInput({ id: "bybit", openInterestUsd: 30 });
    const late = anInput({ id: "okx", openInterestUsd: 10, status: "stale" });
    expect(shares(good, late).map(({ weight }) => weight)).toEqual([1, 0]);
    expect(shares(late)[0]).not.toHaveProperty("weight");
  });

  const linear = anInput({ id: "okx", openInterestUsd: 30, ageMs: 1_000 });
  const inverse = anInput({ id: "okx", series: "okx:inverse", openInterestUsd: 10, ageMs: 2_000 });

  it("of several contracts is their sum, with the largest one's status, and names each", () => {
    const [share, ...others] = shares(inverse, linear);
    expect(others).toEqual([]);
    expect(share).toMatchObject({
      id: "okx",
      status: "fresh",
      ageMs: 1_000,
      openInterestUsd: 40,
      weight: 1,
      contracts: [
        { series: "okx", status: "fresh", openInterestUsd: 30 },
        { series: "okx:inverse", status: "fresh", openInterestUsd: 10 },
      ],
    });
  });

  it("says which of its contracts is amiss", () => {
    const [share] = shares(linear, { ...inverse, markPrice: 140 });
    expect(share).toMatchObject({ status: "fresh", weight: 1 });
    expect(share?.contracts?.[1]).toMatchObject({
      status: "quarantined",
      reason: expect.stringContaining("far from"),
    });
  });

  it("of one contract has no list of them", () => {
    expect(shares(linear)[0]).not.toHaveProperty("contracts");
  });
});
