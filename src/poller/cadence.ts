import type { Limit, VenueAdapter } from "./adapter.ts";
import { anyContract } from "./adapter.ts";
import { chargeOf, spacingMs } from "./pace.ts";

/** Of a round. Candles that take longer to ask for would make everybody's figures old. */
const mostCandlesMs = 10_000;

/** When a venue's candles are asked for. */
export interface Cadence {
  /** Once a bar has closed, instead of in every round. */
  readonly onClose: boolean;
  /** How far apart the symbols' requests may leave. */
  readonly spacingMs: number;
}

/** By what the venue allows and how many symbols there are. What nothing but candles tells is asked in every round. */
export function cadenceOf(adapter: VenueAdapter, symbols: number): Cadence {
  const spacing = candleSpacingMs(adapter);
  const isTooMuch = adapter.boards.length > 0 && symbols * spacing > mostCandlesMs;
  return { onClose: adapter.candlesOnClose === true || isTooMuch, spacingMs: spacing };
}

/** Limits that count by themselves are used side by side: the slower one sets the pace. */
function candleSpacingMs({ candles, markCandles, declares }: VenueAdapter): number {
  const feeds = markCandles === undefined ? [candles] : [candles, markCandles];
  const byLimit = new Map<Limit | undefined, number>();
  for (const feed of feeds) {
    const call = feed.latest(anyContract, 1, 0);
    const limit = chargeOf(declares.limits, call)?.limit;
    byLimit.set(limit, (byLimit.get(limit) ?? 0) + spacingMs(declares.limits, call));
  }
  return Math.max(...byLimit.values());
}
