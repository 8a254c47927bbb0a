import { existsSync } from "node:fs";
import { appendFile, mkdir, open, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Bar, SeriesSpec } from "../model/types.ts";
import type { Clock } from "../ops/clock.ts";
import {
  historyMs,
  maxBarsPerPoll,
  type PollFailure,
  type PollOutcome,
  type Venue,
} from "../poller/contracts.ts";
import { fillLiquidations } from "../poller/liquidations/fill.ts";
import { recordingHeader, recordingRow } from "../replay/writing.ts";
import type { Liquidations } from "../store/contracts/markets.ts";

export interface RecorderOptions {
  readonly venue: Venue;
  readonly symbol: string;
  readonly path: string;
  readonly barMs: number;
  readonly liquidations: Liquidations;
  readonly clock: Clock;
  readonly onFailure: (failure: PollFailure) => void;
}

export interface Recorder {
  /** Appends the bars that have closed since the last one in the file; says how many. */
  readonly take: (signal: AbortSignal) => Promise<number>;
}

/**
 * Writes one venue's bars of a symbol to a file that `replay` reads. A file that is there is gone on with, and what
 * closed since it was written is read from the venue's history; a new one begins with all of that.
 */
export async function openRecorder(options: RecorderOptions): Promise<Recorder> {
  const { path, clock, barMs } = options;
  await mkdir(dirname(path), { recursive: true });
  if (!existsSync(path)) await writeFile(path, `${recordingHeader}\n`);
  let cursor = await lastTime(path);

  const append = async (spec: SeriesSpec, bars: readonly Bar[]): Promise<number> => {
    const fresh = bars.filter(({ openTime }) => cursor === undefined || openTime > cursor);
    if (fresh.length === 0) return 0;
    await appendFile(path, fresh.map((bar) => `${recordingRow(bar, spec.contractType)}\n`).join(""));
    cursor = fresh.at(-1)?.openTime ?? cursor;
    return fresh.length;
  };

  const catchUp = async (signal: AbortSignal): Promise<number> => {
    const now = clock.now();
    const from = Math.max(cursor === undefined ? 0 : cursor + barMs, now - historyMs);
    const history = await options.venue.backfill(options.symbol, from, now, { signal });
    if (history.ok) return append(history.spec, history.bars);
    options.onFailure(history.failure);
    return 0;
  };

  return {
    take: async (signal) => {
      const isFarBehind = cursor === undefined || clock.now() - cursor > (maxBarsPerPoll / 2) * barMs;
      const caught = isFarBehind ? await catchUp(signal) : 0;
      const outcome = await pollOnce(options, cursor, signal);
      if (!outcome.ok) {
        options.onFailure(outcome.failure);
        return caught;
      }
      const { spec, closedBars } = outcome.observation;
      return caught + (await append(spec, await withLiquidations(options, closedBars)));
    },
  };
}

async function pollOnce(
  { venue, symbol }: RecorderOptions,
  cursor: number | undefined,
  signal: AbortSignal,
): Promise<PollOutcome> {
  let main: PollOutcome = { ok: false, failure: { kind: "retry", reason: "the venue said nothing" } };
  const request = cursor === undefined ? { symbol } : { symbol, cursor };
  await venue.poll(
    [request],
    (_symbol, outcome, series = venue.id) => {
      if (series === venue.id) main = outcome;
    },
    signal,
  );
  return main;
}

async function withLiquidations(
  { liquidations, symbol, venue }: RecorderOptions,
  bars: readonly Bar[],
): Promise<readonly Bar[]> {
  const times = bars.map(({ openTime }) => openTime);
  return fillLiquidations(bars, await liquidations.totals(symbol, venue.id, times));
}

/** Longer than any row. */
const tailBytes = 1_024;

/** Of the file's last row; undefined where it has none. A row that was cut off is ended, so that the next stands alone. */
async function lastTime(path: string): Promise<number | undefined> {
  const file = await open(path, "r+");
  try {
    const { size } = await file.stat();
    const from = Math.max(0, size - tailBytes);
    const tail = Buffer.alloc(size - from);
    await file.read(tail, 0, tail.length, from);
    const text = tail.toString("utf8");
    if (!text.endsWith("\n"))
      await file.truncate(from + Buffer.byteLength(text.slice(0, text.lastIndexOf("\n") + 1)));
    const times = text
      .slice(0, text.lastIndexOf("\n") + 1)
      .split("\n")
      .map((line) => /^(\d{13}),/.exec(line)?.[1])
      .filter((time) => time !== undefined);
    const last = times.at(-1);
    return last === undefined ? undefined : Number(last);
  } finally {
    await file.close();
  }
}
