import type { Call, Limit, VenueAdapter } from "./adapter.ts";
import { anyContract } from "./adapter.ts";
import { type BudgetFor, neededOf } from "./demand.ts";
import { chargeOf, perMinute } from "./pace.ts";

/** What a venue is asked beside its polls, calls a minute; less than one is one every some minutes. */
export interface Room {
  readonly books: number;
  /** Searches for accounts, each among one symbol's newest trades. */
  readonly traders: number;
  readonly accounts: number;
}

/** Of what the polls leave of a limit; the rest is for histories, second tries and new symbols. */
const besideShare = 0.8;
/** Of that, where accounts are asked under the same limit. */
const booksShare = 0.25;
const tradersShare = 0.25;
/** More accounts than this change little and keep the line busy. */
const mostAccounts = 200;
/** Symbols whose traders are looked up in a minute; the others' turn comes. */
const mostTraders = 3;

/** Polls come first: books and accounts share what those leave of each limit, so that all together stays within it. */
export function roomOf(adapter: VenueAdapter, load: BudgetFor): Room {
  const { orderBook, positions } = adapter;
  const spare = (call: Call): Spare => spareFor(adapter, call, load);
  const account = positions && spare(positions.account.call(""));
  const trader = positions && spare(positions.traders.call(anyContract));
  const book = orderBook && spare(orderBook.call(anyContract));
  const isShared = book !== undefined && book.limit === account?.limit;
  const books = Math.min(load.symbols, most(book, isShared ? booksShare : 1));
  const traders = Math.min(mostTraders, load.symbols, most(trader, tradersShare));
  const taken = traders * (trader?.each ?? 0) + (isShared ? books * book.each : 0);
  const accounts = Math.min(mostAccounts, account ? (account.weight - taken) / account.each : 0);
  return { books, traders, accounts };
}

/** Weights a minute that books, searches and accounts take of a limit at most. */
export function besideOf(adapter: VenueAdapter, limit: Limit, load: BudgetFor): number {
  const { orderBook, positions, declares } = adapter;
  const room = roomOf(adapter, load);
  const calls: readonly (readonly [Call | undefined, number])[] = [
    [orderBook?.call(anyContract), room.books],
    [positions?.traders.call(anyContract), room.traders],
    [positions?.account.call(""), room.accounts],
  ];
  return calls.reduce((sum, [call, times]) => {
    const charge = call && chargeOf(declares.limits, call);
    return charge?.limit === limit ? sum + charge.weight * times : sum;
  }, 0);
}

interface Spare {
  readonly limit: Limit | undefined;
  /** What one call weighs. */
  readonly each: number;
  /** Weights a minute that all may take beside the polls. */
  readonly weight: number;
}

const most = (of: Spare | undefined, share: number): number =>
  of === undefined ? 0 : (of.weight * share) / of.each;

function spareFor(adapter: VenueAdapter, call: Call, load: BudgetFor): Spare {
  const charge = chargeOf(adapter.declares.limits, call);
  if (charge === undefined) return { limit: undefined, each: 1, weight: 0 };
  const { limit, weight: each } = charge;
  const left = perMinute(limit) - neededOf(adapter, limit, load);
  return { limit, each, weight: Math.max(0, left) * besideShare };
}
