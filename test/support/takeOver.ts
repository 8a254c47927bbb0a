import { leaseKey, turnKeys } from "../../src/store/keys.ts";
import type { RedisClient } from "../../src/store/redis/script.ts";
import { openStore } from "../../src/store/store.ts";
import { silentLog } from "./redis.ts";

/**
 * What time does for those who were killed, at once: their claims go back as after a sweep, and their turns at these
 * destinations are over. Nobody else may be delivering.
 */
export async function takeOver(
  redis: RedisClient,
  place: string,
  destinations: readonly string[],
): Promise<void> {
  const { outbox } = await openStore(redis, { log: silentLog });
  for (const destination of destinations) {
    const [platform = ""] = destination.split(":");
    let released = 0;
    do {
      released = await outbox.releaseStuck(place, platform, 0);
    } while (released > 0);
    await redis.hdel(turnKeys.leases, destination);
  }
}

/** The time of whoever holds a lease is up. They may not be alive to renew it. */
export async function endLeases(redis: RedisClient): Promise<void> {
  for (const key of await redis.keys(leaseKey("any").replace("any", "*"))) await redis.hset(key, "until", 0);
}
