import { createReadStream } from "node:fs";
import { pipeline } from "node:stream";
import { parse } from "csv-parse";
import { z } from "zod";

/** Longer lines are not bars; without a bound a file without line breaks would be read into memory. */
const longestLine = 10_000;

/** A row of a CSV file with its line number, so that what is wrong with it can be named. */
export interface TableRow {
  readonly line: number;
  /** Texts by column name; "" where the field is empty. */
  readonly fields: Readonly<Record<string, string>>;
  /** Fields in this row, and columns in the header: different when the row is broken. */
  readonly fieldCount: number;
  readonly columnCount: number;
}

/** A file that can't be used at all, in words for whoever named it. */
export class RecordingError extends Error {
  override readonly name = "RecordingError";
}

const parsedRecord = z.object({ record: z.array(z.string()), info: z.object({ lines: z.number() }) });

/**
 * Reads a CSV file row by row. Quotes mean nothing, as no field holds a comma: one that is not closed stays
 * local. Throws a RecordingError when the file can't be read or its header lacks a required column.
 */
export async function* readTable(path: string, required: readonly string[]): AsyncGenerator<TableRow> {
  let columns: readonly string[] | undefined;
  try {
    for await (const value of openRecords(path)) {
      const { record, info } = parsedRecord.parse(value);
      if (columns === undefined) columns = checkHeader(path, record, required);
      else if (record.length > 1 || record[0] !== "") yield toRow(columns, record, info.lines);
    }
  } catch (error) {
    throw toRecordingError(path, error);
  }
  if (columns === undefined) throw new RecordingError(`${path} is empty`);
}

function openRecords(path: string): AsyncIterable<unknown> {
  const parser = parse({
    bom: true,
    info: true,
    quote: false,
    relax_column_count: true,
    max_record_size: longestLine,
    trim: true,
  });
  // hands a read error on to whoever iterates
  return pipeline(createReadStream(path), parser, () => undefined);
}

function toRecordingError(path: string, error: unknown): unknown {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "CSV_MAX_RECORD_SIZE")
    return new RecordingError(`${path} has a line of over ${longestLine} characters: it is no CSV of bars`);
  if (/^E[A-Z]+$/.test(code)) return new RecordingError(`${path} can't be read (${code})`);
  return error;
}

function checkHeader(
  path: string,
  record: readonly string[],
  required: readonly string[],
): readonly string[] {
  const columns = record.map((name) => name.replaceAll('"', "").toLowerCase());
  const missing = required.filter((name) => !columns.includes(name));
  if (missing.length > 0)
    throw new RecordingError(`${path} lacks the column ${missing.join(", ")} in its header`);
  const repeated = columns.find((name, index) => columns.indexOf(name) !== index);
  if (repeated !== undefined) throw new RecordingError(`${path} has the column ${repeated} twice`);
  return columns;
}

function toRow(columns: readonly string[], record: readonly string[], line: number): TableRow {
  const fields: Record<string, string> = {};
  columns.forEach((name, index) => {
    fields[name] = record[index] ?? "";
  });
  return { line, fields, fieldCount: record.length, columnCount: columns.length };
}
