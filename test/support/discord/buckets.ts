/** Enforced limits; all off unless given. */
export interface DiscordLimits {
  /** Requests of one route and channel in its window; Discord's messages have 5 in 5 s. */
  readonly routeRequests?: number;
  readonly routeWindowMs?: number;
  /** Requests a second over all routes but interactions'; 50. */
  readonly globalPerSecond?: number;
}

export interface Verdict {
  readonly headers: Readonly<Record<string, string>>;
  /** Defined when the request must be refused with 429. */
  readonly refused?: { readonly retryAfterSeconds: number; readonly isGlobal: boolean };
}

export interface Buckets {
  /** `route` is the method and the path without ids, `major` the channel, guild or webhook in it. */
  readonly admit: (route: string, major: string, isInteraction: boolean) => Verdict;
}

interface Bucket {
  resetAt: number;
  used: number;
}

const generous = { requests: 10_000, windowMs: 1000 };

export function createBuckets(limits: DiscordLimits, now: () => number): Buckets {
  const buckets = new Map<string, Bucket>();
  const globalBucket: Bucket = { resetAt: 0, used: 0 };
  const requests = limits.routeRequests ?? generous.requests;
  const windowMs = limits.routeWindowMs ?? generous.windowMs;
  return {
    admit: (route, major, isInteraction) => {
      const bucket = renew(buckets, `${route}|${major}`, now(), windowMs);
      if (!isInteraction && overGlobal(globalBucket, limits.globalPerSecond, now())) {
        return {
          headers: {},
          refused: { retryAfterSeconds: secondsTo(globalBucket, now()), isGlobal: true },
        };
      }
      bucket.used += 1;
      const headers = headersOf(route, bucket, requests, now());
      if (bucket.used <= requests) return { headers };
      return { headers, refused: { retryAfterSeconds: secondsTo(bucket, now()), isGlobal: false } };
    },
  };
}

function renew(buckets: Map<string, Bucket>, key: string, now: number, windowMs: number): Bucket {
  const known = buckets.get(key);
  if (known !== undefined && known.resetAt > now) return known;
  const fresh = { resetAt: now + windowMs, used: 0 };
  buckets.set(key, fresh);
  return fresh;
}

function overGlobal(bucket: Bucket, limit: number | undefined, now: number): boolean {
  if (limit === undefined) return false;
  if (bucket.resetAt <= now) Object.assign(bucket, { resetAt: now + 1000, used: 0 });
  bucket.used += 1;
  return bucket.used > limit;
}

function secondsTo(bucket: Bucket, now: number): number {
  return Math.max(0.001, (bucket.resetAt - now) / 1000);
}

function headersOf(route: string, bucket: Bucket, limit: number, now: number): Record<string, string> {
  return {
    "x-ratelimit-bucket": Buffer.from(route).toString("hex").slice(0, 32),
    "x-ratelimit-limit": String(limit),
    "x-ratelimit-remaining": String(Math.max(0, limit - bucket.used)),
    "x-ratelimit-reset": String(bucket.resetAt / 1000),
    "x-ratelimit-reset-after": String(secondsTo(bucket, now)),
  };
}
