import type { Delivery, DeliveryResult } from "../store/contracts.ts";
import type { SendResult } from "./contracts.ts";

/** What was sent, without the destinations that moved: those are followed before anything is settled. */
export type FinalResult = Exclude<SendResult, { kind: "migrated" }>;

const backoffBaseMs = 1_000;
const backoffCapMs = 5 * 60_000;

/** 2 s, 4 s, 8 s … up to 5 min. */
function backoffMs(attempt: number): number {
  return Math.min(backoffCapMs, backoffBaseMs * 2 ** Math.min(attempt, 10));
}

/**
 * What the ledger records of a send. An unknown outcome is tried again, marked as a possible repeat: better twice than
 * never. Platforms answer 502 for minutes, so that giving up after the second would lose alerts; each answer that was
 * really lost costs one marked copy, pauses grow, and the ledger ends it (`maxUnknowns`).
 */
export function settlement(result: FinalResult, delivery: Delivery, now: number): DeliveryResult {
  switch (result.kind) {
    case "sent":
      return result;
    case "rate-limited":
      return { kind: "postponed", retryAt: result.retryAt, reason: "rate limit of the platform" };
    case "unreachable":
      return { kind: "postponed", retryAt: now + backoffMs(delivery.attempt), reason: result.reason };
    case "rejected":
      return { kind: "dead", reason: result.reason };
    case "unknown-outcome":
      return { kind: "unknown", retryAt: now + backoffMs(delivery.attempt), reason: result.reason };
  }
}
