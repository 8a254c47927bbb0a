import type { RedisClient } from "../../src/store/redis/script.ts";

/** All that a key holds, whatever its kind; nothing where it is gone. */
export async function textOf(redis: RedisClient, key: string): Promise<string> {
  switch (await redis.type(key)) {
    case "string":
      return (await redis.getBuffer(key))?.toString("latin1") ?? "";
    case "hash":
      return Object.entries(await redis.hgetall(key))
        .flat()
        .join("\n");
    case "zset":
      return (await redis.zrange(key, 0, "-1")).join("\n");
    case "set":
      return (await redis.smembers(key)).join("\n");
    case "none":
      return "";
    default:
      return (await redis.lrange(key, 0, -1)).join("\n");
  }
}
