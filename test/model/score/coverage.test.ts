import { describe, expect, it } from "vitest";
import { predictContract } from "../../../src/model/score/contract.ts";
import { bandsOf, coverageOf } from "../../../src/model/score/coverage.ts";
import { aContract } from "./hours.ts";

const honest = predictContract(aContract());

describe("bands", () => {
  it("hold the middle of what the draws say, and are counted where they hold what came", () => {
    const bands = bandsOf(honest);
    const { windows, covered, halves, halfWidth } = coverageOf(honest);
    expect(windows).toBe(bands.length);
    const held = bands.filter(({ realised, low, high }) => low <= realised && realised <= high);
    expect(covered).toBe(held.length / windows);
    expect((halves[0] + halves[1]) / 2).toBeCloseTo(covered, 1);
    for (const { modelled, low, high } of bands) expect(low < modelled && modelled < high).toBe(true);
    expect(halfWidth).toBeGreaterThan(0.5);
    expect(halfWidth).toBeLessThan(2);
  });

  it("hold less where chance is wilder, and nothing where the sides are exchanged by far", () => {
    const { cells } = honest;
    const exchanged = cells.realised.map((seen, cell) => seen * (cell % 2 === 0 ? 1e6 : 1));
    expect(coverageOf({ ...honest, cells: { ...cells, realised: exchanged } }).covered).toBe(0);
  });

  it("say what of the errors stays from window to window", () => {
    const { cells } = honest;
    const tilted = cells.realised.map((seen, cell) => seen * (cell % 2 === 0 ? Math.exp(2) : 1));
    const alternating = cells.realised.map(
      (seen, cell) => seen * (cell % 2 === 0 ? Math.exp(2 * (-1) ** Math.floor(cell / 12)) : 1),
    );
    expect(coverageOf({ ...honest, cells: { ...cells, realised: tilted } }).persistent).toBeGreaterThan(2);
    expect(coverageOf({ ...honest, cells: { ...cells, realised: alternating } }).persistent).toBeLessThan(-2);
  });

  it("of a window don't know what follows", () => {
    const from = 24 * 13;
    const poisoned = bandsOf(predictContract(aContract((hour) => hour >= from)));
    const before = (from - 24 * 10) / 6;
    expect(poisoned.slice(0, before)).toEqual(bandsOf(honest).slice(0, before));
  });

  it("leave out windows in which a side was not liquidated at all", () => {
    const { cells } = honest;
    const realised = cells.realised.map((seen, cell) => (Math.floor(cell / 12) === 44 ? 0 : seen));
    expect(bandsOf({ ...honest, cells: { ...cells, realised } })).toHaveLength(bandsOf(honest).length - 1);
  });
});
