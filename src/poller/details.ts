import { setTimeout as sleep } from "node:timers/promises";
import type { Feed, OpenInterestRow, VenueAdapter } from "./adapter.ts";
import { intervalMs } from "./adapter.ts";
import { askFigure, askSamples, ifPossible } from "./asking.ts";
import type { Desk, Part } from "./desk.ts";
import type { Recall } from "./recall.ts";

/** Real time that a round waits for details, and that they may wait for their turn. */
const detailsMs = 2_000;
const detailsPatienceMs = 40_000;
const catchUpRows = 4; // more missing history rows than this mean that we were away

/** The history that has a row for each bar's close; another one is for reading back only. */
export const liveHistoryOf = ({ openInterestHistory }: VenueAdapter): Feed<OpenInterestRow> | undefined =>
  openInterestHistory.find(({ stepMs }) => stepMs === intervalMs);

/** Details that take longer, because the venue allows few of them, are there in the next round. */
export async function askDetailsBriefly(desk: Desk, part: Part): Promise<void> {
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

/** The first poll after a close names the rate that stood then. */
export function noteFunding(recall: Recall, fundingRate: number | undefined, now: number): void {
  const newestClose = Math.floor(now / intervalMs) * intervalMs;
  if (fundingRate === undefined || recall.fundingRate.has(newestClose)) return;
  recall.fundingRate.set(newestClose, fundingRate);
}
