import { setTimeout as sleep } from "node:timers/promises";
import type { RiskTier, SeriesSpec } from "../model/types.ts";
import type { Clock } from "../ops/clock.ts";
import type { Log } from "../ops/log.ts";
import type {
  BoardRow,
  CandleRow,
  Contract,
  Feed,
  Figure,
  MarkRow,
  OpenInterestRow,
  Sample,
  VenueAdapter,
} from "./adapter.ts";
import { intervalMs, oldestMs } from "./adapter.ts";
import { assemble, type Awaited } from "./bars.ts";
import type { Boards } from "./board.ts";
import type { Observation } from "./contracts.ts";
import { maxBarsPerPoll } from "./contracts.ts";
import type { OpenInterestLog } from "../store/contracts/markets.ts";
import type { AskOptions, Line } from "./line.ts";
import type { Markets } from "./markets.ts";
import { checkFresh, Malformed } from "./read.ts";
import type { Recall } from "./recall.ts";
import type { Listed } from "./resolve.ts";
import { checkTogether } from "./sound.ts";
import type { Reading } from "./tape.ts";
import type { Tiers } from "./tiers.ts";

const latestRows = 3; // the forming bar, the one that closed, and one for a late poll
/** Real time that a round waits for details, and that they may wait for their turn. */
const detailsMs = 2_000;
const detailsPatienceMs = 40_000;
const marksPatienceMs = 15_000;
const catchUpRows = 4; // more missing history rows than this mean that we were away

