import type { Bar } from "../model/types.ts";
import type { CandleRow, MarkRow, Sample } from "./adapter.ts";
import { intervalMs } from "./adapter.ts";

/**
 * How long a closed bar waits for its open interest and mark extremes. The model may apply a bar only once, so
 * one handed over too early would lose them for good; venues publish the row within seconds, and one that
 * doesn't must not stop the series.
 */
export const settleMs = 90_000;

/** A live sample this near to a bar's close stands in for a missing history row. */
const sampleReachMs = 60_000;

/** What is known beside the candles; times are bars' closes. */
interface Extras {
  readonly marks: ReadonlyMap<number, MarkRow>;
  readonly openInterest: ReadonlyMap<number, number>;
  readonly longShortRatio: ReadonlyMap<number, number>;
  readonly fundingRate: ReadonlyMap<number, number>;
  readonly liquidations: ReadonlyMap<number, Liquidated>;
}

/** What was liquidated in a bar, in the contract's unit. */
export interface Liquidated {
  readonly long: number;
  readonly short: number;
}

/** What the venue publishes after a bar's close, so that the bar waits for it. */
export interface Awaited {
  readonly openInterest: boolean;
  readonly marks: boolean;
}

export interface Assembly extends Extras {
  readonly awaited: Awaited;
  /** Oldest first. */
  readonly candles: readonly CandleRow[];
  /** Live open interest, oldest first. */
  readonly samples: readonly Sample[];
  /** Open time of the newest bar the model has. */
  readonly cursor: number | undefined;
  readonly live: { readonly openInterest: number; readonly fundingRate: number | undefined };
  readonly now: number;
}

export interface Assembled {
  readonly closedBars: readonly Bar[];
  readonly formingBar?: Bar;
}

export const closeOf = (row: { readonly openTime: number }): number => row.openTime + intervalMs;

/**
 * Splits candles into closed bars that are complete and one forming bar. A closed bar that still waits is joined
 * into the forming one, and so is everything after it: nothing since the cursor is left out, nothing is told twice.
 */
export function assemble(input: Assembly): Assembled {
  const rows = input.candles.filter((row) => input.cursor === undefined || row.openTime > input.cursor);
  const waiting = rows.findIndex((row) => !isComplete(row, input));
  const closed = waiting === -1 ? rows : rows.slice(0, waiting);
  const forming = waiting === -1 ? [] : rows.slice(waiting);
  const closedBars = closed.map((row) => closedBar(row, input));
  return forming.length === 0 ? { closedBars } : { closedBars, formingBar: formingBar(forming, input) };
}

function isComplete(row: CandleRow, input: Assembly): boolean {
  if (!isClosed(row, input)) return false;
  const openInterest = !input.awaited.openInterest || input.openInterest.has(closeOf(row));
  const mark = !input.awaited.marks || input.marks.has(row.openTime);
  return (openInterest && mark) || isSettled(row, input.now);
}

const isSettled = (row: CandleRow, now: number): boolean => now >= closeOf(row) + settleMs;

/** The venue's own evidence counts, not our clock: a newer candle, or its word; a silent market's time runs out. */
function isClosed(row: CandleRow, { candles, now }: Assembly): boolean {
  const newest = candles.at(-1);
  return (
    row.confirmed === true || (newest !== undefined && newest.openTime > row.openTime) || isSettled(row, now)
  );
}

function closedBar(row: CandleRow, input: Assembly): Bar {
  const close = closeOf(row);
  const known = input.openInterest.get(close) ?? sampledAt(input.samples, close);
  const openInterest = known ?? (input.awaited.openInterest ? undefined : firstAfter(input.samples, close));
  return makeBar(row, {
    openInterest,
    mark: input.marks.get(row.openTime),
    longShortRatio: input.longShortRatio.get(close),
    fundingRate: input.fundingRate.get(close),
    liquidated: input.liquidations.get(close),
  });
}

function formingBar(rows: readonly CandleRow[], input: Assembly): Bar {
  const { openInterest, fundingRate } = input.live;
  const marks = rows.flatMap((row) => input.marks.get(row.openTime) ?? []);
  return makeBar(joinCandles(rows), { openInterest, fundingRate, mark: joinMarks(marks) });
}

export function makeBar(
  row: CandleRow,
  extras: {
    readonly mark?: MarkRow | undefined;
    readonly openInterest?: number | undefined;
    readonly longShortRatio?: number | undefined;
    readonly fundingRate?: number | undefined;
    readonly liquidated?: Liquidated | undefined;
  },
): Bar {
  const { openTime, open, high, low, close, volume, takerBuyVolume } = row;
  const { mark, openInterest, longShortRatio, fundingRate, liquidated } = extras;
  return {
    openTime,
    open,
    high,
    low,
    close,
    volume,
    ...(takerBuyVolume === undefined ? {} : { takerBuyVolume }),
    ...(openInterest === undefined ? {} : { openInterest }),
    ...(mark === undefined ? {} : { markHigh: mark.high, markLow: mark.low }),
    ...(longShortRatio === undefined ? {} : { longShortRatio }),
    ...(fundingRate === undefined ? {} : { fundingRate }),
    ...(liquidated === undefined
      ? {}
      : { longLiquidations: liquidated.long, shortLiquidations: liquidated.short }),
  };
}

function joinCandles(rows: readonly CandleRow[]): CandleRow {
  return rows.reduce((joined, row) => {
    const { takerBuyVolume: earlier, ...rest } = joined;
    const taker =
      earlier === undefined || row.takerBuyVolume === undefined ? undefined : earlier + row.takerBuyVolume;
    return {
      ...rest,
      high: Math.max(joined.high, row.high),
      low: Math.min(joined.low, row.low),
      close: row.close,
      volume: joined.volume + row.volume,
      ...(taker === undefined ? {} : { takerBuyVolume: taker }),
    };
  });
}

function joinMarks(rows: readonly MarkRow[]): MarkRow | undefined {
  if (rows.length === 0) return undefined;
  return rows.reduce((joined, row) => ({
    openTime: joined.openTime,
    high: Math.max(joined.high, row.high),
    low: Math.min(joined.low, row.low),
  }));
}

/** The sample near a close; else, where polls failed around it, the straight line between the two beside it. */
function sampledAt(samples: readonly Sample[], close: number): number | undefined {
  const before = samples.findLast(({ at }) => at <= close);
  const after = samples.find(({ at }) => at > close);
  const near = [before, after]
    .filter((sample) => sample !== undefined)
    .toSorted((a, b) => Math.abs(a.at - close) - Math.abs(b.at - close))[0];
  if (near !== undefined && Math.abs(near.at - close) <= sampleReachMs) return near.value;
  if (before === undefined || after === undefined || after.at - before.at > intervalMs) return undefined;
  const share = (close - before.at) / (after.at - before.at);
  return before.value + share * (after.value - before.value);
}

/** Where a venue keeps no history, the bar before our first look has what that look found. */
function firstAfter(samples: readonly Sample[], close: number): number | undefined {
  const [first] = samples;
  return first !== undefined && first.at > close && first.at - close <= intervalMs ? first.value : undefined;
}
