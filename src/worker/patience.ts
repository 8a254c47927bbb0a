import type { Clock } from "../ops/clock.ts";
import type { VenueRecord } from "../store/contracts/rounds.ts";
import type { Slots } from "./slots.ts";

/** How long the rounds of each symbol wait for who hasn't spoken yet. */
export interface Patience {
  /** Takes what the venues had said when somebody looked. */
  readonly note: (symbol: string, records: readonly VenueRecord[]) => void;
  /** Real ms from a slot's start. */
  readonly deadlineMs: (symbol: string) => number;
}

/** What a venue that says nothing may cost the others; under a second, the look at its timer included. */
const graceMs = 900;
/** A bar closes in one of five minutes, and its candles come later than what other rounds bring. */
const remembered = 5;

/**
 * A round's deadline is `graceMs` after its slowest venue has come lately: a venue that hangs then makes nobody's data
 * older by more than that, whatever the time that all the others need. Who comes later than ever counts in the next
 * round, and from then on is waited for. Before anything is known, and at most, it is the slots' own deadline.
 */
export function createPatience(slots: Slots, clock: Pick<Clock, "now" | "realMs">): Patience {
  const byFeed = new Map<string, readonly Arrival[]>();
  const slowest = new Map<string, number>();

  const noteOne = (feed: string, receivedAt: number): void => {
    const before = byFeed.get(feed) ?? [];
    const ageMs = clock.realMs(clock.now() - receivedAt);
    if (ageMs > slots.lengthMs || before.at(-1)?.receivedAt === receivedAt) return;
    const late = slots.intoMs() - ageMs;
    // it came in the slot before
    const lateMs = late < 0 ? late + slots.lengthMs : late;
    byFeed.set(feed, [...before.slice(1 - remembered), { receivedAt, lateMs }]);
  };

  return {
    note: (symbol, records) => {
      const feeds = records.map(({ venue }) => `${symbol} ${venue}`);
      for (const [index, { observation }] of records.entries())
        if (observation !== undefined) noteOne(feeds[index] ?? "", observation.receivedAt);
      const arrivals = feeds.flatMap((feed) => byFeed.get(feed) ?? []);
      if (arrivals.length > 0) slowest.set(symbol, Math.max(...arrivals.map(({ lateMs }) => lateMs)));
    },
    deadlineMs: (symbol) => Math.min(slots.deadlineMs, (slowest.get(symbol) ?? Infinity) + graceMs),
  };
}

interface Arrival {
  readonly receivedAt: number;
  /** Real ms after its slot began. */
  readonly lateMs: number;
}
