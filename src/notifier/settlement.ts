import type { Delivery, DeliveryResult } from "../store/contracts/outbox.ts";
import type { SendResult } from "./contracts.ts";

/** What was sent, without the destinations that moved: those are followed before anything is settled. */
export type FinalResult = Exclude<SendResult, { kind: "migrated" }>;

const backoffBaseMs = 1_000;
const backoffCapMs = 5 * 60_000;

/** 2 s, 4 s, 8 s … up to 5 min. Real time. By failures: waiting for one's turn makes nobody wait longer. */
function backoffMs({ failures }: Pick<Delivery, "failures">): number {
  return Math.min(backoffCapMs, backoffBaseMs * 2 ** Math.min(failures + 1, 10));
}

export interface Attempted {
  readonly delivery: Pick<Delivery, "failures">;
  /** Real ms until a rate limit's end. */
  readonly retryInMs: number;
  /** How long ago it was committed, real ms. */
  readonly ageMs?: number;
  /** Nothing else slows this sender down: a receiver that names a second each time is still asked less and less. */
  readonly isUnpaced?: boolean;
}

/** Nothing is tried for longer than a day. */
const giveUpMs = 24 * 3_600_000;

/**
 * What the ledger records of a send. An unknown outcome is tried again, marked as a possible repeat: better twice than
 * never. Platforms answer 502 for minutes, so that giving up after the second would lose alerts; each answer that was
 * really lost costs one marked copy, pauses grow, and the ledger ends it (`maxUnknowns`).
 */
export function settlement(result: FinalResult, attempted: Attempted): DeliveryResult {
  const settled = settle(result, attempted);
  const { ageMs = 0 } = attempted;
  if (!("retryInMs" in settled) || ageMs < giveUpMs) return settled;
  return { kind: "dead", reason: `given up after a day: ${settled.reason}` };
}

function settle(result: FinalResult, { delivery, retryInMs, isUnpaced = false }: Attempted): DeliveryResult {
  const leastMs = isUnpaced ? backoffMs(delivery) : 0;
  switch (result.kind) {
    case "sent":
      return result;
    case "rate-limited":
      return {
        kind: "postponed",
        retryInMs: Math.max(retryInMs, leastMs),
        reason: "rate limit of the platform",
      };
    case "unreachable":
      return { kind: "postponed", retryInMs: backoffMs(delivery), reason: result.reason };
    case "rejected":
      return result.ofToken === true
        ? { kind: "postponed", retryInMs: backoffMs(delivery), reason: result.reason }
        : { kind: "dead", reason: result.reason };
    case "unknown-outcome":
      return { kind: "unknown", retryInMs: backoffMs(delivery), reason: result.reason };
  }
}

/** An edit can be repeated: what became of it matters only where it was refused. */
export function editSettlement(result: FinalResult, attempted: Attempted): DeliveryResult {
  const settled = settlement(result, attempted);
  return settled.kind === "unknown" ? { ...settled, kind: "postponed" } : settled;
}
