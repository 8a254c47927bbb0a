import { consumeBook, recentreBook, type Book } from "./book.ts";
import { firstUncrossed } from "./grid.ts";
import { spanOf, type BarSpan } from "./path.ts";
import { settle, type BarFlows } from "./settle.ts";
import type { FilterRules, FilterState } from "./state.ts";
import { addVolume } from "./turnover.ts";
import type { Bar } from "./types.ts";

/** Missing bars may have traded this many times the usual volume: bars go missing when markets are fast. */
const burstOfMissedBars = 5;

/**
 * One believed bar: what the mark crossed is liquidated; then, if open interest is known and can be true, hazards
 * close and conservation opens. Returns the flows, or why the mass was left as it was.
 */
export function stepFilter(state: FilterState, rules: FilterRules, bar: Bar): BarFlows | string {
  const spans = { long: spanOf("long", bar), short: spanOf("short", bar) };
  const liquidated = { long: cross(state.long, spans.long), short: cross(state.short, spans.short) };
  noteBar(state, rules, bar);
  const fault = faultOfOpenInterest(state, bar);
  if (bar.openInterest === undefined || fault !== undefined) {
    return fault ?? "no open interest: nothing opened or closed";
  }
  const flows = settle(state, rules, { spans, liquidated, openInterest: bar.openInterest });
  state.openInterest = bar.openInterest;
  state.unsettledVolume = 0;
  state.missedMs = 0;
  return flows;
}

function cross(book: Book, span: BarSpan): number {
  const uncrossed = firstUncrossed(span.reach);
  const liquidated = consumeBook(book, uncrossed);
  recentreBook(book, Math.min(uncrossed, firstUncrossed(span.close)));
  return liquidated;
}

function noteBar(state: FilterState, rules: FilterRules, bar: Bar): void {
  if (state.lastClosed !== undefined) {
    state.missedMs += Math.max(0, bar.openTime - state.lastClosed - rules.intervalMs);
  }
  addVolume(state.usualVolume, bar.volume, rules.intervalMs);
  state.unsettledVolume += bar.volume;
  state.lastClosed = bar.openTime;
  state.lastPrice = bar.close;
  state.barsApplied += 1;
}

/** Of open interest: what a venue's rounding may add to a change. */
const roundingOfOpenInterest = 1e-9;

/** Every change of open interest is a trade, so |ΔOI| ≤ what was traded since it was last settled. */
function faultOfOpenInterest(state: FilterState, bar: Bar): string | undefined {
  if (state.openInterest === undefined || bar.openInterest === undefined) return undefined;
  const change = bar.openInterest - state.openInterest;
  const { sum, weightMs } = state.usualVolume;
  const most = state.unsettledVolume + burstOfMissedBars * state.missedMs * (sum / weightMs);
  if (Math.abs(change) <= most + roundingOfOpenInterest * state.openInterest) return undefined;
  return `open interest changed by ${change} on a volume of ${most}`;
}
