import type { Clock } from "../ops/clock.ts";
import type { Log } from "../ops/log.ts";
import type { VenueLimits } from "../store/contracts/markets.ts";
import type { Call, Limit, VenueAdapter } from "./adapter.ts";
import type { PollFailure } from "./contracts.ts";
import { openQuota, type Turn } from "./quota.ts";

/** A venue's published limit is for everybody behind one address; half of it is for others, and for its own counting. */
export const ourShare = 0.5;
/** Of ours: what may leave at once, so that no window as long as the limit's, wherever it begins, holds more than ours. */
const burstShare = 0.2;
/** A round is over by then; who has to wait longer asks in the next one. */
const mostWaitMs = 30_000;
/** What a round goes on without doesn't wait for long. */
const briefWaitMs = 2_000;

/** What a call takes of which limit; undefined where none counts it. */
export function chargeOf(
  limits: readonly Limit[],
  call: Call,
): { readonly limit: Limit; readonly weight: number } | undefined {
  const limit = limits.find(({ matches }) => matches === undefined || matches(call.method));
  return limit === undefined ? undefined : { limit, weight: limit.weightOf?.(call) ?? 1 };
}

/** Weight a minute that a limit lets us use for good. */
export function perMinute({ weight, perMs }: Limit): number {
  return (weight * ourShare * (1 - burstShare) * 60_000) / perMs;
}

/** How far apart calls like this one may leave for good. */
export function spacingMs(limits: readonly Limit[], call: Call): number {
  const charge = chargeOf(limits, call);
  return charge === undefined ? 0 : (charge.weight * 60_000) / perMinute(charge.limit);
}

export interface PaceOptions {
  readonly adapter: Pick<VenueAdapter, "id" | "declares">;
  readonly clock: Clock;
  readonly log: Log;
  /** Counts for all processes; without it each counts for itself. */
  readonly shared?: VenueLimits | undefined;
}

/** How a call may leave: now, not within a bearable time, or not at all because the venue asked for a rest. */
export type Leave =
  | { readonly kind: "go" }
  | { readonly kind: "full"; readonly bucket: string }
  | { readonly kind: "resting"; readonly failure: PollFailure };

interface Patience {
  readonly optional?: boolean | undefined;
  readonly patienceMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Pace {
  /** Resolves when the call may leave, or at once where it may not. */
  readonly leave: (call: Call, how: Patience) => Promise<Leave>;
  /** Tells the other processes that the venue wants to be left alone. */
  readonly rest: (failure: PollFailure & { readonly until: number }) => Promise<void>;
}

/** Half of what a venue publishes, over all processes while Redis answers, and over this one while it doesn't. */
export function openPace({ adapter, clock, log, shared }: PaceOptions): Pace {
  const { id, declares } = adapter;
  const own = new Map(declares.limits.map(({ bucket }) => [bucket, openQuota(clock)]));

  const ofOwn = (bucket: string, turn: Turn): Leave & { readonly waitMs?: number } => {
    const waitMs = own.get(bucket)?.reserve(turn);
    return waitMs === undefined ? { kind: "full", bucket } : { kind: "go", waitMs };
  };
  const reserve = async (bucket: string, turn: Turn): Promise<Leave & { readonly waitMs?: number }> => {
    if (shared === undefined) return ofOwn(bucket, turn);
    try {
      const said = await shared.reserve(id, bucket, turn);
      return said.kind === "full" ? { kind: "full", bucket } : said;
    } catch (error) {
      log.debug(
        { venue: id, bucket, error },
        "the shared limit can't be asked; counting for this process only",
      );
      return ofOwn(bucket, turn);
    }
  };

  return {
    leave: async (call, { optional, patienceMs, signal }) => {
      const charge = chargeOf(declares.limits, call);
      if (charge === undefined || charge.weight === 0) return { kind: "go" };
      const { limit, weight } = charge;
      const takesMs = (weight * 60_000) / perMinute(limit);
      const burstMs = (limit.perMs * burstShare) / (1 - burstShare);
      const patience = patienceMs ?? (optional === true ? briefWaitMs : mostWaitMs);
      // a single heavy call may be more than the burst
      const turn = { takesMs, burstMs: Math.max(burstMs, takesMs), mostWaitMs: patience };
      const { waitMs = 0, ...leave } = await reserve(limit.bucket, turn);
      if (leave.kind === "go" && waitMs > 0) await clock.sleep(waitMs, signal);
      return leave;
    },
    rest: async (failure) => {
      try {
        await shared?.rest(id, failure, failure.until - clock.now());
      } catch (error) {
        log.debug(
          { venue: id, error },
          "the other processes couldn't be told; they will hear it from the venue",
        );
      }
    },
  };
}
