import { symbolKeys } from "../../../src/store/keys.ts";
import type { RedisClient } from "../../../src/store/redis/script.ts";

/** What lies in all pages of a symbol's rules: `rule destination flags`, sorted. Throws where counts don't agree. */
export async function pageContents(redis: RedisClient, symbol: string): Promise<readonly string[]> {
  const keys = symbolKeys(symbol);
  const { version: _version, ...lists } = await redis.hgetall(keys.rules);
  const entries: string[] = [];
  for (const [rule, packed] of Object.entries(lists)) {
    const [members = 0, pages = 0] = packed.split(" ").map(Number);
    const contents = await Promise.all(
      Array.from({ length: pages }, async (_, page) => redis.hgetall(`${keys.rulePage}${rule}:${page}`)),
    );
    const found = contents.flatMap((page) => Object.entries(page));
    if (found.length !== members) throw new Error(`${rule} has ${found.length} members, not ${members}`);
    entries.push(...found.map(([destination, flags]) => `${rule} ${destination} ${flags}`));
  }
  return entries.toSorted();
}
