import { defineScript, type RedisClient } from "../../src/store/redis/script.ts";

const kept = 100_000;
const thresholds = "bench:thresholds";
const claimed = "bench:claimed";

/** The least that finding and claiming takes: one script moves a sorted set's first members into a stream. */
const script = {
  name: "benchBareClaim",
  keys: 2,
  lua: `
local members = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', '+inf', 'LIMIT', 0, tonumber(ARGV[1]))
redis.call('ZREM', KEYS[1], unpack(members))
for from = 1, #members, 500 do
  redis.call('XADD', KEYS[2], '*', 'members', table.concat(members, '|', from, math.min(from + 499, #members)))
end
`,
};

export interface BareClaim {
  /** Claims so many and answers how long that took, ms. */
  readonly claim: (count: number) => Promise<number>;
}

export async function openBareClaim(redis: RedisClient): Promise<BareClaim> {
  const run = defineScript(redis, script);
  const fill = async (from: number, count: number): Promise<void> => {
    const members = Array.from({ length: count }, (_, at) => [
      from + at,
      `telegram:${5_000_000_000 + from + at}`,
    ]);
    await redis.zadd(thresholds, ...members.flat());
  };
  for (let from = 0; from < kept; from += 1_000) await fill(from, 1_000);
  return {
    claim: async (count) => {
      const startedAt = performance.now();
      await run([thresholds, claimed], [count]);
      const ms = performance.now() - startedAt;
      await fill(0, count);
      return ms;
    },
  };
}
