import { shortHash } from "../../ops/shortHash.ts";
import { noticesPlace } from "../contracts/outbox.ts";
import { type SymbolKeys, symbolKeys } from "../keys.ts";
import type { RedisClient } from "../redis/script.ts";
import { shardOf } from "../ledger/shards.ts";

/** Alerts looked through at once; more would hold Redis up. */
const mostAlerts = 500;

/**
 * Takes one destination out of what a place (a symbol, or where notices are) keeps of its alerts until `until` (ms, of
 * Redis' clock): what became of them and of their edits there, and which messages were theirs. Notices that are about it
 * alone go whole.
 */
export async function forgetRows(
  redis: RedisClient,
  place: string,
  destination: string,
  until: number,
): Promise<void> {
  const keys = symbolKeys(place);
  const own = place === noticesPlace ? `-${shortHash(destination)}` : undefined;
  const newest = until === Infinity ? "+inf" : until;
  const owned: string[] = [];
  for (let offset = 0; ; offset += mostAlerts) {
    const ids = await redis.zrevrangebyscore(keys.alerts, newest, "-inf", "LIMIT", offset, mostAlerts);
    if (own !== undefined) owned.push(...ids.filter((id) => id.includes(own)));
    await Promise.all(ids.map(async (id) => forgetIn(redis, keys, id, destination)));
    if (ids.length < mostAlerts) break;
  }
  for (const id of owned) {
    await redis.del(keys.alert + id, `${keys.ledger}${id}:0`);
    await redis.zrem(keys.alerts, id);
  }
}

/** What is kept no more has no hash, and neither has an edit, whose id was in the index once. */
async function forgetIn(
  redis: RedisClient,
  keys: SymbolKeys,
  id: string,
  destination: string,
): Promise<void> {
  const [shards, episodeId, messageShards] = await redis.hmget(keys.alert + id, "n", "e", "m");
  if (typeof shards !== "string") return;
  const rows = `${keys.ledger}${id}:${shardOf(destination, Number(shards))}`;
  if (typeof episodeId !== "string" || episodeId === "") {
    await redis.hdel(rows, destination);
    return;
  }
  const shard = shardOf(destination, Number(messageShards ?? 1));
  await Promise.all([
    redis.hdel(rows, destination),
    redis.hdel(`${keys.messages}${episodeId}:${shard}`, destination),
    redis.hdel(`${keys.ledger}${episodeId}~:${shard}`, destination),
  ]);
}
