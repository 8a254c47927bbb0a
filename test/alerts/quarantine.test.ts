import { describe, expect, test } from "vitest";
import { quarantineCause, quarantinesOf } from "../../src/alerts/quarantine.ts";
import { aggregateVenues } from "../../src/model/aggregate.ts";
import { freshNotionalMemory, measureImbalance } from "../../src/model/imbalance.ts";
import { judgeJumps } from "../../src/worker/jumps.ts";
import { polled } from "../worker/feed.ts";
import { anInput } from "../model/inputs.ts";
import { referenceImbalance } from "./examples.ts";

describe("a quarantine's cause", () => {
  test("is the mark where the mark is far from the others'", () => {
    const inputs = ["a", "b", "c"].map((id) => anInput({ id, markPrice: id === "c" ? 110 : 100 }));
    const { imbalance } = measureImbalance(aggregateVenues("BTC", 0, inputs), freshNotionalMemory, {
      episodeOpen: false,
    });
    expect(quarantinesOf(imbalance)).toMatchObject([{ series: "c", cause: "mark" }]);
  });

  test("is open interest where that jumped", () => {
    const record = polled("okx", 10, 20);
    const at = (record.observation?.observedAt ?? 0) - 60_000;
    const { doubts } = judgeJumps([record], { okx: { at, value: 1e-9 } });
    expect(quarantineCause(doubts.get("okx"))).toBe("open-interest");
  });

  test.each([undefined, "", "no usable mark price, open interest or levels"])(
    "else is that nothing can be used (%s)",
    (reason) => {
      expect(quarantineCause(reason)).toBe("unusable");
    },
  );

  test("is told of each contract where a venue has several", () => {
    const [venue] = referenceImbalance.venues;
    if (venue === undefined) throw new Error("no venue");
    const contract = { ageMs: 1, openInterestUsd: 1 };
    const contracts = [
      { ...contract, series: "okx", status: "fresh" },
      {
        ...contract,
        series: "okx:inverse",
        status: "quarantined",
        reason: "mark 1 is far from the venues' median 2",
      },
    ] as const;
    expect(quarantinesOf({ venues: [{ ...venue, contracts }] })).toMatchObject([
      { series: "okx:inverse", cause: "mark" },
    ]);
  });
});
