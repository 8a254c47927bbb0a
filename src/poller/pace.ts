import type { Clock } from "../ops/clock.ts";
import type { Call, Limit } from "./adapter.ts";
import { openQuota } from "./quota.ts";

/** A venue's published limit is for everybody behind one address; half of it is for others, and for its own counting. */
export const ourShare = 0.5;

/** Resolves when the call may leave. */
export type Pace = (call: Call, signal?: AbortSignal) => Promise<void>;

/** What a call takes of which limit; undefined where none counts it. */
export function chargeOf(
  limits: readonly Limit[],
  call: Call,
): { readonly limit: Limit; readonly weight: number } | undefined {
  const limit = limits.find(({ matches }) => matches === undefined || matches(call.method));
  return limit === undefined ? undefined : { limit, weight: limit.weightOf?.(call) ?? 1 };
}

/** How far apart calls like this one may leave for good. */
export function spacingMs(limits: readonly Limit[], call: Call): number {
  const charge = chargeOf(limits, call);
  return charge === undefined ? 0 : (charge.weight * charge.limit.perMs) / (charge.limit.weight * ourShare);
}

export function openPace(limits: readonly Limit[], clock: Clock): Pace {
  const quotas = new Map(
    limits.map((limit) => [limit, openQuota(limit.weight * ourShare, limit.perMs, clock)]),
  );
  return async (call, signal) => {
    const charge = chargeOf(limits, call);
    if (charge !== undefined) await quotas.get(charge.limit)?.take(charge.weight, signal);
  };
}
