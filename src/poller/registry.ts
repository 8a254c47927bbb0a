import type { KnownAccount } from "../store/contracts/markets.ts";
import type { SeenAccount } from "./contracts.ts";

/** Accounts that are kept; at this many the smallest make room for new ones. */
export const mostAccounts = 2_000;

/** Of them, at most as many that were never asked; and of those asked in a round, at least this share. */
const mostNewcomers = 200;
const newcomersShare = 0.25;
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
      polledAt: before?.polledAt ?? 0,
    });
  }
  return [...byAddress.values()];
}

/**
 * Whom to ask next: stalest and largest first, by age × √notional, so that an account a hundred times as large is
 * asked ten times as often and none is never asked. A part goes to newcomers, of whom only a trade is known: who
 * holds much may trade little at a time.
 */
export function nextToAsk(
  known: readonly KnownAccount[],
  count: number,
  now: number,
): readonly KnownAccount[] {
  const room = Math.max(0, count);
  const asked = known.filter((account) => !isNew(account));
  const forNewcomers = Math.max(Math.ceil(newcomersShare * room), room - asked.length);
  const newcomers = known.filter(isNew).toSorted(largestFirst).slice(0, Math.min(room, forNewcomers));
  const urgency = ({ polledAt, notionalUsd }: KnownAccount): number =>
    (now - polledAt) * Math.sqrt(Math.max(notionalUsd, leastNotionalUsd));
  const stalest = asked.toSorted((a, b) => urgency(b) - urgency(a));
  return [...newcomers, ...stalest.slice(0, room - newcomers.length)];
}

/** Who has to go so that no more than `most` stay: the smallest, of equals those longest unseen. */
export function surplus(known: readonly KnownAccount[], most = mostAccounts): readonly string[] {
  const newcomers = known.filter(isNew).toSorted(largestFirst);
  const asked = known.filter((account) => !isNew(account)).toSorted(largestFirst);
  const kept = Math.min(newcomers.length, mostNewcomers, most);
  return [...newcomers.slice(kept), ...asked.slice(most - kept)].map(({ address }) => address);
}

const isNew = ({ polledAt }: KnownAccount): boolean => polledAt === 0;

const largestFirst = (a: KnownAccount, b: KnownAccount): number =>
  b.notionalUsd - a.notionalUsd || b.seenAt - a.seenAt;
