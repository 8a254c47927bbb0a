import { aggregateVenues } from "../model/aggregate.ts";
import type { Aggregate, VenueInput } from "../model/aggregate.ts";
import {
  createCalibration,
  learnedOf,
  noteReport as learnFrom,
  useLearned,
  type Calibration,
} from "../model/calibration/calibration.ts";
import type { Decision } from "../model/calibration/gate.ts";
import { applyCalibrated, fuelBySide, usdOf, weighSeries } from "../model/calibration/series.ts";
import { detailOf, type MapDetail } from "../model/detail.ts";
import type { VenueLevels } from "../model/levels.ts";
import { createNullMap } from "../model/nullMap.ts";
import { noteReport, reportedIn } from "../model/stack.ts";
import { createStacked, fuelAhead, stackedLevels, type StackedSeries } from "../model/stackedSeries.ts";
import type { Bar, LearnedWeights, RiskTier, SeriesSpec, Side } from "../model/types.ts";
import { usualStep } from "./order.ts";
import type { Recording } from "./recording.ts";

const venue = "binanceusdm";

/** Recordings often have open interest only every hour; live, the poll of a venue without it would fail. */
const staleMs = 3 * 3_600_000;

export interface MarketOptions {
  readonly symbol: string;
  readonly intervalMs: number;
  readonly riskTiers: readonly RiskTier[];
  /** Liquidations at a coarser interval than the bars'; each counts from the close of its last bar on. */
  readonly recording?: Pick<Recording, "liquidations">;
}

/** One recorded contract as the live pipeline would see it: a single venue whose bars close one by one. */
export interface Market {
  readonly take: (bar: Bar) => void;
  /** Lets the map be made with what was learned from liquidations, where it may change now; says what that is. */
  readonly weigh: (mayChange: boolean) => LearnedWeights | undefined;
  /** What was known at the close of the newest bar. */
  readonly aggregate: () => Aggregate;
  /** What a map is made of, for its picture; of the newest bar's close too. */
  readonly detail: (aggregate: Aggregate) => MapDetail | undefined;
  /** What the price path alone would have left; undefined in the first day. */
  readonly nullLevels: () => VenueLevels | undefined;
  /** How many bars were not believed, by reason without its figures. */
  readonly frozen: ReadonlyMap<string, number>;
  /** What became of learned weights, day by day. */
  readonly decisions: readonly Decision[];
}

export function openMarket({ symbol, intervalMs, riskTiers, recording }: MarketOptions): Market {
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
  const calibration = createCalibration();
  const decisions: Decision[] = [];
  let [time, knownAt, mark] = [0, 0, 0];
  let disbelief: string | undefined;

  const reports = openReports(recording?.liquidations ?? [], intervalMs, calibration);

  const take = (bar: Bar): void => {
    decisions.push(...reports.take(bar, series));
    const { result, decisions: own } = applyCalibrated(calibration, series, bar);
    decisions.push(...own);
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
    decisions,
    weigh: (mayChange) => {
      if (mayChange && useLearned(calibration)) weighSeries(series, calibration);
      return learnedOf(calibration);
    },
    detail: (aggregate) => detailOf(aggregate, [input()]),
    nullLevels: () => nullMap.levels(series.path, mark, calibration.used),
    aggregate: () => {
      const aggregate = aggregateVenues(symbol, time, [input()]);
      // before open interest is known no venue counts, but the price is known
      return aggregate.lastMarkPrice === undefined ? { ...aggregate, lastMarkPrice: mark } : aggregate;
    },
  };
}

/** Hands totals to the series, and to what learns, as their time is over, with the fuel of the bars that they cover. */
function openReports(
  totals: NonNullable<Recording["liquidations"]>,
  intervalMs: number,
  calibration: Calibration,
) {
  const stepMs = usualStep(totals) ?? intervalMs;
  const byTime = new Map(totals.map((total) => [total.openTime, total]));
  let [from, fuel] = [NaN, 0];
  let parts: ReturnType<typeof fuelBySide>;
  const take = (bar: Bar, series: StackedSeries): readonly Decision[] => {
    const start = Math.floor(bar.openTime / stepMs) * stepMs;
    if (start !== from) [from, fuel, parts] = [start, 0, undefined];
    fuel += fuelAhead(series, bar);
    parts = addFuel(parts, fuelBySide(series, bar));
    const total = byTime.get(start);
    if (total === undefined || bar.openTime + intervalMs < start + stepMs) return [];
    const reported = reportedIn(total);
    if (reported !== undefined) noteReport(series.stack, reported, fuel, stepMs);
    return sides.flatMap((side) => {
      const liquidated = side === "long" ? total.longLiquidations : total.shortLiquidations;
      if (liquidated === undefined || parts === undefined) return [];
      const liquidatedUsd = usdOf(series, liquidated, bar.close);
      return learnFrom(calibration, { time: start, side, liquidatedUsd, fuelUsd: parts[side] }) ?? [];
    });
  };
  return { take };
}

const sides = ["long", "short"] as const;

function addFuel(
  before: ReturnType<typeof fuelBySide>,
  own: ReturnType<typeof fuelBySide>,
): ReturnType<typeof fuelBySide> {
  if (before === undefined || own === undefined) return own;
  const sumOf = (side: Side): number[] => own[side].map((usd, part) => usd + (before[side][part] ?? 0));
  return { long: sumOf("long"), short: sumOf("short") };
}

function count(counts: Map<string, number>, reason: string): void {
  const kind = reason.replaceAll(/-?\d[\d.e+-]*/g, "…");
  counts.set(kind, (counts.get(kind) ?? 0) + 1);
}
