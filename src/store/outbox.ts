import type { Delivery, DeliveryResult, Outbox } from "./contracts.ts";
import { symbolKeys } from "./keys.ts";
import { claimScript, countScript, releaseScript, settleScript } from "./outboxScripts.ts";
import { outboxTtlMs, platformOf } from "./outboxRows.ts";
import { asList, asNumber, asText } from "./reply.ts";
import { defineScript } from "./script.ts";
import type { RedisClient, ScriptArgument } from "./script.ts";

/** A thousand claims hold Redis up for a millisecond; more at once would hold up everybody. */
const maxClaim = 1_000;

/**
 * Attempts after which a delivery is given up: with pauses of up to five minutes, eight hours of a platform being
 * away.
 */
export const maxAttempts = 100;

/** Each of these may have left a copy of the alert with somebody; more would be worse than one missing. */
export const maxUnknowns = 10;

/**
 * The ledger: rows pending → sending(attempt) → sent | dead, or back to pending. A row that is `sending` and whose
 * holder is gone comes back by `releaseStuck`. Until somebody else claims it, its holder may still settle it: what
 * was sent in the end should not be sent again.
 */
export function createOutbox(redis: RedisClient): Outbox {
  const claim = defineScript(redis, claimScript);
  const settle = defineScript(redis, settleScript);
  const release = defineScript(redis, releaseScript);
  const count = defineScript(redis, countScript);
  return {
    claim: async (symbol, platform, now, limit) => {
      const keys = symbolKeys(symbol);
      const rows = await claim(
        [keys.waiting + platform, keys.claimed + platform],
        [now, Math.max(0, Math.min(limit, maxClaim)), keys.delivery, keys.alert],
      );
      return asList(rows).map((row) => decodeDelivery(symbol, asList(row)));
    },
    settle: async (delivery, result, now) => {
      const keys = symbolKeys(delivery.symbol);
      const platform = platformOf(delivery.destination);
      const settled = await settle(
        [keys.delivery + memberOf(delivery), keys.waiting + platform, keys.claimed + platform],
        [
          memberOf(delivery),
          delivery.attempt,
          now,
          maxAttempts,
          maxUnknowns,
          outboxTtlMs,
          ...outcome(result),
        ],
      );
      return settled === 1;
    },
    holds: async (delivery) => {
      const row = symbolKeys(delivery.symbol).delivery + memberOf(delivery);
      const [state, attempt] = await redis.hmget(row, "state", "attempt");
      return state === "sending" && Number(attempt) === delivery.attempt;
    },
    releaseStuck: async (symbol, platform, now, stuckMs) => {
      const keys = symbolKeys(symbol);
      const released = await release(
        [keys.waiting + platform, keys.claimed + platform],
        [now, now - stuckMs, maxClaim, maxAttempts, maxUnknowns, keys.delivery],
      );
      return asNumber(released);
    },
    countPending: async (symbol) => {
      const keys = symbolKeys(symbol);
      return asNumber(await count([keys.platforms], [keys.waiting, keys.claimed]));
    },
  };
}

function memberOf(delivery: Delivery): string {
  return `${delivery.alertId}|${delivery.destination}`;
}

/** Kind, time of the next try, and what there is to note. */
function outcome(result: DeliveryResult): readonly ScriptArgument[] {
  if (result.kind === "sent") return [result.kind, 0, result.messageId];
  return [result.kind, result.kind === "dead" ? 0 : result.retryAt, result.reason];
}

function decodeDelivery(symbol: string, row: readonly unknown[]): Delivery {
  const [alertId, destination, attempt, createdAt, unknowns, content] = row;
  return {
    symbol,
    alertId: asText(alertId),
    destination: asText(destination),
    attempt: asNumber(attempt),
    createdAt: asNumber(createdAt),
    possibleRepeat: asNumber(unknowns) > 0,
    content: asText(content),
  };
}
