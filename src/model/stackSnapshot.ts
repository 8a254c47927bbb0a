import { createStack, type StackState } from "./stack.ts";

/**
 * Bytes of a stack's memory, in the machine's own (little-endian) order: u32 version, u32 checksum, then f64
 * variance, consumed and weights. Raise the version when the layout or what the figures mean changes.
 */
const version = 1;
const headBytes = 8;
const fields = ["variance", "consumed", "weights"] as const;

const figures = fields.reduce((sum, field) => sum + createStack()[field].length, 0);
export const stackBytes = headBytes + 8 * figures;

export function encodeStack(stack: StackState): Uint8Array {
  const values = fields.flatMap((field) => Array.from(stack[field]));
  const buffer = new ArrayBuffer(stackBytes);
  new Float64Array(buffer, headBytes).set(values);
  new Uint32Array(buffer, 0, 2).set([version, checksum(buffer)]);
  return new Uint8Array(buffer);
}

/** Undefined when the bytes are damaged or of another version. */
export function decodeStack(bytes: Uint8Array): StackState | undefined {
  if (bytes.length !== stackBytes) return undefined;
  // a copy starts at an aligned address, whatever the bytes were cut from
  const { buffer } = new Uint8Array(bytes);
  const [heldVersion, heldChecksum] = new Uint32Array(buffer, 0, 2);
  if (heldVersion !== version || heldChecksum !== checksum(buffer)) return undefined;
  const values = new Float64Array(buffer, headBytes);
  const stack = createStack();
  let at = 0;
  for (const field of fields) {
    stack[field].set(values.subarray(at, at + stack[field].length));
    at += stack[field].length;
  }
  return stack;
}

/** FNV-1a over the figures, word by word. */
function checksum(buffer: ArrayBuffer): number {
  let hash = 0x811c9dc5;
  for (const word of new Uint32Array(buffer, headBytes)) hash = Math.imul(hash ^ word, 0x01000193);
  return hash >>> 0;
}
