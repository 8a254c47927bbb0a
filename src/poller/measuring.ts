import type { MeasuredPosition } from "../model/types.ts";
import type { Clock } from "../ops/clock.ts";
import type { KnownAccount, Positions } from "../store/contracts/markets.ts";
import type { AccountSource, Holding } from "./contracts.ts";
import { nextToAsk, surplus, withSeen } from "./registry.ts";

/** Of a round's time: the rest is for the answers. */
const askingShare = 0.8;
const minuteMs = 60_000;

export interface MeasuringOptions {
  readonly venue: string;
  readonly accounts: AccountSource;
  readonly symbols: readonly string[];
  readonly positions: Positions;
  readonly clock: Clock;
  readonly slotMs: number;
  /** A venue on this machine needs no spreading over the round, and its time is the processor's. */
  readonly unthrottled: boolean;
}

/** What one round learnt, for the metrics. */
export interface MeasuringRound {
  readonly known: number;
  readonly asked: number;
}

const localAccounts = 24;

/**
 * One round of looking into accounts: who traded, whom to ask, what they hold. All that is known is in the store,
 * so that any replica's round goes on where the last one ended.
 */
export function createMeasuring(options: MeasuringOptions): (signal: AbortSignal) => Promise<MeasuringRound> {
  const { venue, accounts, symbols, positions, clock, slotMs, unthrottled } = options;
  const room = accounts.room(symbols.length, slotMs);
  const searches = wholesOf((room.traders * slotMs) / minuteMs);
  const turns = wholesOf((room.accounts * slotMs) / minuteMs);
  let turn = 0;

  const search = async (signal: AbortSignal): Promise<Awaited<ReturnType<AccountSource["traders"]>>[]> => {
    const length = Math.min(searches(), symbols.length);
    const wanted = Array.from({ length }, (_, i) => symbols[(turn + i) % symbols.length] ?? "");
    turn = (turn + length) % Math.max(1, symbols.length);
    return Promise.all(wanted.map(async (symbol) => accounts.traders(symbol, signal)));
  };

  const askAll = async (
    chosen: readonly KnownAccount[],
    spacingMs: number,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, readonly Holding[]>> => {
    const found = new Map<string, readonly Holding[]>();
    const askOne = async (address: string): Promise<void> => {
      const held = await accounts.holdings(address, symbols, signal);
      if (held !== undefined) found.set(address, held);
    };
    const pending: Promise<void>[] = [];
    for (const { address } of chosen) {
      if (signal.aborted) break;
      pending.push(askOne(address));
      if (spacingMs > 0) await rest(clock, spacingMs, signal);
    }
    await Promise.all(pending);
    return found;
  };

  return async (signal) => {
    const seen = (await search(signal)).flatMap((traders) => traders ?? []);
    const known = withSeen(await positions.accounts(venue), seen, clock.now());
    const count = Math.min(turns(), unthrottled ? localAccounts : Infinity);
    const spacingMs = unthrottled ? 0 : (askingShare * slotMs) / Math.max(1, count);
    const found = await askAll(nextToAsk(known, count, clock.now()), spacingMs, signal);
    const current = known.map((account) => asked(account, found.get(account.address), clock.now()));
    const gone = new Set(surplus(current));
    await Promise.all([
      positions.keep(
        venue,
        current.filter(({ address }) => !gone.has(address) && isNews(address)),
      ),
      positions.forget(venue, [...gone], symbols),
      ...symbols.map(async (symbol) => positions.put(venue, symbol, heldOf(symbol, found, gone))),
    ]);
    return { known: current.length - gone.size, asked: found.size };

    function isNews(address: string): boolean {
      return found.has(address) || seen.some((trader) => trader.address === address);
    }
  };
}

/** So many of a share a round that it comes to in the long run: of 0.4 one in the first, the third, the sixth … */
function wholesOf(share: number): () => number {
  let due = share > 0 ? Math.max(0, 1 - share) : 0;
  return () => {
    due += share;
    const whole = Math.floor(due + 1e-9);
    due -= whole;
    return whole;
  };
}

/** Its size is what it holds now. */
function asked(account: KnownAccount, held: readonly Holding[] | undefined, now: number): KnownAccount {
  if (held === undefined) return account;
  const notionalUsd = held.reduce((sum, holding) => sum + holding.notionalUsd, 0);
  return { ...account, notionalUsd, polledAt: now, ...(notionalUsd > 0 ? { seenAt: now } : {}) };
}

function heldOf(
  symbol: string,
  found: ReadonlyMap<string, readonly Holding[]>,
  gone: ReadonlySet<string>,
): ReadonlyMap<string, MeasuredPosition | undefined> {
  return new Map(
    [...found]
      .filter(([address]) => !gone.has(address))
      .map(([address, held]) => [address, held.find((holding) => holding.symbol === symbol)?.position]),
  );
}

/** A stop is no error here: what was asked so far is kept. */
async function rest(clock: Clock, durationMs: number, signal: AbortSignal): Promise<void> {
  await clock.sleep(durationMs, signal).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
