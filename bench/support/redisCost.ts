import type { RedisClient } from "../../src/store/redis/script.ts";

/** ms that each script took since the slow log was emptied, as far as it was slow enough for that log. */
export async function scriptsMs(redis: RedisClient): Promise<readonly number[]> {
  const entries: unknown = await redis.call("SLOWLOG", "GET", "20000");
  const scripts = (Array.isArray(entries) ? entries : []).filter(
    (entry: unknown) =>
      Array.isArray(entry) && /^EVAL/i.test(String(Array.isArray(entry[3]) ? entry[3][0] : "")),
  );
  return scripts.map((entry: unknown) => (Array.isArray(entry) ? Number(entry[2]) / 1_000 : 0));
}

/** ms of CPU of Redis' main thread so far. */
export async function redisCpuMs(redis: RedisClient): Promise<number> {
  const info = await redis.info("cpu");
  const found = [...info.matchAll(/used_cpu_(?:sys|user)_main_thread:([\d.]+)/g)];
  return found.reduce((sum, [, seconds]) => sum + Number(seconds) * 1_000, 0);
}

/**
 * What scripts take of Redis' own CPU, in ms: asked one after the other, where nobody else asks. Unlike their time it
 * doesn't grow with what interrupts them. It is up to a twentieth of a millisecond too much, for the asking.
 */
export interface OwnCost {
  readonly of: <T>(work: () => Promise<T>) => Promise<T>;
  readonly each: readonly number[];
}

export function openOwnCost(redis: RedisClient): OwnCost {
  const each: number[] = [];
  return {
    each,
    of: async (work) => {
      const before = await redisCpuMs(redis);
      const answer = await work();
      each.push((await redisCpuMs(redis)) - before);
      return answer;
    },
  };
}
