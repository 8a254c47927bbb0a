import type { Call, Feed, Limit, VenueAdapter } from "./adapter.ts";
import { anyContract, intervalMs } from "./adapter.ts";
import { cadenceOf } from "./cadence.ts";
import { chargeOf, perMinute as allowedPerMinute } from "./pace.ts";

/** What one of a venue's limits allows, and what polling needs of it; weights a minute. */
export interface BudgetRow {
  readonly venue: string;
  readonly bucket: string;
  /** As the venue publishes it. */
  readonly published: number;
  /** What Lopside uses at most, for good. */
  readonly allowed: number;
  readonly needed: number;
  /** How many symbols this limit bears. */
  readonly mostSymbols: number;
}

export interface BudgetFor {
  readonly symbols: number;
  readonly pollIntervalMs: number;
}

interface Demand {
  readonly call: Call;
  /** How often it is made, for each symbol or for all of them together. */
  readonly perMinute: number;
  readonly each: "symbol" | "venue";
}

const minuteMs = 60_000;
const dayMs = 86_400_000;
/** Where a venue lists contracts of both types, the second one is there for its largest coins. */
const mostOther = 20;

/** Computed from what the adapter asks for and what it declares: one row a limit that polling touches. */
export function budgetOf(adapter: VenueAdapter, { symbols, pollIntervalMs }: BudgetFor): BudgetRow[] {
  const { id, declares } = adapter;
  const rounds = minuteMs / pollIntervalMs;
  const demands = demandsOf(adapter, rounds, cadenceOf(adapter, symbols).onClose);
  // with more of them candles are asked for once a bar at the latest, where marks tell what happens in between
  const atMost = demandsOf(adapter, rounds, cadenceOf(adapter, Infinity).onClose);
  const others = declares.contracts.length > 1 ? Math.min(mostOther, symbols) : 0;
  return declares.limits.flatMap((limit) => {
    const own = demands.filter(({ call }) => chargeOf(declares.limits, call)?.limit === limit);
    if (own.length === 0) return [];
    const fixed = weigh(own, "venue", limit);
    const perSymbol = weigh(own, "symbol", limit);
    const least = weigh(
      atMost.filter(({ call }) => chargeOf(declares.limits, call)?.limit === limit),
      "symbol",
      limit,
    );
    const allowed = allowedPerMinute(limit);
    return [
      {
        venue: id,
        bucket: limit.bucket,
        published: (limit.weight * minuteMs) / limit.perMs,
        allowed,
        needed: fixed + perSymbol * (symbols + others),
        mostSymbols: least === 0 ? Infinity : Math.max(0, Math.floor((allowed - fixed) / least) - others),
      },
    ];
  });
}

function weigh(demands: readonly Demand[], each: Demand["each"], limit: Limit): number {
  return demands
    .filter((demand) => demand.each === each)
    .reduce((sum, demand) => sum + (limit.weightOf?.(demand.call) ?? 1) * demand.perMinute, 0);
}

/** What a round asks for, what a bar asks for once it has closed, and the margin table once a day. */
function demandsOf(adapter: VenueAdapter, rounds: number, onClose: boolean): Demand[] {
  const { boards, candles, markCandles, longShortRatio, openInterest, fundingRate, riskTiers } = adapter;
  const bars = minuteMs / intervalMs;
  const pace = onClose ? bars : rounds;
  const history = adapter.openInterestHistory.find(({ stepMs }) => stepMs === intervalMs);
  return [
    ...boards.map(({ call }): Demand => ({ call, perMinute: rounds, each: "venue" })),
    ...feed(candles, pace),
    ...feed(markCandles, pace),
    ...feed(history, bars),
    ...feed(longShortRatio, bars),
    ...one(openInterest?.call(anyContract), rounds),
    ...one(fundingRate?.call(anyContract), bars),
    ...one(riskTiers.kind === "venue" ? riskTiers.call(anyContract) : undefined, minuteMs / dayMs),
  ];
}

function feed(asked: Feed<unknown> | undefined, perMinute: number): Demand[] {
  return one(asked?.latest(anyContract, 3, 0), perMinute);
}

function one(call: Call | undefined, perMinute: number): Demand[] {
  return call === undefined ? [] : [{ call, perMinute, each: "symbol" }];
}
