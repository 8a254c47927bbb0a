import { describe, expect, it } from "vitest";
import type { Lackable, VenueAdapter } from "../../src/poller/adapter.ts";
import { adapters } from "../../src/poller/adapters.ts";
import { supportedVenues } from "../../src/poller/supported.ts";

/** What an adapter shows by how it is built. */
const gives: readonly (readonly [Lackable, (adapter: VenueAdapter) => boolean])[] = [
  ["markCandles", ({ markCandles }) => markCandles !== undefined],
  [
    "openInterestHistory",
    ({ openInterestHistory }) => openInterestHistory.some(({ stepMs }) => stepMs <= 300_000),
  ],
  ["liquidations", ({ declares }) => declares.liquidations !== "none"],
  ["riskTiers", ({ riskTiers }) => riskTiers.kind === "venue"],
];

it("there is an adapter for every supported venue, and no other", () => {
  expect(adapters.map(({ id }) => id).toSorted()).toEqual(supportedVenues.toSorted());
});

describe.each(adapters)("what $id declares", (adapter) => {
  it.each(gives)("is true of its %s", (figure, given) => {
    expect(adapter.declares.lacks[figure] === undefined).toBe(given(adapter));
  });

  it("counts every call under a limit", () => {
    const last = adapter.declares.limits.at(-1);
    expect(last?.matches).toBeUndefined();
  });
});
