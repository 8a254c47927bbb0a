import { join } from "node:path";
import { createCharts } from "../charts/charts.ts";
import {
  columnSpans,
  plainLook,
  type AlertMark,
  type Candle,
  type Charts,
  type PictureResult,
  type RealisedLiquidation,
} from "../charts/contracts.ts";
import { candleLength } from "../charts/heatmap/marks.ts";
import { toLiquidationMap } from "../model/aggregate.ts";
import { columnOf, type MapColumn } from "../model/column.ts";
import type { Bar, Imbalance } from "../model/types.ts";
import type { ReplayMoment } from "../replay/replay.ts";
import type { HistoryPoint } from "../store/contracts/symbols.ts";
import { ExitError } from "./exit.ts";
import { makeFolder, writeFile } from "./files.ts";

export interface ReplayPictures {
  /** Draws the alert's map, where there was one. */
  readonly onMoment: (moment: ReplayMoment) => Promise<void> | undefined;
  /** Draws what needs the whole of it; all files that were written. */
  readonly finish: () => Promise<readonly string[]>;
}

export interface ReplayPicturesOptions {
  readonly folder: string;
  readonly symbol: string;
  readonly threshold: number;
  readonly charts?: Charts;
}

/** A heatmap shows the last of them, a history so many days. */
const mostColumns = columnSpans.day.columns;
const historyMs = 30 * 24 * 3_600_000;

/** Pictures of a replay in a folder: `BTC-2026-01-05T1200Z-map.png` and so on. */
export async function openReplayPictures(options: ReplayPicturesOptions): Promise<ReplayPictures> {
  const { folder, symbol, charts = createCharts() } = options;
  await makeFolder(folder);
  const files: string[] = [];
  const memory = createMemory();

  const save = async (drawing: Promise<PictureResult>, name: string): Promise<void> => {
    const result = await drawing;
    if (result.kind === "failed") throw new ExitError(`no picture was drawn: ${result.message}`);
    const path = join(folder, `${symbol}-${name}.png`);
    await writeFile(path, result.png);
    files.push(path);
  };

  const drawAlert = async ({ aggregate, imbalance, detail }: ReplayMoment): Promise<void> => {
    const made = detail();
    const request = {
      map: toLiquidationMap(aggregate),
      imbalance,
      ...(made && { detail: made }),
      look: plainLook,
    };
    await save(charts.map(request), `${fileTime(imbalance.time)}-map`);
  };

  const drawAll = async ({ imbalance, bars, columns, points, alerts }: Told): Promise<void> => {
    const [first, last] = [columns[0], columns.at(-1)];
    if (first === undefined || last === undefined) return;
    const columnMs = stepOf(columns);
    const span = { symbol, imbalance, from: first.time, to: last.time + columnMs, look: plainLook };
    const candleMs = Math.max(columnMs, candleLength(span.to - span.from));
    const shown = { columns, columnMs, candles: candlesOf(bars, candleMs), candleMs };
    await save(charts.heatmap({ ...span, ...shown, liquidations: liquidationsOf(bars) }), "heatmap");
    const history = { ...span, from: Math.max(points[0]?.time ?? 0, span.to - historyMs), points, alerts };
    await save(charts.history({ ...history, threshold: options.threshold }), "history");
  };

  return {
    onMoment: (moment) => {
      memory.take(moment);
      return moment.said.some(({ kind }) => kind === "firing") ? drawAlert(moment) : undefined;
    },
    finish: async () => {
      const told = memory.told();
      if (told !== undefined) await drawAll(told);
      await charts.close();
      return files;
    },
  };
}

interface Told {
  readonly imbalance: Imbalance;
  readonly bars: readonly Bar[];
  readonly columns: readonly MapColumn[];
  readonly points: readonly HistoryPoint[];
  readonly alerts: readonly AlertMark[];
}

/** What the pictures at the end are made of, as much of it as they show. */
function createMemory() {
  const [bars, columns, points, alerts]: [Bar[], MapColumn[], HistoryPoint[], AlertMark[]] = [[], [], [], []];
  let imbalance: Imbalance | undefined;
  const take = ({ bar, aggregate, imbalance: measured, said }: ReplayMoment): void => {
    imbalance = measured;
    const column = columnOf(toLiquidationMap(aggregate), bar.openTime, columnSpans.day);
    if (column !== undefined) keep(columns, column, mostColumns);
    keep(bars, bar, mostColumns);
    points.push(measured);
    while ((points[0]?.time ?? Infinity) < measured.time - historyMs) points.shift();
    for (const content of said)
      if (content.kind === "firing") alerts.push({ time: measured.time, direction: content.direction });
  };
  const told = (): Told | undefined =>
    imbalance === undefined ? undefined : { imbalance, bars, columns, points, alerts };
  return { take, told };
}

function keep<T>(list: T[], item: T, most: number): void {
  list.push(item);
  if (list.length > most) list.shift();
}

function stepOf(columns: readonly MapColumn[]): number {
  const [first, second] = columns;
  return first === undefined || second === undefined ? columnSpans.day.columnMs : second.time - first.time;
}

function candlesOf(bars: readonly Bar[], candleMs: number): Candle[] {
  const candles = new Map<number, Candle>();
  for (const { openTime, open, high, low, close } of bars) {
    const time = Math.floor(openTime / candleMs) * candleMs;
    const begun = candles.get(time) ?? { time, open, high, low, close };
    candles.set(time, { ...begun, high: Math.max(begun.high, high), low: Math.min(begun.low, low), close });
  }
  return [...candles.values()];
}

/** Longs fall to the bar's low, shorts rise to its high: no recording says where in between. */
function liquidationsOf(bars: readonly Bar[]): RealisedLiquidation[] {
  return bars.flatMap(({ openTime, low, high, longLiquidations = 0, shortLiquidations = 0 }) => [
    ...(longLiquidations > 0
      ? [{ time: openTime, price: low, notionalUsd: longLiquidations * low, liquidatedSide: "long" as const }]
      : []),
    ...(shortLiquidations > 0
      ? [
          {
            time: openTime,
            price: high,
            notionalUsd: shortLiquidations * high,
            liquidatedSide: "short" as const,
          },
        ]
      : []),
  ]);
}

/** 2026-01-05T1200Z: sorts by time, and is a file's name everywhere. */
function fileTime(time: number): string {
  return `${new Date(time).toISOString().slice(0, 16).replace(":", "")}Z`;
}
