import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "../ops/log.ts";

/** Redis is away: what was sent must not be forgotten, so it is tried for as long as the process lives. */
const retryMs = 250;

/** Does it until it is done. */
export async function insist(log: Log, work: (isRetry: boolean) => Promise<void>): Promise<void> {
  for (let isRetry = false; ; isRetry = true) {
    try {
      return await work(isRetry);
    } catch (error) {
      if (!isRetry) log.warn({ error }, "what became of deliveries can't be noted; trying until it can");
      await sleep(retryMs);
    }
  }
}
