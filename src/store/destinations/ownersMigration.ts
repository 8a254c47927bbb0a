import { Cluster } from "ioredis";
import type { RedisClient } from "../redis/script.ts";

/** From layout 4: sets of an owner's destinations, which nobody asked for. Safe to repeat. */
export async function dropOwners(redis: RedisClient): Promise<void> {
  for (const node of redis instanceof Cluster ? redis.nodes("master") : [redis]) {
    for await (const found of node.scanStream({ match: "lopside:owner:{*}", type: "set", count: 1_000 })) {
      const keys = Array.isArray(found) ? found.map(String) : [];
      await Promise.all(keys.map(async (key) => redis.unlink(key)));
    }
  }
}
