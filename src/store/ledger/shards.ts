import { createHash } from "node:crypto";

/** In which of an alert's hashes a destination's row lies, as the ledger's scripts choose it (ledgerLua.ts). */
export function shardOf(destination: string, shards: number): number {
  if (shards <= 1) return 0;
  return Number.parseInt(createHash("sha1").update(destination).digest("hex").slice(0, 8), 16) % shards;
}
