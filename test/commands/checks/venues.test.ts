import { describe, expect, it } from "vitest";
import { describeFinding } from "../../../src/commands/checks/finding.ts";
import {
  judgeClock,
  judgeVenues,
  visitVenues,
  type VenueVisit,
} from "../../../src/commands/checks/venues.ts";
import type { PollFailureKind, PollOutcome, Venue } from "../../../src/poller/contracts.ts";
import { aSpec } from "../../support/market.ts";

const receivedAt = Date.UTC(2026, 0, 1);

describe("venues", () => {
  it("that answer are fine, and one that fails is a warning", () => {
    expect(judgeVenues([visit("okx", answered(0)), visit("bybit", failed("timed out"))], "BTC")).toEqual([
      { level: "ok", message: "okx has BTC at 84230" },
      {
        level: "warning",
        message: "bybit: timed out",
        hint: expect.stringContaining("VENUES says which are asked"),
      },
    ]);
  });

  it("are an error when none answers", () => {
    expect(judgeVenues([visit("okx", failed("timed out"))], "BTC")).toMatchObject([{ level: "error" }]);
  });

  it("without the symbol are told apart from those that can't be reached", () => {
    const visits = [visit("okx", answered(0)), visit("bybit", failed("no XYZ contract", "give-up-symbol"))];
    expect(judgeVenues(visits, "XYZ")[1]?.hint).toContain("Take XYZ out of SYMBOLS");
  });

  it("are asked once each, and closed", async () => {
    const closed: string[] = [];
    const venue = (id: string): Venue => ({
      id,
      poll: async (requests, onOutcome) => requests.forEach(({ symbol }) => onOutcome(symbol, answered(0))),
      backfill: async () => ({ ok: false, failure: { kind: "retry", reason: "not asked" } }),
      listed: async () => [],
      forgetsOpenInterest: false,
      liquidationFeeRate: 0,
      close: async () => void closed.push(id),
    });
    const visits = await visitVenues([venue("okx"), venue("bybit")], "BTC");
    expect(visits.map(({ id, outcome }) => [id, outcome.ok])).toEqual([
      ["okx", true],
      ["bybit", true],
    ]);
    expect(closed.toSorted()).toEqual(["bybit", "okx"]);
  });
});

describe("the clock", () => {
  it.each([
    [[0, 100, 4000], "ok", "the clock agrees with the venues'"],
    [[60_000, 61_000, 0], "error", "the clock is 60 s ahead of the venues'"],
    [[-60_000, -60_500, -59_000], "error", "the clock is 60 s behind the venues'"],
    [[0, 0, 900_000], "ok", "the clock agrees with the venues'"],
    [[], "warning", "the clock can't be checked without a venue"],
  ])("%j ms ahead of the venues is %s", (ahead, level, message) => {
    const visits = ahead.map((ms) => visit("okx", answered(ms)));
    expect(judgeClock([...visits, visit("bybit", failed("down"))])).toMatchObject({ level, message });
  });
});

describe("a finding", () => {
  it("is one line, and another for what to do about it", () => {
    expect(describeFinding({ level: "ok", message: "Redis 7.0.15" })).toBe("✓ Redis 7.0.15\n");
    expect(describeFinding({ level: "error", message: "no", hint: "do" })).toBe("✗ no\n    do\n");
  });
});

function visit(id: string, outcome: PollOutcome): VenueVisit {
  return { id, outcome };
}

function answered(aheadMs: number): PollOutcome {
  return {
    ok: true,
    observation: {
      spec: aSpec(),
      tierSource: { kind: "table", asOf: "2026-01-01" },
      observedAt: receivedAt - aheadMs,
      receivedAt,
      markPrice: 84_230,
      openInterest: 1,
      openInterestUsd: 84_230,
      closedBars: [],
    },
  };
}

function failed(reason: string, kind: PollFailureKind = "retry"): PollOutcome {
  return { ok: false, failure: { kind, reason } };
}
