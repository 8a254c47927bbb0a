import type { Bar } from "../model/types.ts";
import type { CandleRow, Contract, Feed, OpenInterestRow, VenueAdapter } from "./adapter.ts";
import { intervalMs, oldestMs } from "./adapter.ts";
import { openBoards } from "./board.ts";
import { closeOf, makeBar, settleMs } from "./bars.ts";
import type { BackfillOutcome } from "./contracts.ts";
import { Refusal } from "./failure.ts";
import { nameOf } from "./line.ts";
import type { Desk } from "./desk.ts";
import { askFigure } from "./asking.ts";
import { specOf } from "./poll.ts";
import { Malformed } from "./read.ts";
import { checkAgreement } from "./sound.ts";
import { contractIn, type Listed } from "./resolve.ts";

interface Span {
  readonly from: number;
  readonly to: number;
}

/** A series' history, one request after the other, so that polls find the line free in between. */
export async function backfill(
  desk: Desk,
  { symbol, series }: { readonly symbol: string; readonly series: string },
  span: Span,
  signal?: AbortSignal,
): Promise<BackfillOutcome> {
  const { adapter, clock, markets, tiers } = desk;
  try {
    const contract = contractIn(series, await markets.contractsOf(symbol, signal));
    const bars = await readBars(desk, contract, wholeBars(span, clock.now()), signal);
    const price = bars.at(-1)?.close;
    if (price === undefined) throw desk.line.refuse(`history ${contract.id}`, new Malformed("no candles"));
    const { riskTiers } = await tiers.of(contract, price, signal);
    return { ok: true, spec: specOf(adapter, contract, riskTiers), bars };
  } catch (error) {
    const refusal = desk.line.refuse(`history ${symbol}`, error);
    return { ok: false, failure: refusal.failure };
  }
}

/** Bars that closed long enough ago to be final; younger ones are the poll's. */
function wholeBars({ from, to }: Span, now: number): Span {
  const end = Math.min(to, now - settleMs);
  return { from: Math.ceil(from / intervalMs) * intervalMs, to: Math.floor(end / intervalMs) * intervalMs };
}

async function readBars(
  desk: Desk,
  contract: Listed,
  span: Span,
  signal: AbortSignal | undefined,
): Promise<readonly Bar[]> {
  const { candles: feed, markCandles } = desk.adapter;
  const read = byTime(await readPages(desk, feed, contract, span, signal), (row) => row.openTime);
  const candles = [...read.values()]
    .filter((row) => row.openTime >= span.from && row.openTime < span.to)
    .toSorted((a, b) => a.openTime - b.openTime);
  // before its first candle a contract wasn't traded
  const traded = { from: candles[0]?.openTime ?? span.to, to: span.to };
  const marks = byTime(
    markCandles === undefined
      ? []
      : await leaveOut(desk, readPages(desk, markCandles, contract, traded, signal)),
    (row) => row.openTime,
  );
  const openInterest = byTime(
    await leaveOut(desk, readOpenInterest(desk, contract, traded, signal)),
    (row) => row.at,
  );
  return candles.map((row) =>
    makeBar(row, { mark: marks.get(row.openTime), ...positioning(openInterest, row) }),
  );
}

/** A history row says how much is open at its time, and what was liquidated from then on. */
function positioning(rows: ReadonlyMap<number, OpenInterestRow>, candle: CandleRow) {
  const { value: openInterest, longShortRatio } = rows.get(closeOf(candle)) ?? {};
  const { longLiquidations: long, shortLiquidations: short } = rows.get(candle.openTime) ?? {};
  const liquidated = long === undefined || short === undefined ? undefined : { long, short };
  return { openInterest, longShortRatio, liquidated };
}

/** A venue without a history has at least today's figure, for the model to spread over the prices before. */
async function readStanding(
  desk: Desk,
  contract: Contract,
  close: number,
  signal: AbortSignal | undefined,
): Promise<OpenInterestRow[]> {
  const { openInterest } = await openBoards(desk.adapter.boards, desk, signal)(contract);
  if (openInterest !== undefined) return [{ at: close, value: openInterest }];
  const { openInterest: figure } = desk.adapter;
  if (figure === undefined) return [];
  const { value } = await askFigure(desk, figure, contract, { signal });
  return [{ at: close, value }];
}

