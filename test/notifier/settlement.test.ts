import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { editSettlement, settlement } from "../../src/notifier/settlement.ts";
import { aDelivery, now } from "./builders.ts";

describe("what the ledger records of a send", () => {
  test.each([
    ["sent stays sent", { kind: "sent", messageId: "17" }, { kind: "sent", messageId: "17" }],
    [
      "a rate limit waits as long as the platform says",
      { kind: "rate-limited", retryAt: now + 7_000 },
      { kind: "postponed", retryInMs: 7_000 },
    ],
    [
      "what certainly was not sent is tried again soon",
      { kind: "unreachable", reason: "refused" },
      { kind: "postponed", retryInMs: 2_000, reason: "refused" },
    ],
    [
      "what was refused for good ends there",
      { kind: "rejected", reason: "chat not found", disable: false },
      { kind: "dead", reason: "chat not found" },
    ],
    [
      "what may have arrived is tried once more, as a possible repeat",
      { kind: "unknown-outcome", reason: "no answer" },
      { kind: "unknown", retryInMs: 2_000, reason: "no answer" },
    ],
  ] as const)("%s", (_claim, result, recorded) => {
    expect(settlement(result, { delivery: aDelivery(), retryInMs: 7_000 })).toMatchObject(recorded);
  });

  test("what may have arrived twice is tried again too, later: a platform answers 502 for minutes", () => {
    const delivery = aDelivery({ attempt: 2, unknowns: 1 });
    const lost = { kind: "unknown-outcome", reason: "no answer" } as const;
    expect(settlement(lost, { delivery, retryInMs: 0 })).toEqual({
      kind: "unknown",
      retryInMs: 4_000,
      reason: "no answer",
    });
    expect(editSettlement(lost, { delivery, retryInMs: 0 })).toMatchObject({ kind: "postponed" });
  });

  test.each([
    [1, 2_000],
    [2, 4_000],
    [3, 8_000],
    [8, 256_000],
    [9, 300_000],
    [100, 300_000],
  ])("after attempt %d it pauses %d ms", (attempt, pauseMs) => {
    const result = settlement({ kind: "unreachable", reason: "" }, { delivery: { attempt }, retryInMs: 0 });
    expect(result).toMatchObject({ retryInMs: pauseMs });
  });

  test("pauses never shrink and never exceed five minutes", () => {
    const pause = (attempt: number): number => {
      const result = settlement({ kind: "unreachable", reason: "" }, { delivery: { attempt }, retryInMs: 0 });
      return "retryInMs" in result ? result.retryInMs : Number.NaN;
    };
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), (attempt) => {
        expect(pause(attempt + 1)).toBeGreaterThanOrEqual(pause(attempt));
        expect(pause(attempt)).toBeLessThanOrEqual(300_000);
      }),
    );
  });
});
