import type { CandleRow, Contract, Feed, Figure, MarkRow, Sample } from "./adapter.ts";
import { oldestMs } from "./adapter.ts";
import type { Desk } from "./desk.ts";
import type { AskOptions } from "./line.ts";
import { checkFresh, Malformed } from "./read.ts";

/** The newest rows, oldest first, each once. */
export async function askLatest<Row extends CandleRow | MarkRow>(
  { line, clock }: Desk,
  feed: Feed<Row>,
  contract: Contract,
  limit: number,
  options: AskOptions,
): Promise<readonly Row[]> {
  const call = feed.latest(contract, Math.min(limit, feed.latestLimit), clock.now());
  return line.ask(
    call,
    (body) => {
      const rows = new Map(feed.rows(body).map((row) => readOpen(feed.row(row, contract))));
      const newest = Math.max(...rows.keys());
      if (rows.size === 0) throw new Malformed("no candles");
      checkFresh(newest, clock.now(), oldestMs);
      return [...rows.values()].toSorted((a, b) => a.openTime - b.openTime);
    },
    options,
  );
}

const readOpen = <Row extends { readonly openTime: number }>(row: Row): [number, Row] => [row.openTime, row];

export async function askFigure(
  { line, clock }: Desk,
  figure: Figure,
  contract: Contract,
  options: AskOptions,
): Promise<Sample> {
  return line.ask(
    figure.call(contract),
    (body) => {
      const sample = figure.read(body, contract);
      checkFresh(sample.at, clock.now(), oldestMs);
      return sample;
    },
    options,
  );
}

export async function askSamples<Row extends Sample>(
  { line, clock }: Desk,
  feed: Feed<Row>,
  contract: Contract,
  rows: number,
  options: AskOptions,
): Promise<readonly Row[]> {
  const call = feed.latest(contract, Math.min(rows, feed.latestLimit), clock.now());
  return line.ask(call, (body) => feed.rows(body).map((row) => feed.row(row, contract)), options);
}

/** Without it the observation is poorer, not wrong: the bar waits for it, the round doesn't fail. */
export async function ifPossible<T>(
  { log, adapter }: Desk,
  work: Promise<T> | undefined,
): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    log.debug({ venue: adapter.id, reason: String(error) }, "left out of this round");
    return undefined;
  }
}