/** Each feed as far back as its venue remembers, the coarser ones only where the finer has ended. */
async function readOpenInterest(
  desk: Desk,
  contract: Listed,
  span: Span,
  signal: AbortSignal | undefined,
): Promise<OpenInterestRow[]> {
  const recorded = await readRecorded(desk, contract, span);
  if (desk.adapter.openInterestHistory.length === 0)
    return [...(await readStanding(desk, contract, span.to, signal)), ...recorded];
  const rows: OpenInterestRow[] = [];
  const now = desk.clock.now();
  // a bar's row stands at its close
  let to = span.to + intervalMs;
  for (const feed of desk.adapter.openInterestHistory) {
    const kept = feed.keptMs === undefined ? -Infinity : now - feed.keptMs;
    const from = Math.ceil(Math.max(span.from + intervalMs, kept) / feed.stepMs) * feed.stepMs;
    rows.push(...(await readPages(desk, feed, contract, { from, to }, signal)));
    to = Math.min(to, from);
  }
  if (desk.adapter.declares.doubts === undefined) return [...rows, ...recorded];
  return await agreeing(desk, contract, rows, readStanding(desk, contract, span.to, signal));
}

/** What may count otherwise is held against the live figure; where they contradict each other that one stands alone. */
async function agreeing(
  { line, log, adapter }: Desk,
  { id, market }: Listed,
  rows: readonly OpenInterestRow[],
  asked: Promise<OpenInterestRow[]>,
): Promise<OpenInterestRow[]> {
  const standing = await asked;
  const newest = rows.toSorted((a, b) => b.at - a.at)[0];
  const live = standing[0];
  if (newest === undefined || live === undefined || live.at - newest.at > oldestMs) return [...rows];
  try {
    checkAgreement(live.value, newest.value);
    return [...rows];
  } catch (error) {
    const { message: reason } = line.refuse(`open interest ${id}`, error);
    log.warn({ venue: adapter.id, market, reason }, "the history of open interest isn't used");
    return standing;
  }
}

/** Ours is all there is where the venue has no figure for each bar. */
export function forgetsOpenInterest({ openInterestHistory }: VenueAdapter): boolean {
  return !openInterestHistory.some(({ stepMs }) => stepMs <= intervalMs);
}

async function readRecorded(
  { adapter, recorded, log }: Desk,
  { symbol, series }: Listed,
  { from, to }: Span,
): Promise<readonly OpenInterestRow[]> {
  if (recorded === undefined || !forgetsOpenInterest(adapter)) return [];
  try {
    return await recorded.bars(symbol, series, from, to);
  } catch (error) {
    log.warn({ venue: adapter.id, symbol, error }, "what was recorded of open interest can't be read");
    return [];
  }
}

/** So many pages in a row without a row: there is nothing older, and a venue's outage is shorter. */
const emptyPagesAtTheEnd = 2;

/** Windows no wider than a page, so that no page needs the one before it; the newest first, as far back as there is any. */
async function readPages<Row>(
  { line, log, adapter, clock }: Desk,
  feed: Feed<Row>,
  contract: Contract,
  { from, to }: Span,
  signal: AbortSignal | undefined,
): Promise<Row[]> {
  const rows: Row[] = [];
  let unreadable = 0;
  let empty = 0;
  const pageMs = feed.windowLimit * feed.stepMs;
  const { keptMs = Infinity } = feed;
  const first = Math.max(from, Math.ceil((clock.now() - keptMs) / feed.stepMs) * feed.stepMs);
  for (let end = to; end > first && empty < emptyPagesAtTheEnd; end -= pageMs) {
    const call = feed.window(contract, Math.max(first, end - pageMs), end);
    const page = await line.ask(call, (body) => feed.rows(body), { signal });
    empty = page.length === 0 ? empty + 1 : 0;
    for (const raw of page) {
      const row = readRow(feed, raw, contract);
      if (!(row instanceof Malformed)) rows.push(row);
      else if (unreadable++ === 0) line.refuse(nameOf(call), row);
    }
  }
  if (unreadable > 0)
    log.warn({ venue: adapter.id, market: contract.market, unreadable }, "rows left out as gaps");
  return rows;
}

/** One bad row in thirty days is a gap, not a reason to have no history at all. */
function readRow<Row>(feed: Feed<Row>, raw: unknown, contract: Contract): Row | Malformed {
  try {
    return feed.row(raw, contract);
  } catch (error) {
    if (error instanceof Malformed) return error;
    throw error;
  }
}

/** Bars without open interest or mark are still bars; but what silences the whole venue ends the backfill. */
async function leaveOut<Row>({ log, adapter }: Desk, pages: Promise<Row[]>): Promise<Row[]> {
  try {
    return await pages;
  } catch (error) {
    const bearable = error instanceof Refusal && error.failure.kind === "retry" && error.why !== "stopped";
    if (!bearable) throw error;
    log.warn({ venue: adapter.id, reason: error.message }, "history goes without this part");
    return [];
  }
}

function byTime<Row>(rows: readonly Row[], timeOf: (row: Row) => number): ReadonlyMap<number, Row> {
  return new Map(rows.map((row) => [timeOf(row), row]));
}
