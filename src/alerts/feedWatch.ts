/** What is remembered of a symbol's data between recomputes. Plain JSON. */
export interface FeedMemory {
  /** Since when no venue has been fresh, epoch ms; undefined while some are. */
  readonly staleSince?: number;
  /** Since when some have been again, while the loss is still the last thing that was said. */
  readonly freshSince?: number;
  /** When the loss was said that hasn't been taken back yet. */
  readonly lostSaidAt?: number;
  /** When a loss was said last: one an hour is news, one a minute isn't. */
  readonly lastSaidAt?: number;
}

/** To be said, once, to whoever asked for it. */
export interface FeedNotice {
  readonly kind: "feed-lost" | "feed-back";
  /** When the data was lost, epoch ms; names the notice. */
  readonly since: number;
}

export interface FeedDecision {
  readonly memory: FeedMemory;
  readonly notice?: FeedNotice;
}

/** A venue that misses a minute or two is no loss of the feed, and one minute of data is no return of it. */
const patienceMs = 120_000;
const restMs = 3_600_000;

/**
 * Whether the loss of a symbol's data, or its return, is to be said. Each loss is said once and taken back once; losses
 * that follow within an hour are not said at all.
 */
export function watchFeed(memory: FeedMemory, isStale: boolean, now: number): FeedDecision {
  const known = untilNow(memory, now);
  return isStale ? whileStale(known, now) : whileFresh(known, now);
}

/** A time that is still to come is of a clock that was wrong: waiting for it would be silence. */
function untilNow({ staleSince, freshSince, lostSaidAt, lastSaidAt }: FeedMemory, now: number): FeedMemory {
  return {
    ...(staleSince !== undefined && { staleSince: Math.min(staleSince, now) }),
    ...(freshSince !== undefined && { freshSince: Math.min(freshSince, now) }),
    ...(lostSaidAt !== undefined && { lostSaidAt: Math.min(lostSaidAt, now) }),
    ...(lastSaidAt !== undefined && { lastSaidAt: Math.min(lastSaidAt, now) }),
  };
}

function whileStale({ freshSince: _fresh, ...memory }: FeedMemory, now: number): FeedDecision {
  const staleSince = memory.staleSince ?? now;
  const stale = { ...memory, staleSince };
  const isPatient = now - staleSince < patienceMs;
  const isResting = memory.lastSaidAt !== undefined && now - memory.lastSaidAt < restMs;
  if (memory.lostSaidAt !== undefined || isPatient || isResting) return { memory: stale };
  return {
    memory: { ...stale, lostSaidAt: staleSince, lastSaidAt: now },
    notice: { kind: "feed-lost", since: staleSince },
  };
}

function whileFresh({ staleSince: _stale, ...memory }: FeedMemory, now: number): FeedDecision {
  if (memory.lostSaidAt === undefined) return { memory };
  const freshSince = memory.freshSince ?? now;
  if (now - freshSince < patienceMs) return { memory: { ...memory, freshSince } };
  const { lostSaidAt, freshSince: _since, ...rest } = memory;
  return { memory: rest, notice: { kind: "feed-back", since: lostSaidAt } };
}
