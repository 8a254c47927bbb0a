import type { Clock } from "../../ops/clock.ts";

/** Where a platform names no time that could be waited for. */
const usualMs = 1_000;
/** Nothing is tried for longer (settlement.ts): a wait beyond it would be one for ever. */
const longestMs = 24 * 3_600_000;

/** When on the clock a platform may be asked again that wants `waitMs` of real time. */
export function retryTime(clock: Clock, waitMs: number): number {
  const ms = Number.isNaN(waitMs) ? usualMs : Math.min(Math.max(waitMs, 0), longestMs);
  return clock.now() + Math.ceil(ms / clock.realMs(1));
}
