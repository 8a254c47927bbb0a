import { describe, expect, it } from "vitest";
import { predictContract } from "../../../src/model/score/contract.ts";
import { bandsOf, coverageOf } from "../../../src/model/score/coverage.ts";
import { aContract } from "./hours.ts";

const honest = predictContract(aContract());

describe("bands", () => {
  it("hold about eight of ten windows where liquidations follow the path and chance", () => {
    const { windows, covered, coveredByMap } = coverageOf(honest);
    expect(windows).toBeGreaterThanOrEqual(20);
    expect(covered).toBeGreaterThan(0.6);
    expect(coveredByMap).toBeLessThan(covered);
  });

  it("are as wide as past errors ask: chance that grows widens them from the next window on", () => {
    const { cells } = honest;
    const from = 2 * 24 * 13;
    const wilder = cells.realised.map((seen, cell) =>
      cell < from ? seen : seen * (Math.floor(cell / 12) % 2 === cell % 2 ? 50 : 0.02),
    );
    const bands = bandsOf({ ...honest, cells: { ...cells, realised: wilder } });
    const calm = bandsOf(honest);
    const first = (from - 2 * 24 * 10) / 12;
    expect(bands.slice(0, first + 1).map(({ half }) => half)).toEqual(
      calm.slice(0, first + 1).map(({ half }) => half),
    );
    expect(bands.at(-1)?.half).toBeGreaterThan(1.5 * (calm.at(-1)?.half ?? Infinity));
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
