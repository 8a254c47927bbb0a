import { checksumOf } from "./checksum.ts";
import { createStack, type StackState } from "./stack.ts";

/**
 * Bytes of a stack's memory, in the machine's own (little-endian) order: u32 version, u32 checksum, then f64
 * variance, turnover, sweeps, consumed, weights and reports. Raise the version when the layout or what the figures mean changes.
 */
const version = 4;
const checksumAt = 1;
const headBytes = 8;

function arraysOf({ variance, turnover, sweeps, consumed, weights, reports }: StackState): Float64Array[] {
  return [variance, turnover, sweeps.long, sweeps.short, sweeps.now, consumed, weights, reports];
}

const figures = arraysOf(createStack()).reduce((sum, { length }) => sum + length, 0);
export const stackBytes = headBytes + 8 * figures;

export function encodeStack(stack: StackState): Uint8Array {
  const values = arraysOf(stack).flatMap((array) => Array.from(array));
  const buffer = new ArrayBuffer(stackBytes);
  new Float64Array(buffer, headBytes).set(values);
  const words = new Uint32Array(buffer);
  words[0] = version;
  words[checksumAt] = checksumOf(words, checksumAt);
  return new Uint8Array(buffer);
}

/** Undefined when the bytes are damaged or of another version. */
export function decodeStack(bytes: Uint8Array): StackState | undefined {
  if (bytes.length !== stackBytes) return undefined;
  // a copy starts at an aligned address, whatever the bytes were cut from
  const { buffer } = new Uint8Array(bytes);
  const words = new Uint32Array(buffer);
  if (words[0] !== version || words[checksumAt] !== checksumOf(words, checksumAt)) return undefined;
  const values = new Float64Array(buffer, headBytes);
  const stack = createStack();
  let at = 0;
  for (const array of arraysOf(stack)) {
    array.set(values.subarray(at, at + array.length));
    at += array.length;
  }
  return stack;
}

/** For what is learned of a stack: it means nothing to another one. */
export const stackVersion = version;
