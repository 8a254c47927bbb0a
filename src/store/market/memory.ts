import { symbolKeys } from "../keys.ts";
import type { RedisClient } from "../redis/script.ts";

/** A symbol's memory alone, as the worker committed it: for those who only want to know what its rules do. */
export async function readMemory(redis: RedisClient, symbol: string): Promise<string | undefined> {
  return (await redis.hget(symbolKeys(symbol).state, "memory")) ?? undefined;
}
