import { agedImbalance } from "../model/aged.ts";
import type { Imbalance } from "../model/types.ts";
import type { Clock } from "../ops/clock.ts";
import type { Log } from "../ops/log.ts";
import type { HistoryPoint, Symbols } from "../store/contracts/symbols.ts";
import {
  columnSpans,
  plainLook,
  type AlertMark,
  type Charts,
  type HeatmapRequest,
  type HeatmapSpan,
  type HistoryRequest,
  type Look,
  type PictureFailure,
  type PictureResult,
  type Pictures,
  type RealisedLiquidation,
  type PictureStore,
} from "./contracts.ts";
import { createDrawOnce } from "./drawOnce.ts";
import { candleLength, candlesOf } from "./heatmap/marks.ts";
import { thinHistory } from "./history/line.ts";
import { mapKey, spanKey } from "./pictureKey.ts";

export interface PicturesOptions {
  readonly symbols: Pick<Symbols, "imbalance" | "map" | "history">;
  readonly store: PictureStore;
  readonly charts: Charts;
  readonly clock: Clock;
  readonly log: Log;
  /** Data older than this is stale, on the clock. */
  readonly staleAfterMs: number;
  /** The ratio whose crossing a history shows. */
  readonly threshold: number;
  /** Alerts that were fired in [from, to]. */
  readonly alerts?: (symbol: string, from: number, to: number) => Promise<readonly AlertMark[]>;
  /** Liquidations that venues told of since a time, of a day at most. */
  readonly liquidations?: (symbol: string, from: number) => Promise<readonly RealisedLiquidation[]>;
}

const dayMs = 24 * 3_600_000;
const mostDays = 30;
/** A heatmap that has just begun shows this many columns' time. */
const leastColumns = 12;
/** More of them would hide what they fell on. */
const mostLiquidations = 120;
/** A history is thinned to this many steps before it goes to the renderer. */
const historySteps = 600;

export function createPictures(options: PicturesOptions): Pictures {
  const { symbols, store, charts, log } = options;
  const drawOnce = createDrawOnce(store, log);

  const map: Pictures["map"] = async (symbol, look, stackedBy = "leverage") =>
    withImbalance(symbol, options, async (imbalance) => {
      const levels = await symbols.map(symbol);
      if (levels === undefined) return notYet(symbol);
      const request = { map: levels, imbalance, stackedBy, look: { ...plainLook, ...look } };
      return drawOnce({ symbol, key: mapKey(request), look: request.look }, async () => {
        const detail = await store.detail(symbol);
        return charts.map({ ...request, ...(detail !== undefined && { detail }) });
      });
    });

  const heatmap: Pictures["heatmap"] = async (symbol, span, look) =>
    withImbalance(symbol, options, async (imbalance) => {
      const whole = spanOf(symbol, span, imbalance, { ...plainLook, ...look });
      const key = spanKey("heatmap", whole);
      return drawOnce({ symbol, key, look: whole.look }, async () =>
        charts.heatmap(await heatmapRequest(whole, span, options)),
      );
    });

  const history: Pictures["history"] = async (symbol, days, look) =>
    withImbalance(symbol, options, async (imbalance) => {
      const to = imbalance.time;
      const from = to - Math.min(mostDays, Math.max(1, Math.round(days))) * dayMs;
      const whole = { symbol, imbalance, from, to, look: { ...plainLook, ...look } };
      return drawOnce({ symbol, key: spanKey("history", whole), look: whole.look }, async () =>
        charts.history(await historyRequest(whole, options)),
      );
    });

  return { map, heatmap, history };
}

/** The newest imbalance as it reads now. What goes wrong in Redis on the way is an answer, not an error. */
async function withImbalance(
  symbol: string,
  { symbols, clock, staleAfterMs }: PicturesOptions,
  draw: (imbalance: Imbalance) => Promise<PictureResult>,
): Promise<PictureResult> {
  try {
    const stored = await symbols.imbalance(symbol);
    if (stored === undefined) return notYet(symbol);
    return await draw(agedImbalance(stored, clock.now(), staleAfterMs));
  } catch (error) {
    return {
      kind: "failed",
      reason: "unavailable",
      message: error instanceof Error ? error.message : String(error),
    };
  }
}

function notYet(symbol: string): PictureFailure {
  return { kind: "failed", reason: "no-data", message: `nothing was computed of ${symbol} yet` };
}

type Whole = Pick<HistoryRequest, "symbol" | "imbalance" | "from" | "to" | "look">;

function spanOf(symbol: string, span: HeatmapSpan, imbalance: Imbalance, look: Look): Whole {
  const { columnMs, columns } = columnSpans[span];
  const to = (Math.floor(imbalance.time / columnMs) + 1) * columnMs;
  return { symbol, imbalance, from: to - columns * columnMs, to, look };
}

async function heatmapRequest(
  whole: Whole,
  span: HeatmapSpan,
  { symbols, store, liquidations }: PicturesOptions,
): Promise<HeatmapRequest> {
  const { symbol, to } = whole;
  const { columnMs } = columnSpans[span];
  const columns = await store.columns(symbol, span, whole.from, to);
  const from = Math.min(Math.max(whole.from, columns[0]?.time ?? 0), to - leastColumns * columnMs);
  const candleMs = candleLength(to - from);
  // a month of minutes is a lot to read, and its columns know the price of every hour
  const marks = span === "day" ? await symbols.history(symbol, from, to) : columns;
  const told = span === "day" ? ((await liquidations?.(symbol, from)) ?? []) : [];
  const largest = told.toSorted((a, b) => b.notionalUsd - a.notionalUsd).slice(0, mostLiquidations);
  const candles = candlesOf(marks, candleMs);
  return { ...whole, from, columns, columnMs, candles, candleMs, liquidations: largest };
}

async function historyRequest(whole: Whole, options: PicturesOptions): Promise<HistoryRequest> {
  const { symbol, from, to } = whole;
  const { symbols, threshold, alerts } = options;
  const points: HistoryPoint[] = [];
  // day by day: a month at once would hold up everything else this process does
  for (let day = from; day < to; day += dayMs) {
    const next = day + dayMs;
    const read = await symbols.history(symbol, day, next < to ? next - 1 : to);
    points.push(...thinHistory(read, (to - from) / historySteps));
  }
  return { ...whole, points, threshold, alerts: (await alerts?.(symbol, from, to)) ?? [] };
}
