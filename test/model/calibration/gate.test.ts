import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  extendRecord,
  judge,
  noRecord,
  skillOf,
  type Candidate,
  type TrackRecord,
} from "../../../src/model/calibration/gate.ts";

const weights = [0.5, 0.1, 0.3, 0.1];
const good = recordOf([2, 3, 1, 2, 2]);
const poor = recordOf([-2, -3, 1, -2, -2]);
const chance = recordOf([9, -8, 7, -6, -1]);

describe("the gate", () => {
  it.each([
    { case: "better than both", againstPrior: good, againstCurrent: good, days: 5, kind: "adopted" },
    { case: "too young", againstPrior: good, againstCurrent: good, days: 4, kind: "kept" },
    { case: "worse than the prior", againstPrior: poor, againstCurrent: good, days: 9, kind: "kept" },
    { case: "worse than what is in force", againstPrior: good, againstCurrent: poor, days: 9, kind: "kept" },
    { case: "better by chance", againstPrior: chance, againstCurrent: chance, days: 9, kind: "kept" },
  ])("of a candidate that is $case: $kind", ({ againstPrior, againstCurrent, days, kind }) => {
    const candidate: Candidate = { weights, since: 10, days, againstPrior, againstCurrent };
    const { decision, learned, candidate: left } = judge({ learned: undefined, candidate }, 19);
    expect(decision.kind).toBe(kind);
    expect(learned?.weights).toEqual(kind === "adopted" ? weights : undefined);
    expect(left).toEqual(kind === "adopted" ? undefined : candidate);
    expect(decision.skill).toBe(kind === "adopted" ? skillOf(againstPrior) : 0);
  });

  it("gives up a candidate that has not convinced in two weeks", () => {
    const candidate = { weights, since: 1, days: 14, againstPrior: chance, againstCurrent: chance };
    expect(judge({ learned: undefined, candidate }, 15).candidate).toBeUndefined();
    expect(judge({ learned: undefined, candidate: { ...candidate, days: 13 } }, 15).candidate).toBeDefined();
  });

  it("goes back to the prior, and judges candidates anew, when what it took up is worse than the prior", () => {
    const candidate = { weights, since: 1, days: 9, againstPrior: good, againstCurrent: good };
    const {
      learned,
      candidate: left,
      decision,
    } = judge({ learned: { weights, since: 3, againstPrior: poor }, candidate }, 12);
    expect([learned, left]).toEqual([undefined, undefined]);
    expect(decision).toMatchObject({ kind: "dropped", day: 12, skill: 0 });
  });

  it("keeps what it took up while that is better, and says by how much", () => {
    const own = { weights, since: 3, againstPrior: chance };
    const { learned, decision } = judge({ learned: own, candidate: undefined }, 12);
    expect(learned).toBe(own);
    expect(decision).toMatchObject({ kind: "kept", skill: skillOf(chance) });
  });
});

describe("a record", () => {
  it("forgets half in fourteen days, and doesn't care in what deviance is counted", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(any(), any()), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: -8, max: 8 }),
        (days, power) => {
          const one = days.reduce((record, [rival, own]) => extendRecord(record, rival, own), noRecord);
          const scaled = days.reduce(
            (record, [rival, own]) => extendRecord(record, rival * 2 ** power, own * 2 ** power),
            noRecord,
          );
          expect(skillOf(scaled)).toBeCloseTo(skillOf(one), 9);
          let faded = one;
          for (let day = 0; day < 14; day += 1) faded = extendRecord(faded, 0, 0);
          expect(faded.gain).toBeCloseTo(one.gain / 2, 9);
          expect(faded.square).toBeCloseTo(one.square / 4, 9);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

const any = () => fc.double({ min: 0.01, max: 100, noNaN: true });

/** Of days on which it was so much better than a rival whose deviance is 50. */
function recordOf(gains: readonly number[]): TrackRecord {
  return gains.reduce((record, gain) => extendRecord(record, 50, 50 - gain), noRecord);
}
