import { describe, expect, it } from "vitest";
import type { Cells } from "../../../src/model/score/cells.ts";
import { learnWeights, stackFuel } from "../../../src/model/score/weights.ts";
import { priorWeights } from "../../../src/model/stack.ts";
import { createRandom } from "../../../src/sim/random.ts";

const days = 40;
const count = days * 48;

describe("learned weights", () => {
  it("are the prior's before there is anything to learn from", () => {
    const { cells, parts } = market([1, 0, 0, 0]);
    expect(learnWeights(cells, parts).get(5)).toEqual(priorWeights);
    const unknown = { ...cells, realised: new Float64Array(count).fill(NaN) };
    for (const weights of learnWeights(unknown, parts).values()) expect(weights).toEqual(priorWeights);
  });

  it("always are shares", () => {
    const { cells, parts } = market([0.2, 0.1, 0.4, 0.3]);
    for (const weights of learnWeights(cells, parts).values()) {
      expect(weights.every((weight) => weight >= 0)).toBe(true);
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 9);
    }
  });

  it.each([
    { truth: [0.5, 0, 0.5, 0], part: 2 },
    { truth: [0.5, 0.5, 0, 0], part: 1 },
    { truth: [0.5, 0, 0, 0.5], part: 3 },
  ])("move towards the part that explains what was liquidated: $truth", ({ truth, part }) => {
    const { cells, parts } = market(truth);
    const learned = learnWeights(cells, parts).get(days - 1) ?? [];
    expect(learned[part]).toBeGreaterThan(0.25);
    expect(learned[part]).toBeGreaterThan(1.5 * (priorWeights[part] ?? NaN));
  });

  it("do not care for the unit of money", () => {
    const { cells, parts } = market([0.5, 0, 0.5, 0]);
    const scaled = parts.map((part) => part.map((mass) => mass * 1000));
    const [one, other] = [
      learnWeights(cells, parts).get(days - 1),
      learnWeights(cells, scaled).get(days - 1),
    ];
    one?.forEach((weight, j) => expect(other?.[j]).toBeCloseTo(weight, 3));
  });

  it("forget: of two halves of history the later one counts more", () => {
    const [one, other] = [market([0.9, 0, 0.1, 0]), market([0.3, 0, 0.7, 0])];
    const learnFrom = (early: typeof one, late: typeof one): number => {
      const realised = late.cells.realised.map((money, cell) =>
        cell < count / 2 ? (early.cells.realised[cell] ?? NaN) : money,
      );
      return learnWeights({ ...one.cells, realised }, one.parts).get(days - 1)?.[2] ?? NaN;
    };
    expect(learnFrom(one, other)).toBeGreaterThan(learnFrom(other, one) + 0.1);
  });
});

describe("the stack's fuel", () => {
  it("is mixed with the weights of each cell's day", () => {
    const { cells, parts } = market([1, 0, 0, 0]);
    const weights = new Map([[3, [0, 1, 0, 0]]]);
    const fuel = stackFuel(cells, parts, weights);
    expect(fuel[3 * 48 + 5]).toBe(parts[1]?.[3 * 48 + 5]);
    const elsewhere = parts.reduce((sum, part, j) => sum + (priorWeights[j] ?? NaN) * (part[0] ?? NaN), 0);
    expect(fuel[0]).toBeCloseTo(elsewhere, 9);
  });
});

/** Half-hourly cells whose mean is 2 × the parts mixed by `truth`, and a background of 5. */
function market(truth: readonly number[]): { cells: Cells; parts: readonly Float64Array[] } {
  const random = createRandom(9);
  const parts = truth.map(() => Float64Array.from({ length: count }, () => 100 * random.exponential()));
  const realised = Float64Array.from({ length: count }, (_, cell) => {
    const fuel = truth.reduce((sum, share, j) => sum + share * (parts[j]?.[cell] ?? 0), 0);
    return (2 * fuel + 5) * random.exponential();
  });
  const nothing = new Float64Array(count);
  const cells: Cells = {
    count,
    intervalMs: 3_600_000,
    firstDay: 20_000,
    day: Int32Array.from({ length: count }, (_, cell) => Math.floor(cell / 48)),
    realised,
    reach: nothing,
    range: nothing,
    price: nothing,
    ahead: [],
    fuel: {},
  };
  return { cells, parts };
}
