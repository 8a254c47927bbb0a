import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { settlement } from "../../src/notifier/settlement.ts";
import { aDelivery, now } from "./builders.ts";

describe("what the ledger records of a send", () => {
  test.each([
    ["sent stays sent", { kind: "sent", messageId: "17" }, { kind: "sent", messageId: "17" }],
    [
      "a rate limit waits as long as the platform says",
      { kind: "rate-limited", retryAt: now + 7_000 },
      { kind: "postponed", retryAt: now + 7_000 },
    ],
    [
      "what certainly was not sent is tried again soon",
      { kind: "unreachable", reason: "refused" },
      { kind: "postponed", retryAt: now + 2_000, reason: "refused" },
    ],
    [
      "what was refused for good ends there",
      { kind: "rejected", reason: "chat not found", disable: false },
      { kind: "dead", reason: "chat not found" },
    ],
    [
      "what may have arrived is tried once more, as a possible repeat",
      { kind: "unknown-outcome", reason: "no answer" },
      { kind: "unknown", retryAt: now + 2_000, reason: "no answer" },
    ],
  ] as const)("%s", (_claim, result, recorded) => {
    expect(settlement(result, aDelivery(), now)).toMatchObject(recorded);
  });

  test("what may have arrived twice is tried again too, later: a platform answers 502 for minutes", () => {
    const again = aDelivery({ attempt: 2, possibleRepeat: true });
    expect(settlement({ kind: "unknown-outcome", reason: "no answer" }, again, now)).toEqual({
      kind: "unknown",
      retryAt: now + 4_000,
      reason: "no answer",
    });
  });

  test.each([
    [1, 2_000],
    [2, 4_000],
    [3, 8_000],
    [8, 256_000],
    [9, 300_000],
    [100, 300_000],
  ])("after attempt %d it pauses %d ms", (attempt, pauseMs) => {
    const result = settlement({ kind: "unreachable", reason: "" }, aDelivery({ attempt }), now);
    expect(result).toMatchObject({ retryAt: now + pauseMs });
  });

  test("pauses never shrink and never exceed five minutes", () => {
    const pause = (attempt: number): number => {
      const result = settlement({ kind: "unreachable", reason: "" }, aDelivery({ attempt }), now);
      return "retryAt" in result ? result.retryAt - now : Number.NaN;
    };
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), (attempt) => {
        expect(pause(attempt + 1)).toBeGreaterThanOrEqual(pause(attempt));
        expect(pause(attempt)).toBeLessThanOrEqual(300_000);
      }),
    );
  });
});
