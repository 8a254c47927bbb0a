import { turnKeys } from "../../src/store/keys.ts";
import type { RedisClient } from "../../src/store/redis/script.ts";

/** Nobody is to be spared because they were told a moment ago. */
export async function forgetPushes(redis: RedisClient): Promise<void> {
  const kept = await redis.keys(`${turnKeys.pushes}*`);
  if (kept.length > 0) await redis.unlink(...kept);
}
