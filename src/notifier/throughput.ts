/** How many deliveries it is worth to take ahead of the platform, by how quickly it took the ones before. */
export interface Throughput {
  /** Taken and not settled at most: as many as the platform takes in half a second. */
  readonly ahead: () => number;
  /** One more was taken. */
  readonly note: () => void;
  /** After a rest nothing is known. */
  readonly forget: () => void;
}

export interface ThroughputOptions {
  readonly monotonicMs: () => number;
  /** Taken ahead at most, however quick the platform is. */
  readonly capacity: number;
}

/** Before it is known how quick the platform is. */
const firstAhead = 256;
/** However slow it is: one small claim under way and one behind it. */
const leastAhead = 32;
/** Each delivery must begin within 1.5 s of its claim. */
const aheadMs = 500;
const measureMs = 50;

export function createThroughput({ monotonicMs, capacity }: ThroughputOptions): Throughput {
  const first = Math.min(firstAhead, capacity);
  let ahead = first;
  let count = 0;
  let since = monotonicMs();
  const measureAnew = (): void => {
    count = 0;
    since = monotonicMs();
  };
  return {
    ahead: () => ahead,
    note: () => {
      count += 1;
      const ms = monotonicMs() - since;
      if (ms < measureMs) return;
      ahead = Math.min(capacity, Math.max(leastAhead, Math.floor((count / ms) * aheadMs)));
      measureAnew();
    },
    forget: () => {
      ahead = first;
      measureAnew();
    },
  };
}
