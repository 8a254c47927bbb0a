import { destinationKeys, turnKeys } from "../keys.ts";
import type { RedisClient } from "../redis/script.ts";

/** A group becomes a supergroup once, a topic General; more in a row would be a circle. */
const mostMoves = 3;

/** What destinations are called since their chats got other ids, in their order. */
export function createNamesNow(redis: RedisClient) {
  const follow = async (name: string): Promise<string> => {
    let newest = name;
    for (let moves = 0; moves < mostMoves; moves += 1) {
      const next = await redis.get(destinationKeys(newest).movedTo);
      if (next === null) break;
      newest = next;
    }
    return newest;
  };
  return async (names: readonly string[]): Promise<readonly string[]> => {
    // on one server it is known whether any has moved
    if (!redis.isCluster && (await redis.exists(turnKeys.moved)) === 0) return names;
    return Promise.all(names.map(follow));
  };
}
