import { scaleLinear } from "d3-scale";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { frames } from "../../../src/charts/draw/frame.ts";
import { textWidth } from "../../../src/charts/draw/text.ts";
import { laneHeight, leaderStart, placeCallouts } from "../../../src/charts/map/callouts.ts";
import { windowOf } from "../../../src/charts/map/window.ts";
import type { Imbalance } from "../../../src/model/types.ts";
import { textsIn } from "../../../src/texts/texts.ts";
import { referenceImbalance } from "../../alerts/examples.ts";
import { isInside, overlap } from "../drawn.ts";

const distance = fc.option(fc.double({ min: 1e-4, max: 0.25, noNaN: true }), { nil: null });
const anyCase = fc.record({
  down: distance,
  up: distance,
  markPrice: fc.double({ min: 1e-6, max: 2e6, noNaN: true }),
  notionalUsd: fc.option(fc.double({ min: 1, max: 1e13, noNaN: true }), { nil: null }),
  format: fc.constantFrom("wide" as const, "portrait" as const),
});

function calloutsOf({
  down,
  up,
  markPrice,
  notionalUsd,
  format,
}: typeof anyCase extends fc.Arbitrary<infer T> ? T : never) {
  const frame = frames[format];
  const imbalance: Imbalance = {
    ...referenceImbalance,
    markPrice,
    notionalUsd,
    downDistanceRatio: down,
    upDistanceRatio: up,
    downDistanceUsd: down === null ? null : down * markPrice,
    upDistanceUsd: up === null ? null : up * markPrice,
  };
  const { low, high } = windowOf(markPrice, imbalance);
  const x = scaleLinear([low, high], [110, frame.width - 90]);
  const laneTop = 160;
  const pills = placeCallouts(imbalance, textsIn("en"), { frame, laneTop, x, mark: markPrice });
  return { pills, frame, laneTop };
}

test("callouts lie in their lane, inside the picture, over no other and with all of their text", () => {
  fc.assert(
    fc.property(anyCase, (one) => {
      const { pills, frame, laneTop } = calloutsOf(one);
      expect(pills.map(({ kind }) => kind)).toEqual(["long", "mark", "short"]);
      for (const { box, text, style } of pills) {
        expect(isInside(box, frame.width, frame.height)).toBe(true);
        expect([box.y, box.height]).toEqual([laneTop, laneHeight(frame)]);
        expect(textWidth(text, style)).toBeLessThanOrEqual(box.width);
        expect(style.size).toBeGreaterThanOrEqual(26);
        expect(text.endsWith("…")).toBe(false);
      }
      const overlaps = pills.flatMap((a, i) => pills.slice(i + 1).filter((b) => overlap(a.box, b.box)));
      expect(overlaps).toEqual([]);
    }),
  );
});

test("a leader leaves from under its own callout", () => {
  fc.assert(
    fc.property(anyCase, (one) => {
      for (const pill of calloutsOf(one).pills.filter(({ pointsAt }) => pointsAt !== undefined)) {
        expect(leaderStart(pill)).toBeGreaterThan(pill.box.x);
        expect(leaderStart(pill)).toBeLessThan(pill.box.x + pill.box.width);
      }
    }),
  );
});

test("a side that can't reach the notional points nowhere", () => {
  const { pills } = calloutsOf({
    down: null,
    up: 0.01,
    markPrice: 84_230,
    notionalUsd: 1.1e9,
    format: "wide",
  });
  expect(pills.map(({ pointsAt }) => pointsAt !== undefined)).toEqual([false, true, true]);
  expect(pills[0]?.text).toBe("$1.1B longs: beyond −25%");
});

test("what is stale has no distances", () => {
  const imbalance: Imbalance = { ...referenceImbalance, regime: "stale" };
  const places = { frame: frames.wide, laneTop: 100, x: () => 640, mark: 84_230 };
  expect(placeCallouts(imbalance, textsIn("en"), places).map(({ kind }) => kind)).toEqual(["mark"]);
});
