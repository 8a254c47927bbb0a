import type { VenueAdapter } from "./adapter.ts";
import { type BudgetFor, demandsOf, neededOf, othersOf, weigh } from "./demand.ts";
import { perMinute as allowedPerMinute } from "./pace.ts";
import { besideOf } from "./room.ts";

/** What one of a venue's limits allows, and what is asked of it; weights a minute. */
export interface BudgetRow {
  readonly venue: string;
  readonly bucket: string;
  /** As the venue publishes it. */
  readonly published: number;
  /** What Lopside uses at most, for good. */
  readonly allowed: number;
  /** By polling, market lists and margin tables included. */
  readonly needed: number;
  /** By order books and accounts at most: they share what the polls leave. */
  readonly beside: number;
  /** How many symbols this limit bears. */
  readonly mostSymbols: number;
}

const minuteMs = 60_000;

/** Computed from what the adapter asks for and what it declares: one row a limit that is touched. */
export function budgetOf(adapter: VenueAdapter, load: BudgetFor): BudgetRow[] {
  const { id, declares } = adapter;
  // with more of them candles are asked for once a bar at the latest, where marks tell what happens in between
  const atMost = demandsOf(adapter, { ...load, symbols: Infinity });
  return declares.limits.flatMap((limit) => {
    const needed = neededOf(adapter, limit, load);
    const beside = besideOf(adapter, limit, load);
    if (needed + beside === 0) return [];
    const allowed = allowedPerMinute(limit);
    const fixed = weigh(adapter, atMost, "venue", limit);
    const least = weigh(adapter, atMost, "symbol", limit);
    const most = Math.max(0, Math.floor((allowed - fixed) / least) - othersOf(adapter, load.symbols));
    return [
      {
        venue: id,
        bucket: limit.bucket,
        published: (limit.weight * minuteMs) / limit.perMs,
        allowed,
        needed,
        beside,
        mostSymbols: least === 0 ? Infinity : most,
      },
    ];
  });
}
