import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { piecesOf, stretchesOf, thinHistory } from "../../../src/charts/history/line.ts";
import type { HistoryPoint } from "../../../src/store/contracts/symbols.ts";

const minuteMs = 60_000;

function pointAt(minute: number, ratio: number | null): HistoryPoint {
  return {
    time: minute * minuteMs,
    ratio,
    markPrice: 84_230,
    ratioLow: null,
    ratioHigh: null,
    notionalUsd: 1e9,
  };
}

const anyRatio = fc.option(fc.double({ min: 0.05, max: 20, noNaN: true }), { nil: null });
const anyPoints = fc
  .array(anyRatio, { maxLength: 300 })
  .map((ratios) => ratios.map((ratio, i) => pointAt(i, ratio)));

describe("a thinned history", () => {
  test("keeps its highest and its lowest ratio, and its newest", () => {
    fc.assert(
      fc.property(anyPoints, fc.integer({ min: 1, max: 60 }), (points, minutes) => {
        const thin = thinHistory(points, minutes * minuteMs);
        const known = points.flatMap(({ ratio }) => ratio ?? []);
        const kept = thin.flatMap(({ ratio }) => ratio ?? []);
        expect([Math.min(...kept), Math.max(...kept)]).toEqual([Math.min(...known), Math.max(...known)]);
        expect(kept.at(-1)).toBe(known.at(-1));
        expect(thin.length).toBeLessThanOrEqual(4 * Math.ceil(points.length / minutes) + 4);
        expect(thin.map(({ time }) => time)).toEqual(thin.map(({ time }) => time).toSorted((a, b) => a - b));
      }),
    );
  });
});

describe("stretches", () => {
  test("end where the recording did, and begin again where it goes on", () => {
    const points = [0, 1, 2, 3, 40, 41, 42].map((minute) => pointAt(minute, 2));
    const stretches = stretchesOf(points, 0, 60 * minuteMs, 600);
    expect(stretches.map((stretch) => stretch.map(({ time }) => time / minuteMs))).toEqual([
      [0, 1, 2, 3],
      [40, 41, 42],
    ]);
  });

  test("leave out what is not in the picture, and ratios nobody knows", () => {
    const points = [pointAt(1, 2), pointAt(2, null), pointAt(3, 2), pointAt(99, 2)];
    expect(stretchesOf(points, 2 * minuteMs, 60 * minuteMs, 600).flat()).toMatchObject([
      { time: 3 * minuteMs },
    ]);
  });
});

test("pieces stay on one side of 1×, and meet where the line crosses it", () => {
  fc.assert(
    fc.property(anyPoints, (points) => {
      for (const stretch of stretchesOf(points, 0, 300 * minuteMs, 3_000)) {
        const pieces = piecesOf(stretch);
        for (const { above, points } of pieces)
          expect(points.every(({ log }) => (above ? log >= 0 : log <= 0))).toBe(true);
        for (const [i, piece] of pieces.slice(1).entries()) {
          expect(pieces[i]?.points.at(-1)).toEqual(piece.points[0]);
          expect(piece.points[0]?.log).toBe(0);
        }
      }
    }),
  );
});
