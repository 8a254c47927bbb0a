import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { agedImbalance } from "../../src/model/aged.ts";
import { exampleTime, referenceImbalance } from "../alerts/examples.ts";

const staleAfterMs = 180_000;
const oldest = referenceImbalance.ageMs ?? 0;
const at = (sinceMs: number) => agedImbalance(referenceImbalance, exampleTime + sinceMs, staleAfterMs);

describe("a stored imbalance", () => {
  test("read at once is what was stored", () => {
    expect(at(0)).toEqual(referenceImbalance);
  });

  test("grows old with its venues", () => {
    expect(at(60_000)).toEqual({
      ...referenceImbalance,
      ageMs: oldest + 60_000,
      venues: referenceImbalance.venues.map((venue) => ({ ...venue, ageMs: (venue.ageMs ?? 0) + 60_000 })),
    });
  });

  test("is believed up to the limit, and not a millisecond longer", () => {
    expect(at(staleAfterMs - oldest).regime).toBe("short-squeeze");
    expect(at(staleAfterMs - oldest + 1).regime).toBe("stale");
  });

  test("past it has no numbers that could be taken for the present", () => {
    const { symbol, time, regime, venues, coverage, bands, ageMs, ...numbers } = at(3_600_000);
    expect({ symbol, time, regime }).toEqual({ symbol: "BTC", time: exampleTime, regime: "stale" });
    expect({ coverage, bands, ageMs }).toEqual({ coverage: 0, bands: [], ageMs: null });
    expect(venues.map(({ status }) => status)).toEqual(["stale", "stale", "stale"]);
    const { markPrice, notionalUsd, realisedShare, ...measured } = numbers;
    expect(new Set(Object.values(measured))).toEqual(new Set([null]));
    expect({ markPrice, notionalUsd, realisedShare }).toEqual({
      markPrice: referenceImbalance.markPrice,
      notionalUsd: referenceImbalance.notionalUsd,
      realisedShare: null,
    });
  });

  test("says why a venue that had failed before did", () => {
    const [first, ...others] = referenceImbalance.venues;
    if (first === undefined) throw new Error("no venue");
    const failed = { ...first, status: "failed" as const, ageMs: null, reason: "HTTP 502" };
    const aged = agedImbalance(
      { ...referenceImbalance, venues: [failed, ...others] },
      Infinity,
      staleAfterMs,
    );
    expect(aged.venues[0]).toEqual(failed);
    expect(aged.venues[1]).toMatchObject({ status: "stale" });
  });

  test("without fresh data stays without", () => {
    const none = { ...referenceImbalance, ageMs: null, regime: "stale" as const };
    expect(agedImbalance(none, exampleTime, staleAfterMs)).toMatchObject({ regime: "stale", ageMs: null });
  });

  test("is never younger for a reader whose clock is behind", () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e9, max: 1e9 }), (sinceMs) => {
        const { ageMs } = at(sinceMs);
        expect(ageMs === null || ageMs >= oldest).toBe(true);
      }),
    );
  });
});
