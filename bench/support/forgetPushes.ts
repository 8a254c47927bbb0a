import type { RedisClient } from "../../src/store/script.ts";

/** Nobody is to be spared because they were told a moment ago. */
export async function forgetPushes(redis: RedisClient): Promise<void> {
  if (redis.isCluster) return;
  let cursor = "0";
  do {
    const [next, keys] = await redis.scan(cursor, "MATCH", "lopside:to:*:pushes", "COUNT", 10_000);
    cursor = next;
    if (keys.length > 0) await redis.del(...keys);
  } while (cursor !== "0");
}
