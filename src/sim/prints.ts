import type { TrueLiquidation } from "./contracts.ts";
import type { Liquidated } from "./crowd.ts";
import type { Random } from "./random.ts";

const kept = 1_000;

/** One contract's liquidations, order by order. */
export interface Prints {
  /** A cohort was taken over in the step that ended at `now`. */
  readonly add: (liquidated: Liquidated, now: number, stepMs: number) => void;
  /** Those after a sequence number, oldest first. */
  readonly after: (sequence: number) => readonly TrueLiquidation[];
}

export function createPrints(
  origin: { readonly venue: string; readonly symbol: string; readonly lotSize: number },
  random: Random,
): Prints {
  let sequence = 0;
  let events: TrueLiquidation[] = [];

  const add: Prints["add"] = (liquidated, now, stepMs) => {
    for (const quantity of ordersOf(liquidated, random)) {
      sequence += 1;
      events.push({
        sequence,
        time: now - Math.ceil(stepMs * random.next()) + 1,
        venue: origin.venue,
        symbol: origin.symbol,
        liquidatedSide: liquidated.side,
        quantity: quantity * origin.lotSize,
        triggerPrice: liquidated.triggerPrice,
        bankruptcyPrice: liquidated.bankruptcyPrice,
      });
    }
    if (events.length > 2 * kept) events = events.slice(-kept);
  };

  const after: Prints["after"] = (known) =>
    known >= sequence
      ? []
      : events
          .filter((event) => event.sequence > known)
          .toSorted((a, b) => a.time - b.time || a.sequence - b.sequence);
  return { add, after };
}

/** At most four orders for one cohort: its traders are taken over one after the other. */
function ordersOf(liquidated: Liquidated, random: Random): readonly number[] {
  const count = Math.max(1, Math.min(4, Math.floor(liquidated.accounts), liquidated.quantity));
  const cuts = Array.from({ length: count - 1 }, () => Math.floor(random.next() * liquidated.quantity));
  const edges = [0, ...cuts.toSorted((a, b) => a - b), liquidated.quantity];
  const sizes = edges.slice(1).map((edge, index) => edge - (edges[index] ?? 0));
  return sizes.filter((size) => size > 0);
}
