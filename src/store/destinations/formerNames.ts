import { documentsOf } from "./documentsOf.ts";
import { destinationKeys } from "../keys.ts";
import type { RedisClient } from "../redis/script.ts";

/** What a destination was called before it moved, the newest last, but for names that somebody goes by again. */
export async function formerNames(redis: RedisClient, destination: string): Promise<readonly string[]> {
  const before = (await redis.get(destinationKeys(destination).movedFrom))?.split("\n") ?? [];
  const areThere = await Promise.all(
    before.map(async (name) => redis.hexists(documentsOf(redis, name), name)),
  );
  return before.filter((_, index) => areThere[index] === 0);
}
