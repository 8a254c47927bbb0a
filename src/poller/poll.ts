import type { RiskTier, SeriesSpec } from "../model/types.ts";
import type { BoardRow, Contract, Feed, MarkRow, Sample, VenueAdapter } from "./adapter.ts";
import { intervalMs } from "./adapter.ts";
import { askFigure, askLatest, ifPossible } from "./asking.ts";
import { assemble, type Awaited } from "./bars.ts";
import type { Observation } from "./contracts.ts";
import { maxBarsPerPoll } from "./contracts.ts";
import type { Desk, Part } from "./desk.ts";
import { askDetailsBriefly, liveHistoryOf, noteFunding } from "./details.ts";
import { Malformed } from "./read.ts";
import type { Listed } from "./resolve.ts";
import { checkTogether } from "./sound.ts";
import type { Reading } from "./tape.ts";

const latestRows = 3; // the forming bar, the one that closed, and one for a late poll
const marksPatienceMs = 15_000;

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
  await askDetailsBriefly(desk, part, openInterest?.value ?? board.openInterest);
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

function newestOf(byClose: ReadonlyMap<number, number>): number | undefined {
  return [...byClose.values()].at(-1);
}
