import { setTimeout as sleep } from "node:timers/promises";
import type { Contract, Feed, OpenInterestRow, VenueAdapter } from "./adapter.ts";
import { intervalMs, oldestMs } from "./adapter.ts";
import { askFigure, askSamples, ifPossible } from "./asking.ts";
import type { Desk, Part } from "./desk.ts";
import type { Recall } from "./recall.ts";
import { checkAgreement } from "./sound.ts";

/** Real time that a round waits for details, and that they may wait for their turn. */
const detailsMs = 2_000;
const detailsPatienceMs = 40_000;
const catchUpRows = 4; // more missing history rows than this mean that we were away

/** The history that has a row for each bar's close; another one is for reading back only. */
export const liveHistoryOf = ({ openInterestHistory }: VenueAdapter): Feed<OpenInterestRow> | undefined =>
  openInterestHistory.find(({ stepMs }) => stepMs === intervalMs);

/** Details that take longer, because the venue allows few of them, are there in the next round. */
export async function askDetailsBriefly(desk: Desk, part: Part, live: number | undefined): Promise<void> {
  const { recall, cursor } = part;
  if (recall.asking !== undefined) return;
  const askedAt = desk.clock.now();
  const rows = recall.rowsWanted(cursor, askedAt);
  // as in nearly every round: no timer, and nothing to end
  if (rows === 0) return;
  const asking = askDetails(desk, part, { live, rows, askedAt }).finally(() => {
    recall.asking = undefined;
  });
  recall.asking = asking;
  const waiting = new AbortController();
  const enough = sleep(detailsMs, undefined, { signal: waiting.signal, ref: false }).catch(() => undefined);
  await Promise.race([asking, enough]);
  waiting.abort();
}

interface Wanted {
  /** Open interest as it is now. */
  readonly live: number | undefined;
  readonly rows: number;
  readonly askedAt: number;
}

/** What only a closed bar carries is asked for when one has closed, until it is there. */
async function askDetails(
  desk: Desk,
  { contract, recall, signal }: Part,
  { live, rows, askedAt }: Wanted,
): Promise<void> {
  const { adapter } = desk;
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
  const believed = isBelieved(desk, contract, openInterest ?? [], { live, at: askedAt });
  for (const row of openInterest ?? []) noteHistory(recall, row, { now: askedAt, believed });
  for (const { at, value } of longShortRatio ?? []) recall.longShortRatio.set(at, value);
  if (fundingRate !== undefined) recall.fundingRate.set(newestClose, fundingRate.value);
  if (openInterest !== undefined || historyFeed === undefined) recall.settle(askedAt);
}

/** Rows that count otherwise than the live figure would double or halve a map: bars then go by our own samples. */
function isBelieved(
  { line }: Desk,
  { id }: Contract,
  rows: readonly OpenInterestRow[],
  { live, at }: { readonly live: number | undefined; readonly at: number },
): boolean {
  const newest = rows.toSorted((a, b) => b.at - a.at)[0];
  if (newest === undefined || live === undefined || at - newest.at > oldestMs) return true;
  try {
    checkAgreement(live, newest.value);
    return true;
  } catch (error) {
    line.refuse(`open interest ${id}`, error);
    return false;
  }
}

function noteHistory(
  recall: Recall,
  row: OpenInterestRow,
  { now, believed }: { readonly now: number; readonly believed: boolean },
): void {
  const { at, value, longShortRatio, longLiquidations, shortLiquidations } = row;
  if (believed) recall.openInterest.set(at, value);
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
