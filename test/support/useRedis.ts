import { afterAll, beforeAll, beforeEach } from "vitest";
import type { RedisClient } from "../../src/store/redis/script.ts";
import { startTestRedis, type TestRedis, type TestRedisOptions } from "./redis.ts";

/** There from the first test on. */
export interface UsedRedis {
  readonly server: TestRedis;
  readonly redis: RedisClient;
}

/** A Redis for all tests of a file, empty when each of them begins. */
export function useRedis(options: TestRedisOptions = {}): UsedRedis {
  const used: { server?: TestRedis; redis?: RedisClient } = {};
  beforeAll(async () => {
    used.server = await startTestRedis(options);
    used.redis = await used.server.connect();
  });
  beforeEach(async () => {
    await started(used.redis).flushall();
  });
  afterAll(async () => used.server?.stop());
  return {
    get server() {
      return started(used.server);
    },
    get redis() {
      return started(used.redis);
    },
  };
}

function started<T>(part: T | undefined): T {
  if (part === undefined) throw new Error("Redis is there when the first test begins, not before");
  return part;
}
