import { startShareKey } from "../keys.ts";
import type { RedisClient } from "../redis/script.ts";

/**
 * Where in the time over which starts are spread this installation's polls of a venue begin, 0 to 1: drawn once by
 * whichever process comes first, and the same for all and for ever. Drawn anew each time, it would make data older or
 * younger from one round to the next.
 */
export async function readStartShare(
  redis: RedisClient,
  venue: string,
  random: () => number = Math.random,
): Promise<number> {
  const key = startShareKey(venue);
  await redis.set(key, random().toFixed(4), "NX");
  const share = Number(await redis.get(key));
  return share >= 0 && share <= 1 ? share : 0;
}
