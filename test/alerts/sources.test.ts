import { expect, it } from "vitest";
import { judgeSources, type Sources } from "../../src/alerts/sources.ts";
import type { Imbalance, VenueStatus } from "../../src/model/types.ts";
import { referenceImbalance } from "./examples.ts";

const sound: Sources = { configured: 3, opposedShare: 0 };

/** Of equal open interest. */
function venues(...statuses: readonly VenueStatus[]): Partial<Imbalance> {
  return {
    venues: statuses.map((status, index) => ({
      id: `venue${index}`,
      status,
      ageMs: 1_000,
      openInterestUsd: 1e9,
      method: "estimated",
    })),
  };
}

it.each<[string, Partial<Imbalance>, Partial<Sources>, string | undefined]>([
  ["three fresh venues", {}, {}, undefined],
  ["one fresh venue of several", venues("fresh", "failed", "stale"), {}, "few-venues"],
  ["two fresh venues of several", venues("fresh", "fresh", "failed"), {}, undefined],
  ["one venue where there is only one", venues("fresh"), { configured: 1 }, undefined],
  ["half of the open interest", { coverage: 0.5 }, {}, undefined],
  ["less than half of the open interest", { coverage: 0.499 }, {}, "low-coverage"],
  ["a third that leans the other way", {}, { opposedShare: 0.34 }, "contradiction"],
  ["less than a third that does", {}, { opposedShare: 0.33 }, undefined],
  ["one of three with another price", venues("fresh", "fresh", "quarantined"), {}, "contradiction"],
  ["one of four with another price", venues("fresh", "fresh", "fresh", "quarantined"), {}, undefined],
  [
    "one of five with another price",
    venues("fresh", "fresh", "fresh", "fresh", "quarantined"),
    {},
    undefined,
  ],
])("%s", (_name, imbalance, sources, reason) => {
  expect(judgeSources({ ...referenceImbalance, ...imbalance }, { ...sound, ...sources })).toBe(reason);
});
