import { createHash } from "node:crypto";

/** Names something, a destination above all, where its own name must not be read. 16 hex digits. */
export function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