export interface Desk {
  readonly adapter: VenueAdapter;
  readonly line: Line;
  readonly markets: Markets;
  readonly tiers: Tiers;
  /** What we heard of open interest ourselves. */
  readonly recorded?: Pick<OpenInterestLog, "bars"> | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Part {
  readonly contract: Listed;
  /** Open time of the newest closed bar the model has of it. */
  readonly cursor: number | undefined;
  readonly recall: Recall;
  readonly boards: Boards;
  /** Its candles are asked for when a bar has closed, and `delayMs` after that, instead of in every round. */
  readonly onClose: boolean;
  readonly delayMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** One contract's part of a round; rejects with a Refusal. */
export async function observe(desk: Desk, part: Part): Promise<Observation> {
  const { adapter } = desk;
  const { contract, signal } = part;
  const [board, openInterest, reading] = await Promise.all([
    part.boards(contract),
    adapter.openInterest === undefined
      ? undefined
      : askFigure(desk, adapter.openInterest, contract, { signal }),
    askCandles(desk, part),
  ]);
  // after what every symbol needs, so that nobody's candles wait for somebody's details
  await askDetailsBriefly(desk, part);
  return observationOf(desk, part, { board, openInterest, reading });
}

async function askCandles(desk: Desk, part: Part): Promise<Reading> {
  const { contract, cursor, recall, onClose, delayMs, signal } = part;
  const { candles, markCandles } = desk.adapter;
  const readAt = desk.clock.now();
  const known = onClose ? recall.tape.reading() : undefined;
  if (known !== undefined && !recall.tape.isDue(cursor, readAt, delayMs)) return known;
  const limit = rowsSince(cursor, readAt);
  const [rows, marks] = await Promise.all([
    askLatest(desk, candles, contract, limit, { signal }),
    markCandles === undefined ? undefined : askMarks(desk, markCandles, contract, limit, signal),
  ]);
  const reading = { candles: rows, marks: marks ?? [], readAt: desk.clock.now() };
  recall.tape.keep(reading);
  return reading;
}

/** Without them an observation is poorer, unless nothing else tells the mark. */
async function askMarks(
  desk: Desk,
  feed: Feed<MarkRow>,
  contract: Contract,
  limit: number,
  signal: AbortSignal | undefined,
): Promise<readonly MarkRow[] | undefined> {
  if (desk.adapter.boards.length === 0) return askLatest(desk, feed, contract, limit, { signal });
  const how = { signal, optional: true, patienceMs: marksPatienceMs };
  return ifPossible(desk, askLatest(desk, feed, contract, limit, how));
}

interface Answers {
  readonly board: BoardRow;
  readonly openInterest: Sample | undefined;
  readonly reading: Reading;
}

async function observationOf(
  desk: Desk,
  { contract, cursor, recall, onClose, signal }: Part,
  { board, openInterest, reading }: Answers,
): Promise<Observation> {
  const now = desk.clock.now();
  const { fundingRate } = board;
  const markPrice = board.markPrice ?? newestMark(reading);
  const observedAt = board.at ?? openInterest?.at ?? now;
  const sample = openInterest ?? { at: observedAt, value: board.openInterest };
  if (markPrice === undefined || sample.value === undefined) {
    throw desk.line.refuse(contract.id, new Malformed("neither mark price nor open interest"));
  }
  const openInterestUsd = sample.value * (contract.contractType === "linear" ? markPrice : 1);
  checkTogether({ markPrice, lastPrice: reading.candles.at(-1)?.close, openInterestUsd });
  recall.addSample({ at: sample.at, value: sample.value });
  recall.tape.seen(markPrice);
  noteFunding(recall, fundingRate, now);
  const { tierSource, riskTiers } = await desk.tiers.of(contract, markPrice, signal);
  const live = { openInterest: sample.value, fundingRate: fundingRate ?? newestOf(recall.fundingRate) };
  const newest = onClose ? recall.tape.reading() : undefined;
  const { candles, marks, readAt } = newest ?? reading;
  const marksByOpen = new Map(marks.map((mark) => [mark.openTime, mark]));
  return {
    spec: specOf(desk.adapter, contract, riskTiers),
    tierSource,
    observedAt,
    receivedAt: now,
    markPrice,
    openInterest: sample.value,
    openInterestUsd,
    ...assemble({
      ...recall,
      awaited: awaitedOf(desk.adapter),
      candles,
      marks: marksByOpen,
      cursor,
      live,
      now: readAt,
    }),
  };
}

const newestMark = ({ marks }: Reading): number | undefined => marks.at(-1)?.close;

const awaitedOf = (adapter: VenueAdapter): Awaited => ({
  openInterest: liveHistoryOf(adapter) !== undefined,
  marks: adapter.markCandles !== undefined,
});

/** The history that has a row for each bar's close; another one is for reading back only. */
const liveHistoryOf = ({ openInterestHistory }: VenueAdapter): Feed<OpenInterestRow> | undefined =>
  openInterestHistory.find(({ stepMs }) => stepMs === intervalMs);

export function specOf(adapter: VenueAdapter, contract: Listed, riskTiers: readonly RiskTier[]): SeriesSpec {
  const { series: venue, symbol, market, contractType } = contract;
  const { liquidationFeeRate } = adapter;
  return { venue, symbol, market, contractType, intervalMs, riskTiers, liquidationFeeRate };
}

/** Three rows in the steady state; after an absence as many as a poll may read, and the rest is for a backfill. */
function rowsSince(cursor: number | undefined, now: number): number {
  if (cursor === undefined) return latestRows;
  const rows = Math.floor((now - cursor) / intervalMs) + 1;
  return Math.min(Math.max(rows, latestRows), maxBarsPerPoll);
}

/** The newest rows, oldest first, each once. */
async function askLatest<Row extends CandleRow | MarkRow>(
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

/** Details that take longer, because the venue allows few of them, are there in the next round. */
async function askDetailsBriefly(desk: Desk, part: Part): Promise<void> {
  const { recall } = part;
  if (recall.asking !== undefined) return;
  const asking = askDetails(desk, part).finally(() => {
    recall.asking = undefined;
  });
  recall.asking = asking;
  const waiting = new AbortController();
  const enough = sleep(detailsMs, undefined, { signal: waiting.signal, ref: false }).catch(() => undefined);
  await Promise.race([asking, enough]);
  waiting.abort();
}

/** What only a closed bar carries is asked for when one has closed, until it is there. */
async function askDetails(desk: Desk, { contract, recall, cursor, signal }: Part): Promise<void> {
  const { adapter, clock } = desk;
  const askedAt = clock.now();
  const rows = recall.rowsWanted(cursor, askedAt);
  if (rows === 0) return;
  const newestClose = Math.floor(askedAt / intervalMs) * intervalMs;
  const optional = { signal, optional: true, patienceMs: detailsPatienceMs };
  const options = { ...optional, optional: rows <= catchUpRows };
  const historyFeed = liveHistoryOf(adapter);
  const history = historyFeed && askSamples(desk, historyFeed, contract, rows, options);
  const ratios =
    adapter.longShortRatio === undefined || recall.longShortRatio.has(newestClose)
      ? undefined
      : askSamples(desk, adapter.longShortRatio, contract, rows, optional);
  const funding =
    adapter.fundingRate === undefined || recall.fundingRate.has(newestClose)
      ? undefined
      : askFigure(desk, adapter.fundingRate, contract, optional);
  const [openInterest, longShortRatio, fundingRate] = await Promise.all([
    ifPossible(desk, history),
    ifPossible(desk, ratios),
    ifPossible(desk, funding),
  ]);
  for (const row of openInterest ?? []) noteHistory(recall, row, askedAt);
  for (const { at, value } of longShortRatio ?? []) recall.longShortRatio.set(at, value);
  if (fundingRate !== undefined) recall.fundingRate.set(newestClose, fundingRate.value);
  if (openInterest !== undefined || historyFeed === undefined) recall.settle(askedAt);
}

function noteHistory(recall: Recall, row: OpenInterestRow, now: number): void {
  const { at, value, longShortRatio, longLiquidations, shortLiquidations } = row;
  recall.openInterest.set(at, value);
  if (longShortRatio !== undefined) recall.longShortRatio.set(at, longShortRatio);
  const close = at + intervalMs;
  // the sums of a bar that still runs would stay as they are now
  if (longLiquidations === undefined || shortLiquidations === undefined || close > now) return;
  recall.liquidations.set(close, { long: longLiquidations, short: shortLiquidations });
}

async function askSamples<Row extends Sample>(
  { line, clock }: Desk,
  feed: Feed<Row>,
  contract: Contract,
  rows: number,
  options: AskOptions,
): Promise<readonly Row[]> {
  const call = feed.latest(contract, Math.min(rows, feed.latestLimit), clock.now());
  return line.ask(call, (body) => feed.rows(body).map((row) => feed.row(row, contract)), options);
}

/** The first poll after a close names the rate that stood then. */
function noteFunding(recall: Recall, fundingRate: number | undefined, now: number): void {
  const newestClose = Math.floor(now / intervalMs) * intervalMs;
  if (fundingRate === undefined || recall.fundingRate.has(newestClose)) return;
  recall.fundingRate.set(newestClose, fundingRate);
}

function newestOf(byClose: ReadonlyMap<number, number>): number | undefined {
  return [...byClose.values()].at(-1);
}

/** Without it the observation is poorer, not wrong: the bar waits for it, the round doesn't fail. */
async function ifPossible<T>({ log, adapter }: Desk, work: Promise<T> | undefined): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    log.debug({ venue: adapter.id, reason: String(error) }, "left out of this round");
    return undefined;
  }
}
