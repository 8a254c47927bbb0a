import { aggregateVenues } from "../model/aggregate.ts";
import type { Aggregate, VenueInput } from "../model/aggregate.ts";
import type { VenueLevels } from "../model/levels.ts";
import { createNullMap } from "../model/nullMap.ts";
import { applyStacked, createStacked, stackedLevels } from "../model/stackedSeries.ts";
import type { Bar, RiskTier, SeriesSpec } from "../model/types.ts";

const venue = "binanceusdm";

/** Recordings often have open interest only every hour; live, the poll of a venue without it would fail. */
const staleMs = 3 * 3_600_000;

export interface MarketOptions {
  readonly symbol: string;
  readonly intervalMs: number;
  readonly riskTiers: readonly RiskTier[];
}

/** One recorded contract as the live pipeline would see it: a single venue whose bars close one by one. */
export interface Market {
  readonly take: (bar: Bar) => void;
  /** What was known at the close of the newest bar. */
  readonly aggregate: () => Aggregate;
  /** What the price path alone would have left; undefined in the first day. */
  readonly nullLevels: () => VenueLevels | undefined;
  /** How many bars were not believed, by reason without its figures. */
  readonly frozen: ReadonlyMap<string, number>;
}

export function openMarket({ symbol, intervalMs, riskTiers }: MarketOptions): Market {
  const spec: SeriesSpec = {
    venue,
    symbol,
    market: `${symbol}/USDT:USDT`,
    contractType: "linear",
    intervalMs,
    riskTiers,
    liquidationFeeRate: 0,
  };
  const series = createStacked(spec);
  const nullMap = createNullMap(spec);
  const frozen = new Map<string, number>();
  let [time, knownAt, mark] = [0, 0, 0];
  let disbelief: string | undefined;

  const take = (bar: Bar): void => {
    const result = applyStacked(series, bar);
    time = bar.openTime + intervalMs;
    if (result.kind === "applied") knownAt = time;
    else count(frozen, result.reason);
    const believed = series.lastClosed === bar.openTime;
    if (believed) mark = bar.close;
    disbelief = believed || result.kind === "applied" ? undefined : result.reason;
  };

  const input = (): VenueInput => {
    const ageMs = knownAt === 0 ? null : time - knownAt;
    const openInterestUsd = (series.openInterest ?? 0) * mark;
    const known = { id: venue, ageMs, method: "estimated", markPrice: mark, openInterestUsd } as const;
    if (disbelief !== undefined) return { ...known, status: "quarantined", reason: disbelief };
    if (ageMs === null || ageMs > staleMs)
      return { ...known, status: "stale", reason: "open interest is missing" };
    return { ...known, status: "fresh", levels: stackedLevels(series, mark) };
  };

  return {
    take,
    frozen,
    nullLevels: () => nullMap.levels(series.path, mark),
    aggregate: () => {
      const aggregate = aggregateVenues(symbol, time, [input()]);
      // before open interest is known no venue counts, but the price is known
      return { ...aggregate, lastMarkPrice: aggregate.lastMarkPrice ?? mark };
    },
  };
}

function count(counts: Map<string, number>, reason: string): void {
  const kind = reason.replaceAll(/-?\d[\d.e+-]*/g, "…");
  counts.set(kind, (counts.get(kind) ?? 0) + 1);
}
