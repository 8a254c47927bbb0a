import { destinationKeys, registerKeys } from "../keys.ts";
import type { RedisClient } from "../redis/script.ts";

/**
 * The hash in which a destination's document is a field: one for all of them where they are on one server, because a
 * fan-out reads a hundred at a time and a key for each takes Redis twice as long. In a cluster each has its own, beside
 * its destination's other keys.
 */
export function documentsOf(redis: RedisClient, destination: string): string {
  return redis.isCluster ? destinationKeys(destination).document : registerKeys.documents;
}
