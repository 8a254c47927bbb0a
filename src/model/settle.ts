import { bookTotal, decayRow, type Book } from "./book.ts";
import type { FilterRules, FilterState } from "./state.ts";
import { openBook } from "./opening.ts";
import type { BarSpan } from "./path.ts";
import { tierCount, type Mix } from "./priors.ts";
import { affordableShare, closeVoluntarily, hazardsOf, volumeDays } from "./turnover.ts";
import type { Side } from "./types.ts";

/** What one side did in a bar: Δ = opened − closed − liquidated. */
interface SideFlow {
  readonly opened: number;
  readonly closed: number;
  readonly liquidated: number;
}

export type BarFlows = Readonly<Record<Side, SideFlow>>;

export interface Settlement {
  readonly spans: Readonly<Record<Side, BarSpan>>;
  readonly liquidated: Readonly<Record<Side, number>>;
  /** At the bar's close. */
  readonly openInterest: number;
}

/** Voluntary closes, then conservation: afterwards each side holds exactly the open interest. */
export function settle(state: FilterState, rules: FilterRules, settlement: Settlement): BarFlows {
  const { spans, liquidated, openInterest } = settlement;
  const volume = state.unsettledVolume;
  const days = volumeDays(state.usualVolume, volume);
  const change = openInterest - (state.openInterest ?? openInterest);
  const long = hazardsOf(state.long, spans.long.typical, days, change + liquidated.long);
  const short = hazardsOf(state.short, spans.short.typical, days, change + liquidated.short);
  const share = affordableShare(volume - change - liquidated.long - liquidated.short, [long, short]);
  const flow = (side: Side, chosen: number): SideFlow => {
    const { opened, closed } = conserve(state, rules, side, settlement);
    return { opened, closed: chosen + closed, liquidated: liquidated[side] };
  };
  return {
    long: flow("long", closeVoluntarily(state.long, long, share)),
    short: flow("short", closeVoluntarily(state.short, short, share)),
  };
}

/** open = ΔOI + closed + liquidated; where that is negative, everybody on this side closes in proportion. */
function conserve(
  state: FilterState,
  rules: FilterRules,
  side: Side,
  settlement: Settlement,
): { opened: number; closed: number } {
  const { openInterest, spans } = settlement;
  const book = state[side];
  const held = bookTotal(book);
  if (held > openInterest) {
    shrink(book, openInterest / held);
    return { opened: 0, closed: held - openInterest };
  }
  const masses = shareOut(book, openInterest, rules.mix[side]);
  openBook(book, masses, rules.triggers[side], spans[side], state.barsApplied);
  return { opened: openInterest - held, closed: 0 };
}

function shrink(book: Book, survival: number): void {
  for (let tier = 0; tier < tierCount; tier += 1) decayRow(book, tier, survival);
  book.hedged *= survival;
}

/**
 * Opens go where the side falls short of its mix, in proportion: the mix is a share of what is held, and the
 * short-lived tiers need most of the turnover to keep theirs. Opens the hedged part itself; returns the tiers'.
 */
function shareOut(book: Book, openInterest: number, mix: Mix): number[] {
  const hedgedGap = Math.max(0, mix.hedged * openInterest - book.hedged);
  let gaps = hedgedGap;
  const masses = mix.tiers.map((share, tier) => {
    const gap = Math.max(0, share * openInterest - (book.total[tier] ?? 0));
    gaps += gap;
    return gap;
  });
  const part = gaps > 0 ? (openInterest - bookTotal(book)) / gaps : 0;
  book.hedged += hedgedGap * part;
  return masses.map((gap) => gap * part);
}
