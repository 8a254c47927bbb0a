import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { editSettlement, settlement } from "../../src/notifier/settlement.ts";
import { aDelivery, now } from "./builders.ts";

const day = 24 * 3_600_000;

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
      "what any message would have met waits for the operator",
      { kind: "rejected", reason: "not a token", disable: false, ofToken: true },
      { kind: "postponed", retryInMs: 2_000, reason: "not a token" },
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
    const delivery = aDelivery({ attempt: 9, failures: 1, unknowns: 1 });
    const lost = { kind: "unknown-outcome", reason: "no answer" } as const;
    expect(settlement(lost, { delivery, retryInMs: 0 })).toEqual({
      kind: "unknown",
      retryInMs: 4_000,
      reason: "no answer",
    });
    expect(editSettlement(lost, { delivery, retryInMs: 0 })).toMatchObject({ kind: "postponed" });
  });

  test.each([
    [0, 2_000],
    [1, 4_000],
    [2, 8_000],
    [7, 256_000],
    [8, 300_000],
    [99, 300_000],
  ])("after %d failures before it pauses %d ms", (failures, pauseMs) => {
    const result = settlement({ kind: "unreachable", reason: "" }, { delivery: { failures }, retryInMs: 0 });
    expect(result).toMatchObject({ retryInMs: pauseMs });
  });

  test.each([
    ["goes on within it", day - 1, { kind: "postponed" }],
    ["ends with it", day, { kind: "dead", reason: "given up after a day: refused" }],
  ])("what was tried for a day %s", (_claim, ageMs, recorded) => {
    const attempted = { delivery: aDelivery(), retryInMs: 0, ageMs };
    expect(settlement({ kind: "unreachable", reason: "refused" }, attempted)).toMatchObject(recorded);
    expect(settlement({ kind: "sent", messageId: "17" }, attempted)).toEqual({
      kind: "sent",
      messageId: "17",
    });
  });

  test("a receiver nothing else slows down is asked less and less, whatever time it names", () => {
    const limited = { kind: "rate-limited", retryAt: now + 1_000 } as const;
    const pause = (failures: number, isUnpaced?: boolean) =>
      settlement(limited, {
        delivery: { failures },
        retryInMs: 1_000,
        ...(isUnpaced !== undefined && { isUnpaced }),
      });
    expect(pause(7)).toMatchObject({ retryInMs: 1_000 });
    expect(pause(7, true)).toMatchObject({ retryInMs: 256_000 });
    expect(pause(7, true)).not.toEqual(pause(8, true));
  });

  test("pauses never shrink and never exceed five minutes", () => {
    const pause = (failures: number): number => {
      const result = settlement(
        { kind: "unreachable", reason: "" },
        { delivery: { failures }, retryInMs: 0 },
      );
      return "retryInMs" in result ? result.retryInMs : Number.NaN;
    };
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), (failures) => {
        expect(pause(failures + 1)).toBeGreaterThanOrEqual(pause(failures));
        expect(pause(failures)).toBeLessThanOrEqual(300_000);
      }),
    );
  });
});
