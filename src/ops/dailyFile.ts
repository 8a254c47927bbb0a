import { createWriteStream } from "node:fs";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

export interface DailyFileOptions {
  readonly dir: string;
  /** Files are called `NAME-2026-11-22.jsonl`. */
  readonly name: string;
  /** Without line breaks. */
  readonly lines: () => AsyncIterable<string>;
  /** Epoch ms. */
  readonly now: number;
  /** Older files of this name are removed. */
  readonly keepDays: number;
}

const dayMs = 24 * 3_600_000;

/**
 * Writes today's file (UTC) unless it is there, and removes those that are too old, and what a process that died has
 * left of an earlier day's. A file that can be seen is whole: it gets its name when it is written. Says whether it
 * wrote one.
 */
export async function keepDailyFile({ dir, name, lines, now, keepDays }: DailyFileOptions): Promise<boolean> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const fileOf = (time: number): string => `${name}-${new Date(time).toISOString().slice(0, 10)}.jsonl`;
  const files = await readdir(dir);
  const oldest = fileOf(now - (keepDays - 1) * dayMs);
  const isOurs = new RegExp(`^${name}-\\d{4}-\\d\\d-\\d\\d\\.jsonl$`);
  const isUnfinished = new RegExp(`^\\.${name}-\\d{4}-\\d\\d-\\d\\d\\.jsonl\\.\\d+$`);
  const old = files.filter(
    (file) => (isOurs.test(file) && file < oldest) || (isUnfinished.test(file) && file < `.${fileOf(now)}`),
  );
  await Promise.all(old.map(async (file) => rm(join(dir, file), { force: true })));
  if (files.includes(fileOf(now))) return false;
  const unfinished = join(dir, `.${fileOf(now)}.${process.pid}`);
  try {
    await pipeline(Readable.from(withBreaks(lines())), createWriteStream(unfinished, { mode: 0o600 }));
    await rename(unfinished, join(dir, fileOf(now)));
  } finally {
    await rm(unfinished, { force: true });
  }
  return true;
}

async function* withBreaks(lines: AsyncIterable<string>): AsyncIterable<string> {
  for await (const line of lines) yield `${line}\n`;
}
