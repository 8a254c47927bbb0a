import { describe, expect, it } from "vitest";
import type { Cells } from "../../../src/model/score/cells.ts";
import { scoreSkew } from "../../../src/model/score/skew.ts";
import { createRandom } from "../../../src/sim/random.ts";

const hourMs = 3_600_000;
const days = 8;
const count = 2 * 24 * days;

describe("the side that is liquidated more over six hours", () => {
  it("is called right by a map that leans as it comes, and wrong by its mirror", () => {
    expect(signOf((lean) => lean)).toBe(1);
    expect(signOf((lean) => -lean)).toBe(0);
  });

  it("is called by half where the map leans half as much, and twice the slope says so", () => {
    const { slope, correlation } = score((lean) => lean / 2);
    expect(slope.value).toBeCloseTo(2, 6);
    expect(correlation.value).toBeCloseTo(1, 6);
  });

  it("counts only where it leans by a fifth at least", () => {
    const small = scoreOf(
      (window) => (window % 2 === 0 ? 0.1 : 1),
      (lean) => (lean < 0.2 ? -lean : lean),
    );
    expect(small.sign.value).toBe(1);
  });

  it("leaves windows out in which a side was not liquidated at all", () => {
    const all = score((lean) => lean).windows;
    expect(all).toBe(days * 4);
    expect(
      scoreOf(
        (window) => (window === 3 ? -Infinity : leanOf(window)),
        (lean) => lean,
      ).windows,
    ).toBe(all - 1);
  });
});

/** Six hours lean one way, the next six the other. */
function leanOf(window: number): number {
  return Math.sin(window * 2.1) + (window % 2 === 0 ? 1.3 : -1.3);
}

const signOf = (modelled: (lean: number) => number): number => score(modelled).sign.value;
const score = (modelled: (lean: number) => number) => scoreOf(leanOf, modelled);

function scoreOf(lean: (window: number) => number, modelled: (lean: number) => number) {
  const windowAt = (cell: number): number => Math.floor(cell / 12);
  const column = (of: (cell: number) => number): Float64Array =>
    Float64Array.from({ length: count }, (_, cell) => of(cell));
  // shorts hold the lean, longs are even
  const money = (cell: number, by: number): number => (cell % 2 === 0 ? 1 : Math.exp(by));
  const cells = {
    count,
    intervalMs: hourMs,
    firstDay: 0,
    day: Int32Array.from({ length: count }, (_, cell) => Math.floor(cell / 48)),
    realised: column((cell) => money(cell, lean(windowAt(cell)))),
  } satisfies Partial<Cells>;
  const none = column(() => 0);
  const whole: Cells = { ...cells, reach: none, range: none, price: none, ahead: [], fuel: {} };
  const mean = column((cell) => money(cell, modelled(lean(windowAt(cell)))));
  const reachMean = column((cell) => 1 + 0.1 * Math.sin(cell));
  const dayIndex = new Map(Array.from({ length: days }, (_, day) => [day, day]));
  return scoreSkew([{ cells: whole, mean, reachMean }], 6, dayIndex, createRandom(3).next);
}
