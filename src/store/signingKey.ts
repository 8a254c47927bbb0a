import { randomBytes } from "node:crypto";
import { signingKeyKey } from "./keys.ts";
import type { RedisClient } from "./redis/script.ts";

const keyBytes = 32;

/**
 * What buttons are signed with: made by whichever process comes first, kept, the same for all. Deleting it from Redis
 * makes every button that was sent so far invalid.
 */
export async function readSigningKey(redis: RedisClient): Promise<Uint8Array> {
  await redis.set(signingKeyKey, randomBytes(keyBytes), "NX");
  const key = await redis.getBuffer(signingKeyKey);
  if (key?.length !== keyBytes) throw new Error("the signing key in Redis is not one: delete it");
  return key;
}
