import type { SlashCommandMemory } from "./contracts/memory.ts";
import { slashCommandsKey } from "./keys.ts";
import type { RedisClient } from "./redis/script.ts";

export function createSlashCommandMemory(redis: RedisClient): SlashCommandMemory {
  return {
    read: async () => new Map(Object.entries(await redis.hgetall(slashCommandsKey))),
    write: async (scope, hash) => {
      await redis.hset(slashCommandsKey, scope, hash);
    },
    remove: async (scope) => {
      await redis.hdel(slashCommandsKey, scope);
    },
  };
}
