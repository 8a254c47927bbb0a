import { Cluster } from "ioredis";
import { documentsOf } from "./documentsOf.ts";
import { destinationKeyParts } from "../keys.ts";
import { defineScript, type RedisClient } from "../redis/script.ts";

/** A destination's document in layout 3, a key by itself. KEYS that, documents; ARGV destination. Safe to repeat. */
const moveScript = {
  name: "lopsideMoveDocument",
  keys: 2,
  lua: `
local text = redis.call('GET', KEYS[1])
if not text then return 0 end
redis.call('HSETNX', KEYS[2], ARGV[1], text)
redis.call('DEL', KEYS[1])
return 1
`,
};

/** From layout 3: every document by itself, so that a process that dies on the way leaves the rest to the next. */
export async function migrateDocuments(redis: RedisClient): Promise<void> {
  const move = defineScript(redis, moveScript);
  const { before } = destinationKeyParts;
  for (const node of redis instanceof Cluster ? redis.nodes("master") : [redis]) {
    for await (const found of node.scanStream({ match: `${before}*}`, type: "string", count: 1_000 })) {
      const keys = Array.isArray(found) ? found.map(String) : [];
      await Promise.all(
        keys.map(async (key) => {
          const name = key.slice(before.length, -1);
          return move([key, documentsOf(redis, name)], [name]);
        }),
      );
    }
  }
}
