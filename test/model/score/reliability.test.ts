import { describe, expect, it } from "vitest";
import { predictContract } from "../../../src/model/score/contract.ts";
import { coverageOf } from "../../../src/model/score/coverage.ts";
import { reliabilityOf } from "../../../src/model/score/reliability.ts";
import { firstScoredDay } from "../../../src/model/score/walk.ts";
import { createRandom } from "../../../src/sim/random.ts";
import { aContract, days } from "./hours.ts";

const honest = predictContract(aContract());
const dayMs = 86_400_000;

function look(contract = honest) {
  return reliabilityOf(contract, createRandom(1).next);
}

describe("reliability", () => {
  it("sorts what was scored into tenths by prediction, none of it lost", () => {
    const { tenths, from, to, intervalMs, symbol } = look();
    expect({ symbol, from, to, intervalMs }).toEqual({
      symbol: "BTC",
      from: firstScoredDay * dayMs,
      to: days * dayMs,
      intervalMs: dayMs / 24,
    });
    expect(tenths).toHaveLength(10);
    expect(tenths.reduce((sum, { cells }) => sum + cells, 0)).toBe(2 * 24 * (days - firstScoredDay));
    const predicted = tenths.map(({ predictedUsd }) => predictedUsd);
    expect(predicted).toEqual(predicted.toSorted((a, b) => a - b));
    for (const { realisedUsd, lowUsd, highUsd } of tenths)
      expect(lowUsd <= realisedUsd && realisedUsd <= highUsd).toBe(true);
  });

  it("finds predictions true whose liquidations came from them, and half as true where half came", () => {
    const { cells, means } = honest;
    const as = (share: number) =>
      look({ ...honest, cells: { ...cells, realised: means.stack.map((x) => share * x) } });
    expect(as(1).level).toBeCloseTo(1, 12);
    for (const { predictedUsd, realisedUsd } of as(1).tenths)
      expect(realisedUsd).toBeCloseTo(predictedUsd, 4);
    expect(as(0.5).level).toBeCloseTo(0.5, 12);
  });

  it("tells money in dollars", () => {
    const { tenths } = look();
    const usd = tenths.reduce((sum, { cells, realisedUsd }) => sum + cells * realisedUsd, 0);
    const { cells, means } = honest;
    const thousands = cells.realised.reduce(
      (sum, seen, cell) => sum + (Number.isNaN(means.stack[cell]) ? 0 : seen),
      0,
    );
    expect(usd / thousands).toBeCloseTo(1000, 6);
  });

  it("holds more the wider the band, and at 80 % what the table says", () => {
    const { bandLevels, windows } = look();
    const held = bandLevels.map((level) => level.held ?? NaN);
    expect(held).toEqual(held.toSorted((a, b) => a - b));
    const table = coverageOf(honest);
    expect(windows).toBe(table.windows);
    expect(bandLevels.find(({ nominal }) => nominal === 0.8)?.held).toBeCloseTo(table.covered, 10);
  });

  it("knows no band where no window has both sides", () => {
    const { cells } = honest;
    const realised = cells.realised.map((seen, cell) => (cell % 2 === 0 ? seen : 0));
    const { bandLevels, windows } = look({ ...honest, cells: { ...cells, realised } });
    expect(windows).toBe(0);
    expect(bandLevels.map(({ held }) => held)).toEqual(Array.from({ length: 9 }, () => null));
  });
});
