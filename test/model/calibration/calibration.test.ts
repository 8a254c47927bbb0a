import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  createCalibration,
  learnedOf,
  noteReport,
  useLearned,
  type SideReport,
} from "../../../src/model/calibration/calibration.ts";
import { decodeCalibration, encodeCalibration } from "../../../src/model/calibration/snapshot.ts";
import { priorWeights } from "../../../src/model/stack.ts";
import { dayMs, halfOf, marketReports, nextDay, take } from "./support.ts";

const seed = fc.integer({ min: 1, max: 1e6 });
const far = priorWeights.length - 2;

describe("a market unlike the prior", () => {
  const { calibration, decisions } = take(marketReports({ seed: 4, days: 20, truth: () => halfOf(far) }));

  it("is learned once the weights have shown for five days what they are worth", () => {
    const adopted = decisions.findIndex(({ kind }) => kind === "adopted");
    // two days to fit to, five to be judged on
    expect(adopted).toBeGreaterThanOrEqual(6);
    expect(adopted).toBeLessThan(14);
    expect(decisions.slice(0, adopted).map(({ kind }) => kind)).not.toContain("dropped");
    expect(decisions[adopted]?.skill).toBeGreaterThan(0);
    expect(calibration.contest.learned?.weights[far]).toBeGreaterThan(0.3);
  });

  it("changes the map only when it may", () => {
    expect(calibration.used).toEqual(priorWeights);
    expect(learnedOf(calibration)).toBeUndefined();
    expect(useLearned(calibration)).toBe(true);
    expect(useLearned(calibration)).toBe(false);
    expect(calibration.used).toEqual(calibration.contest.learned?.weights);
    expect(learnedOf(calibration)).toMatchObject({ since: expect.any(Number), skill: expect.any(Number) });
  });

  it("is dropped when what was learned predicts worse than the prior", () => {
    const turned = (day: number) => (day < 12 ? halfOf(far) : halfOf(1));
    const { decisions: all, calibration: after } = take(marketReports({ seed: 4, days: 40, truth: turned }));
    const kinds = all.map(({ kind }) => kind);
    expect(kinds.indexOf("adopted")).toBeLessThan(12);
    const second = all.findIndex(({ kind, day }) => kind !== "kept" && day > 20_012);
    expect(second).toBeGreaterThan(0);
    expect(after.contest.learned?.weights[1] ?? 0).toBeGreaterThan(after.contest.learned?.weights[far] ?? 1);
  });
});

