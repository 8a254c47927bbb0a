import type { Lifecycle } from "../ops/lifecycle.ts";
import type { Log } from "../ops/log.ts";
import type { VenueHistory } from "../store/contracts/rounds.ts";
import type { Store } from "../store/contracts/store.ts";
import { reconstruct } from "../worker/reconstruct.ts";

const dayMs = 24 * 3_600_000;

export interface PastOptions {
  readonly store: Pick<Store, "symbols">;
  readonly log: Log;
  readonly lifecycle: Lifecycle;
}

/**
 * Takes the histories that are handed over. The first long one of each symbol gives it a past, where Redis has none:
 * how often a threshold would have been crossed can then be told from the first day. In the background, one symbol
 * after the other; without it nothing else suffers.
 */
export function givePast({
  store,
  log,
  lifecycle,
}: PastOptions): (symbol: string, histories: readonly VenueHistory[]) => void {
  const begun = new Set<string>();
  const stopping = new AbortController();
  let last = Promise.resolve();

  const give = async (symbol: string, history: VenueHistory): Promise<void> => {
    const [first, newest] = [history.bars[0]?.openTime ?? 0, history.bars.at(-1)?.openTime ?? 0];
    const recorded = await store.symbols.history(symbol, first, newest - dayMs);
    if (recorded.length > 0 || stopping.signal.aborted) return;
    const points = await reconstruct(symbol, history, stopping.signal);
    await store.symbols.addHistory(symbol, points);
    log.info({ symbol, venue: history.spec.venue, points: points.length }, "past reconstructed");
  };

  lifecycle.add("reconstruction", async () => {
    stopping.abort();
    await last;
  });
  return (symbol, histories) => {
    const longest = begun.has(symbol) ? undefined : largest(histories.filter(isLong));
    if (longest === undefined) return;
    begun.add(symbol);
    last = last
      .then(async () => give(symbol, longest))
      .catch((error: unknown) => {
        if (!stopping.signal.aborted) log.warn({ symbol, error }, "the past could not be reconstructed");
      });
  };
}

function isLong({ spec, bars }: VenueHistory): boolean {
  return bars.length * spec.intervalMs > 3 * dayMs;
}

function largest(histories: readonly VenueHistory[]): VenueHistory | undefined {
  return histories.toSorted((a, b) => sizeOf(b) - sizeOf(a))[0];
}

/** Open interest at the end, USD. */
function sizeOf({ spec, bars }: VenueHistory): number {
  const { openInterest = 0, close = 0 } = bars.at(-1) ?? {};
  return spec.contractType === "linear" ? openInterest * close : openInterest;
}
