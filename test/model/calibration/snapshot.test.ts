import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createCalibration, useLearned } from "../../../src/model/calibration/calibration.ts";
import {
  calibrationBytes,
  decodeCalibration,
  encodeCalibration,
} from "../../../src/model/calibration/snapshot.ts";
import { halfOf, marketReports, take } from "./support.ts";

const learned = take(marketReports({ seed: 4, days: 12, truth: () => halfOf(2) })).calibration;
useLearned(learned);
const bytes = encodeCalibration(learned);

describe("a calibration's bytes", () => {
  it("bring back what was written, wherever they lie", () => {
    expect(learned.contest.learned).toBeDefined();
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    for (const read of [bytes, shifted.subarray(3)]) {
      const again = decodeCalibration(read);
      expect(again).toEqual(learned);
    }
    const fresh = createCalibration();
    expect(decodeCalibration(encodeCalibration(fresh))).toEqual(fresh);
  });

  it("are few", () => {
    expect(bytes.length).toBe(calibrationBytes);
    expect(calibrationBytes).toBeLessThan(10_000);
  });

  it("are refused when cut off, longer, or changed anywhere", () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        expect(decodeCalibration(bytes.subarray(0, at))).toBeUndefined();
        expect(decodeCalibration(bytes.map((byte, i) => (i === at ? byte ^ flip : byte)))).toBeUndefined();
      }),
      { numRuns: 1000 },
    );
    expect(decodeCalibration(new Uint8Array([...bytes, 0, 0, 0, 0]))).toBeUndefined();
  });

  it.each([
    { what: "a newer version", word: 0 },
    { what: "another stack", word: 2 },
    { what: "another number of parts", word: 3 },
  ])("of $what are refused, though they are whole", ({ word }) => {
    expect(decodeCalibration(changed(4 * word))).toBeUndefined();
  });

  it("with another prior are refused, though they are whole", () => {
    expect(decodeCalibration(changed(priorAt))).toBeUndefined();
  });
});

/** Head, newest hour and both sides of the hour under way come before the prior's weights. */
const priorAt = 16 + 8 * (1 + learned.rows.open.length);

/** One bit of a figure changed, the checksum made anew. */
function changed(at: number): Uint8Array {
  const copy = bytes.map((byte, i) => (i === at ? byte ^ 4 : byte));
  const words = new Uint32Array(copy.buffer);
  let hash = 0x811c9dc5;
  words.forEach((word, i) => {
    if (i !== 1) hash = Math.imul(hash ^ word, 0x01000193);
  });
  words[1] = hash >>> 0;
  return copy;
}
