import { existsSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Bar } from "../model/types.ts";
import { gapsIn, inOrder, usualStep } from "./order.ts";
import type { Gap, Timed } from "./order.ts";
import { barColumns, liquidationColumns, toBar, toLiquidationTotal } from "./rows.ts";
import type { Checked, LiquidationTotal, RowProblem } from "./rows.ts";
import { readTable, RecordingError } from "./table.ts";
import type { TableRow } from "./table.ts";

const minuteMs = 60_000;
const knownIntervals = [1, 3, 5, 15, 30, 60].map((minutes) => minutes * minuteMs);

/** A file may have this many bad rows, or 1 % of its rows where that is more; one with more is something else. */
const toleratedRows = 20;
/** 1m bars of eight years. */
const mostRows = 4_500_000;

/** The bars of one CSV file, in order of time, each once. */
export interface Recording {
  readonly path: string;
  readonly intervalMs: number;
  readonly bars: readonly Bar[];
  /** Totals of a coarser interval, from the file beside this one; kept apart from the bars' own. */
  readonly liquidations: readonly LiquidationTotal[] | undefined;
  /** Rows left out, by line. */
  readonly badRows: readonly RowProblem[];
  /** Rows left out because an earlier one has their time. */
  readonly duplicates: number;
  /** Rows that stood later in the file than in time; sorted in. */
  readonly outOfOrder: number;
  readonly gaps: readonly Gap[];
}

/** The CSV files a path names: itself, or those of a folder without the liquidations beside them. */
export async function recordingPaths(path: string): Promise<readonly string[]> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) throw new RecordingError(`${path} is not there`);
  if (!found.isDirectory()) return [path];
  const names = (await readdir(path)).filter((name) => /(?<!\.liquidations)\.csv$/.test(name));
  if (names.length === 0) throw new RecordingError(`${path} has no .csv files`);
  return names.toSorted().map((name) => join(path, name));
}

/** Reads recorded bars. Throws a RecordingError when the file is not one of them. */
export async function readRecording(path: string): Promise<Recording> {
  const { rows, badRows } = await readRows(path, barColumns, toBar);
  const intervalMs = intervalOf(path, inOrder(rows).values);
  const [onGrid, offGrid] = splitByGrid(rows, intervalMs);
  const problems = [...badRows, ...offGrid].toSorted((a, b) => a.line - b.line);
  refuseTooMany(path, problems, rows.length + badRows.length);
  const { values: bars, duplicates, outOfOrder } = inOrder(onGrid);
  const gaps = gapsIn(bars, intervalMs);
  const liquidations = await readLiquidations(path);
  return { path, intervalMs, bars, liquidations, badRows: problems, duplicates, outOfOrder, gaps };
}

async function readLiquidations(path: string): Promise<readonly LiquidationTotal[] | undefined> {
  const beside = path.replace(/\.csv$/, ".liquidations.csv");
  if (beside === path || !existsSync(beside)) return undefined;
  const { rows, badRows } = await readRows(beside, liquidationColumns, toLiquidationTotal);
  refuseTooMany(beside, badRows, rows.length + badRows.length);
  return inOrder(rows).values;
}

async function readRows<T>(path: string, columns: readonly string[], read: (row: TableRow) => Checked<T>) {
  const rows: Timed<T>[] = [];
  const badRows: RowProblem[] = [];
  for await (const row of readTable(path, columns)) {
    const checked = read(row);
    if (checked.ok) rows.push({ line: row.line, value: checked.value });
    else badRows.push(checked.problem);
    if (rows.length + badRows.length > mostRows)
      throw new RecordingError(`${path} has over ${mostRows} rows: split it`);
  }
  return { rows, badRows };
}

function refuseTooMany(path: string, problems: readonly RowProblem[], rows: number): void {
  if (problems.length <= Math.max(toleratedRows, rows / 100)) return;
  const first = problems.slice(0, 5).map(({ line, reason }) => `\n  line ${line}: ${reason}`);
  throw new RecordingError(
    `${path}: ${problems.length} of ${rows} rows are bad, the first of them${first.join("")}`,
  );
}

function intervalOf(path: string, bars: readonly Bar[]): number {
  const step = usualStep(bars);
  if (step === undefined)
    throw new RecordingError(`${path} has ${bars.length} good bars: at least two are needed`);
  if (knownIntervals.includes(step)) return step;
  const known = knownIntervals.map((interval) => interval / minuteMs).join(", ");
  throw new RecordingError(`${path} has bars of ${step / minuteMs} minutes; they may be of ${known}`);
}

function splitByGrid(rows: readonly Timed<Bar>[], intervalMs: number): [Timed<Bar>[], RowProblem[]] {
  const isOn = ({ value }: Timed<Bar>): boolean => value.openTime % intervalMs === 0;
  const reason = `does not open at a whole ${intervalMs / minuteMs} minutes (UTC)`;
  return [rows.filter(isOn), rows.filter((row) => !isOn(row)).map(({ line }) => ({ line, reason }))];
}
