import { z } from "zod";
import type { Clock } from "../ops/clock.ts";
import type { Log } from "../ops/log.ts";
import type { MarketCache } from "../store/contracts/memory.ts";
import type { VenueAdapter } from "./adapter.ts";
import { openCached } from "./cached.ts";
import { relistMs } from "./demand.ts";
import type { Line } from "./line.ts";
import { orAborted, stopIfAborted } from "./line.ts";
import { type Listing, listingSchema, readListings } from "./listing.ts";
import { type Resolved, resolve } from "./resolve.ts";

/** A missing symbol asks for the list again, but not in every round. */
const missingRetryMs = 600_000;

const listSchema = z.object({
  version: z.literal(2),
  /** When the venue was asked, epoch ms. */
  readAt: z.number(),
  listings: z.array(listingSchema).min(1),
});

type MarketList = z.infer<typeof listSchema>;

export interface Markets {
  /** The venue's contracts of a base asset; rejects with a Refusal where the list can't be had. */
  readonly contractsOf: (symbol: string, signal?: AbortSignal) => Promise<Resolved>;
}

export interface MarketsOptions {
  readonly adapter: VenueAdapter;
  readonly line: Line;
  readonly cache: MarketCache;
  readonly clock: Clock;
  readonly log: Log;
}

export function openMarkets({ adapter, line, cache, clock, log }: MarketsOptions): Markets {
  const venue = adapter.id;
  const stored = openCached(cache, venue, listSchema, log);
  let known: { readAt: number; bySymbol: ReadonlyMap<string, readonly Listing[]> } | undefined;
  let refreshing: Promise<void> | undefined;
  let nextRefreshAt = 0;

  const keep = ({ readAt, listings }: MarketList): void => {
    known = { readAt, bySymbol: bySymbolOf(listings) };
  };

  // ccxt keeps a rejected loadMarkets() for ever; fetchMarkets() has no such memory, nor do we
  const download = async (): Promise<void> => {
    const listings = await line.fetchMarkets(readListings);
    const list: MarketList = { version: 2, readAt: clock.now(), listings: [...listings] };
    keep(list);
    await stored.write(list);
  };

  const refresh = async (): Promise<void> => {
    refreshing ??= download().finally(() => {
      refreshing = undefined;
      nextRefreshAt = clock.now() + missingRetryMs;
    });
    return refreshing;
  };

  const refreshQuietly = async (): Promise<void> => {
    if (clock.now() < nextRefreshAt) return;
    try {
      await refresh();
    } catch (error) {
      log.warn(
        { venue, reason: String(error) },
        "market list could not be refreshed; the old one stays in use",
      );
    }
  };

  const load = async (): Promise<void> => {
    const list = refreshing === undefined ? await stored.read() : undefined;
    if (known !== undefined) return;
    if (list === undefined) return refresh();
    keep(list);
  };

  const lookUp = (symbol: string): Resolved => resolve(adapter, known?.bySymbol.get(symbol) ?? [], symbol);

  return {
    contractsOf: async (symbol, signal) => {
      if (known === undefined) await orAborted(load(), signal);
      stopIfAborted(signal);
      if ("missing" in lookUp(symbol)) await orAborted(refreshQuietly(), signal);
      else if (clock.now() - (known?.readAt ?? 0) > relistMs) void refreshQuietly();
      return lookUp(symbol);
    },
  };
}

/** Under the coin's name, and where a listing counts by the thousand under the listed name too, to give a hint. */
function bySymbolOf(listings: readonly Listing[]): ReadonlyMap<string, readonly Listing[]> {
  const bySymbol = new Map<string, Listing[]>();
  for (const listing of listings) {
    const names = new Set([listing.symbol, listing.market.split("/", 1)[0] ?? ""]);
    for (const name of names) bySymbol.set(name, [...(bySymbol.get(name) ?? []), listing]);
  }
  return bySymbol;
}
