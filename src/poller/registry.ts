import type { KnownAccount } from "../store/contracts.ts";
import type { SeenAccount } from "./contracts.ts";

/** Accounts that are kept; at this many the smallest make room for new ones. */
export const mostAccounts = 2_000;

/** A new one counts as last asked that long before it was seen. */
const unaskedMs = 3_600_000;
/** Nobody counts as smaller: somebody who closed may open again. */
const leastNotionalUsd = 1_000;

/** Known accounts with those just seen: a new one, or a sign of life. */
export function withSeen(
  known: readonly KnownAccount[],
  seen: readonly SeenAccount[],
  now: number,
): readonly KnownAccount[] {
  const byAddress = new Map(known.map((account) => [account.address, account]));
  for (const { address, notionalUsd } of seen) {
    const before = byAddress.get(address);
    byAddress.set(address, {
      address,
      notionalUsd: Math.max(notionalUsd, before?.notionalUsd ?? 0),
      seenAt: now,
      polledAt: before?.polledAt ?? now - unaskedMs,
    });
  }
  return [...byAddress.values()];
}

/**
 * Whom to ask next: stalest and largest first, by age × √notional, so that an account a hundred times as large is
 * asked ten times as often and none is never asked.
 */
export function nextToAsk(
  known: readonly KnownAccount[],
  count: number,
  now: number,
): readonly KnownAccount[] {
  const urgency = ({ polledAt, notionalUsd }: KnownAccount): number =>
    (now - polledAt) * Math.sqrt(Math.max(notionalUsd, leastNotionalUsd));
  return known.toSorted((a, b) => urgency(b) - urgency(a)).slice(0, Math.max(0, count));
}

/** Who has to go so that no more than `most` stay: the smallest, of equals those longest unseen. */
export function surplus(known: readonly KnownAccount[], most = mostAccounts): readonly string[] {
  return known
    .toSorted((a, b) => b.notionalUsd - a.notionalUsd || b.seenAt - a.seenAt)
    .slice(most)
    .map(({ address }) => address);
}
