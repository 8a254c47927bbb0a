import { createPublicKey, verify, type KeyObject } from "node:crypto";

/** DER header of an Ed25519 public key (RFC 8410): Node takes no bare keys. */
const derPrefix = Buffer.from("302a300506032b6570032100", "hex");
/** A request may have travelled, and clocks differ; older ones are somebody's recording. */
export const oldestMs = 60_000;

export interface SignedRequest {
  readonly signature: string | undefined;
  /** Seconds since the epoch, as the header has them. */
  readonly timestamp: string | undefined;
  readonly body: Uint8Array;
}

/** Tells whether Discord signed these very bytes, just now, and for the first time. Nothing is parsed before. */
export type Verify = (request: SignedRequest, now: number) => "genuine" | "forged" | "replayed";

/** `publicKey`: 64 hex digits of the developer portal. */
export function createVerify(publicKey: string): Verify {
  const der = Buffer.concat([derPrefix, Buffer.from(publicKey, "hex")]);
  const key = createPublicKey({ key: der, format: "der", type: "spki" });
  const seen = createSeen();
  return ({ signature, timestamp, body }, now) => {
    if (signature === undefined || timestamp === undefined) return "forged";
    if (!/^[0-9a-f]{128}$/i.test(signature) || !/^\d{1,12}$/.test(timestamp)) return "forged";
    if (!isGenuine(key, signature, timestamp, body)) return "forged";
    const age = Math.abs(now - Number(timestamp) * 1_000);
    return age <= oldestMs && seen.add(signature.toLowerCase(), now) ? "genuine" : "replayed";
  };
}

function isGenuine(key: KeyObject, signature: string, timestamp: string, body: Uint8Array): boolean {
  const signed = Buffer.concat([Buffer.from(timestamp), body]);
  return verify(null, signed, key, Buffer.from(signature, "hex"));
}

/** Signatures of the last minutes. Of several replicas each has its own: the platform refuses a second answer. */
function createSeen(): { readonly add: (signature: string, now: number) => boolean } {
  let [older, newer] = [new Set<string>(), new Set<string>()];
  let since = 0;
  return {
    add: (signature, now) => {
      if (now - since > 2 * oldestMs) [older, newer, since] = [newer, new Set(), now];
      if (older.has(signature) || newer.has(signature)) return false;
      newer.add(signature);
      return true;
    },
  };
}
