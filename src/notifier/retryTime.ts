import type { Clock } from "../ops/clock.ts";

/** When on the clock a platform may be asked again that wants `waitMs` of real time. */
export function retryTime(clock: Clock, waitMs: number): number {
  return clock.now() + Math.ceil(waitMs / clock.realMs(1));
}