describe("what a symbol learns", () => {
  it("is judged once a day, with a reason", () => {
    const { decisions } = take([
      ...marketReports({ seed: 2, days: 6, truth: () => priorWeights }),
      nextDay(6),
    ]);
    expect(decisions.map(({ day }) => day - 20_000)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(decisions.slice(0, 2).map(({ reason }) => reason)).toEqual([
      "no candidate yet",
      "no candidate yet",
    ]);
    expect(decisions[2]?.reason).toBe("the candidate is too young");
  });

  it("is the prior where nothing is liquidated", () => {
    fc.assert(
      fc.property(seed, (one) => {
        const quiet = marketReports({ seed: one, days: 4, truth: () => priorWeights, stepMs: 3 * 3_600_000 });
        const { calibration } = take(quiet.map((report) => ({ ...report, liquidatedUsd: 0 })));
        expect(calibration.contest).toEqual({ learned: undefined, candidate: undefined });
        expect(useLearned(calibration)).toBe(false);
        expect(calibration.used).toBe(priorWeights);
      }),
      { numRuns: 1000 },
    );
  });

  it("is the same with longs and shorts exchanged", () => {
    fc.assert(
      fc.property(seed, (one) => {
        const reports = twoDays(one);
        const mirrored = reports.map(
          (report) => ({ ...report, side: report.side === "long" ? "short" : "long" }) as const,
        );
        const own = take(reports).calibration.contest.candidate?.weights;
        const other = take(mirrored).calibration.contest.candidate?.weights;
        expect(own).toBeDefined();
        // both fits end where another step would gain next to nothing
        own?.forEach((weight, j) => expect(other?.[j]).toBeCloseTo(weight, 4));
      }),
      { numRuns: 1000 },
    );
  });

  it("takes no figure that can't be, and no hour that is over", () => {
    const { calibration } = take(twoDays(3));
    const before = encodeCalibration(calibration);
    const now = 20_002 * dayMs;
    fc.assert(
      fc.property(hostileReport(now), (report) => {
        expect(noteReport(calibration, report)).toBeUndefined();
        expect(Buffer.compare(encodeCalibration(calibration), before)).toBe(0);
      }),
      { numRuns: 1000 },
    );
  });

  it("does not depend on what comes later", () => {
    const base = marketReports({ seed: 5, days: 10, truth: () => halfOf(far) });
    const known = historyOf(base);
    fc.assert(
      fc.property(
        fc.integer({ min: 300, max: base.length - 1 }),
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        (cut, factor) => {
          const reports = base
            .slice(cut, cut + 60)
            .map((report) => ({ ...report, liquidatedUsd: report.liquidatedUsd * factor }));
          // goes on from where the true one stood
          const { calibration } = take([], decodeCalibration(known.states[cut] ?? new Uint8Array(0)));
          for (const [i, report] of reports.entries()) {
            const day = Math.floor(report.time / dayMs);
            if (day > Math.floor((base[cut]?.time ?? 0) / dayMs)) break;
            noteReport(calibration, report);
            expect(calibration.contest).toEqual(known.contests[cut + i]);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });

  it("goes on after a restart as if there had been none, bit for bit", () => {
    const reports = marketReports({ seed: 7, days: 12, truth: () => halfOf(1), stepMs: 3 * 3_600_000 });
    const { states } = historyOf(reports);
    const end = states.at(-1) ?? new Uint8Array(0);
    fc.assert(
      fc.property(fc.integer({ min: reports.length - 20, max: reports.length - 1 }), (cut) => {
        const restored = decodeCalibration(states[cut] ?? new Uint8Array(0)) ?? createCalibration();
        const { calibration } = take(reports.slice(cut), restored);
        expect(Buffer.compare(encodeCalibration(calibration), end)).toBe(0);
      }),
      { numRuns: 1000 },
    );
  });
});

function twoDays(one: number): SideReport[] {
  return [...marketReports({ seed: one, days: 2, truth: () => halfOf(1) }), nextDay(2)];
}

/** The state before each report and after the last; what is decided after each. */
function historyOf(reports: readonly SideReport[]) {
  const calibration = createCalibration();
  const states = [encodeCalibration(calibration)];
  const contests = reports.map((report) => {
    noteReport(calibration, report);
    states.push(encodeCalibration(calibration));
    return calibration.contest;
  });
  return { states, contests };
}

function hostileReport(now: number): fc.Arbitrary<SideReport> {
  const wrong = fc.constantFrom(NaN, Infinity, -Infinity, -1, -1e-9, 1e13, 1e300);
  const fine = { time: now, side: "long", liquidatedUsd: 1, fuelUsd: priorWeights.map(() => 1) } as const;
  return fc.oneof(
    wrong.map((liquidatedUsd) => ({ ...fine, liquidatedUsd })),
    fc
      .tuple(wrong, fc.nat(priorWeights.length - 1))
      .map(([figure, at]) => ({ ...fine, fuelUsd: fine.fuelUsd.map((one, j) => (j === at ? figure : one)) })),
    fc.constantFrom([], [1], [...fine.fuelUsd, 1]).map((fuelUsd) => ({ ...fine, fuelUsd })),
    fc.constantFrom(NaN, -1, Infinity, now - 1, 0).map((time) => ({ ...fine, time })),
  );
}
