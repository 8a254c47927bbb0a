import { describe, expect, it } from "vitest";
import { modelNames, predictContract } from "../../../src/model/score/contract.ts";
import { scoreGroup } from "../../../src/model/score/score.ts";
import { firstScoredDay } from "../../../src/model/score/walk.ts";
import { createRandom } from "../../../src/sim/random.ts";
import { aContract, days } from "./hours.ts";

describe("predictions", () => {
  it("do not move when the future is another one", () => {
    const honest = predictContract(aContract());
    const from = 24 * 13;
    const poisoned = predictContract(aContract((hour) => hour >= from));
    for (const model of modelNames) {
      const scored = honest.means[model].subarray(2 * 24 * firstScoredDay, 2 * from);
      expect(scored.every((mean) => mean > 0)).toBe(true);
      // reach and fuel of the hour belong to it: only what was poisoned may differ
      expect(poisoned.means[model].slice(0, 2 * from)).toEqual(honest.means[model].slice(0, 2 * from));
    }
    for (const [model, means] of Object.entries(honest.informedMeans)) {
      const other = Object.entries(poisoned.informedMeans).find(([name]) => name === model)?.[1];
      expect(other?.slice(0, 2 * from)).toEqual(means.slice(0, 2 * from));
    }
    expect(poisoned.lean.slice(0, 2 * from)).toEqual(honest.lean.slice(0, 2 * from));
    expect(poisoned.means.stack.slice(2 * from)).not.toEqual(honest.means.stack.slice(2 * from));
  });

  it("of a day do not know that day's liquidations", () => {
    const honest = predictContract(aContract());
    const contract = aContract();
    const lastDay = 24 * (days - 1);
    const totals = contract.totals.map((total, hour) =>
      hour < lastDay ? total : { ...total, longLiquidations: 1e6, shortLiquidations: 0 },
    );
    const other = predictContract({ ...contract, totals });
    // the reach GLM may know the hours before, which every other model leaves alone
    for (const model of modelNames.filter((name) => name !== "reach-glm")) {
      expect(other.means[model]).toEqual(honest.means[model]);
    }
  });

  it("begin on the first scored day", () => {
    const { means, cells } = predictContract(aContract());
    means.stack.forEach((mean, cell) => {
      expect(Number.isNaN(mean)).toBe((cells.day[cell] ?? 0) < firstScoredDay);
    });
  });

  it("score a map above one that knows less, where liquidations follow the map", () => {
    const score = scoreGroup([predictContract(aContract())], createRandom(1).next);
    const skill = (name: string) => score.models.find(({ model }) => model === name)?.skillVs.template.value;
    expect(skill("template")).toBe(0);
    expect(skill("reach-power")).toBeGreaterThan(0.2);
    expect(score.scoredDays).toBe(days - firstScoredDay);
    expect(score.scoredCells).toBe(2 * 24 * (days - firstScoredDay));
  });

  it("leave out hours whose liquidations are unknown", () => {
    const contract = aContract();
    const totals = contract.totals.filter((_, hour) => hour !== 24 * 12);
    const score = scoreGroup([predictContract({ ...contract, totals })], createRandom(1).next);
    expect(score.scoredCells).toBe(2 * (24 * (days - firstScoredDay) - 1));
  });
});
