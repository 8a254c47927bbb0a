import type { Call, Feed, Limit, VenueAdapter } from "./adapter.ts";
import { anyContract, intervalMs } from "./adapter.ts";
import { cadenceOf } from "./cadence.ts";
import { chargeOf } from "./pace.ts";

export interface BudgetFor {
  readonly symbols: number;
  readonly pollIntervalMs: number;
}

/** A call that is made again and again. */
export interface Demand {
  readonly call: Call;
  /** How often it is made, for each symbol or for all of them together. */
  readonly perMinute: number;
  readonly each: "symbol" | "venue";
}

const minuteMs = 60_000;
const dayMs = 86_400_000;
/** How often the market list is read anew. */
export const relistMs = 6 * 3_600_000;
/** Where a venue lists contracts of both types, the second one is there for its largest coins. */
const mostOther = 20;

export const othersOf = ({ declares }: VenueAdapter, symbols: number): number =>
  declares.contracts.length > 1 ? Math.min(mostOther, symbols) : 0;

/** One request for the market list, as ccxt makes it; limits know it by no other name. */
export const listCall = ({ listing = "fetchMarkets" }: VenueAdapter): Call => ({
  method: listing,
  params: {},
});

/** What polling asks for: each round, once a bar has closed, a day's margin table and the market lists. */
export function demandsOf(adapter: VenueAdapter, { symbols, pollIntervalMs }: BudgetFor): Demand[] {
  const { boards, candles, markCandles, longShortRatio, openInterest, fundingRate, riskTiers } = adapter;
  const rounds = minuteMs / pollIntervalMs;
  const bars = minuteMs / intervalMs;
  const pace = cadenceOf(adapter, symbols).onClose ? bars : rounds;
  const history = adapter.openInterestHistory.find(({ stepMs }) => stepMs === intervalMs);
  const lists = ((adapter.declares.listRequests ?? 1) * minuteMs) / relistMs;
  return [
    ...boards.map(({ call }): Demand => ({ call, perMinute: rounds, each: "venue" })),
    { call: listCall(adapter), perMinute: lists, each: "venue" },
    ...feed(candles, pace),
    ...feed(markCandles, pace),
    ...feed(history, bars),
    ...feed(longShortRatio, bars),
    ...prints(adapter),
    ...one(openInterest?.call(anyContract), rounds),
    ...one(fundingRate?.call(anyContract), bars),
    ...one(riskTiers.kind === "venue" ? riskTiers.call(anyContract) : undefined, minuteMs / dayMs),
  ];
}

/** Weights a minute that fall under one limit, for one symbol or for all of them together. */
export function weigh(
  { declares: { limits } }: VenueAdapter,
  demands: readonly Demand[],
  each: Demand["each"],
  limit: Limit,
): number {
  const own = demands.filter((demand) => demand.each === each);
  return own.reduce((sum, { call, perMinute }) => {
    const charge = chargeOf(limits, call);
    return charge?.limit === limit ? sum + charge.weight * perMinute : sum;
  }, 0);
}

/** All that polling so many symbols takes of a limit, weights a minute. */
export function neededOf(adapter: VenueAdapter, limit: Limit, load: BudgetFor): number {
  const demands = demandsOf(adapter, load);
  const symbols = load.symbols + othersOf(adapter, load.symbols);
  return weigh(adapter, demands, "venue", limit) + symbols * weigh(adapter, demands, "symbol", limit);
}

function prints({ printed }: VenueAdapter): Demand[] {
  if (printed === undefined) return [];
  const each = printed.each === "contract" ? "symbol" : "venue";
  return [{ call: printed.call(anyContract, 0, 0), perMinute: minuteMs / printed.everyMs, each }];
}

function feed(asked: Feed<unknown> | undefined, perMinute: number): Demand[] {
  return one(asked?.latest(anyContract, 3, 0), perMinute);
}

function one(call: Call | undefined, perMinute: number): Demand[] {
  return call === undefined ? [] : [{ call, perMinute, each: "symbol" }];
}
