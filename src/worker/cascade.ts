import type { Aggregate } from "../model/aggregate.ts";
import { readCascade } from "../model/cascade.ts";
import type { BookDepth, Cascade } from "../model/types.ts";

/** Books are read once a minute; where a venue has too many symbols for that, every few. */
const oldestBookMs = 10 * 60_000;

/** Where this map's forced flow would outweigh the books of the venues that are in it. */
export function cascadeOf(aggregate: Aggregate, depths: readonly BookDepth[]): Cascade | undefined {
  const { long, short } = { long: aggregate.longParts, short: aggregate.shortParts };
  const fresh = aggregate.shares.filter(({ status }) => status === "fresh");
  const whole = fresh.reduce((sum, { openInterestUsd }) => sum + (openInterestUsd ?? 0), 0);
  const shares = new Map(fresh.map(({ id, openInterestUsd }) => [id, (openInterestUsd ?? 0) / whole]));
  const books = depths.filter(
    ({ venue, observedAt }) => shares.has(venue) && aggregate.time - observedAt <= oldestBookMs,
  );
  const bookCoverage = books.reduce((sum, { venue }) => sum + (shares.get(venue) ?? 0), 0);
  const { realisedShare } = aggregate;
  return readCascade({ long, short, books, bookCoverage, bookShares: shares, realisedShare });
}
