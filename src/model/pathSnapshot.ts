import { checksumOf } from "./checksum.ts";
import { createPath, type PricePath } from "./pricePath.ts";

/**
 * Bytes of a path's memory, in the machine's own (little-endian) order: u32 version, u32 checksum, i32 newest hour, then
 * f32 prices. Raise the version when the layout or what the figures mean changes.
 */
const version = 1;
const headBytes = 12;
const checksumAt = 1;

export const pathBytes = headBytes + createPath().prices.byteLength;

export function encodePath({ newest, prices }: PricePath): Uint8Array {
  const buffer = new ArrayBuffer(pathBytes);
  const words = new Uint32Array(buffer);
  new Int32Array(buffer)[2] = newest;
  new Float32Array(buffer, headBytes).set(prices);
  words[0] = version;
  words[checksumAt] = checksumOf(words, checksumAt);
  return new Uint8Array(buffer);
}

/** Undefined when the bytes are damaged or of another version. */
export function decodePath(bytes: Uint8Array): PricePath | undefined {
  if (bytes.length !== pathBytes) return undefined;
  // a copy starts at an aligned address, whatever the bytes were cut from
  const { buffer } = new Uint8Array(bytes);
  const words = new Uint32Array(buffer);
  if (words[0] !== version || words[checksumAt] !== checksumOf(words, checksumAt)) return undefined;
  return { newest: new Int32Array(buffer)[2] ?? -1, prices: new Float32Array(buffer, headBytes) };
}
