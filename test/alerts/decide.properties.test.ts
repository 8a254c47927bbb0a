import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AlertRule } from "../../src/alerts/decision.ts";
import { freshEpisodeMemory } from "../../src/alerts/episode.ts";
import { parseEpisodeMemory } from "../../src/alerts/episodeJson.ts";
import { onGrid } from "../../src/alerts/rules.ts";
import type { Imbalance } from "../../src/model/types.ts";
import { imbalanceOf, mirrored } from "./examples.ts";
import { decideAlert, type SingleDecision as Decision } from "./single.ts";

const minute = 60_000;
const hour = 60 * minute;
const start = Date.UTC(2026, 10, 22);

interface Step {
  /** Real ms since the step before. */
  readonly after: number;
  readonly imbalance: Imbalance;
}

const anyRule: fc.Arbitrary<AlertRule> = fc.record({
  ratio: fc.double({ min: 1.1, max: 20, noNaN: true }).map(onGrid),
  holdMs: fc.integer({ min: 0, max: 5 * minute }),
  cooldownMs: fc.integer({ min: 0, max: 2 * hour }),
  warmupMs: fc.integer({ min: 0, max: 5 * minute }),
});
/** Around the thresholds of most rules, on both sides. */
const anyRatio = fc.double({ min: -3.2, max: 3.2, noNaN: true }).map(Math.exp);
const goodImbalance = fc.tuple(anyRatio, anyRatio).map(([ratio, mean]) => imbalanceOf(ratio, mean));
const badNumber = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -2.6);
const badImbalance: fc.Arbitrary<Imbalance> = fc
  .tuple(
    goodImbalance,
    fc.oneof(
      fc.constantFrom<Partial<Imbalance>>(
        { regime: "stale" },
        { regime: "thin" },
        { ratio: null },
        { downDistanceUsd: null, ratio: null, regime: "thin" },
        { upDistanceUsd: null, ratio: null, regime: "thin" },
        { notionalUsd: null },
        { downDistanceRatio: null },
        { upDistanceRatio: null },
      ),
      badNumber.map((ratio) => ({ ratio })),
      badNumber.map((ratioMean) => ({ ratioMean })),
      badNumber.map((markPrice) => ({ markPrice })),
      badNumber.map((upDistanceUsd) => ({ upDistanceUsd })),
      badNumber.map((notionalUsd) => ({ notionalUsd })),
    ),
  )
  .map(([good, bad]) => Object.assign(good, bad));
const stepOf = (imbalance: fc.Arbitrary<Imbalance>): fc.Arbitrary<Step> =>
  fc.record({ after: fc.integer({ min: 0, max: 3 * minute }), imbalance });
const history = fc.array(
  fc.oneof({ weight: 6, arbitrary: stepOf(goodImbalance) }, { weight: 1, arbitrary: stepOf(badImbalance) }),
  { maxLength: 200 },
);

describe("whatever is measured", () => {
  it("flapping by 2 % around the threshold for an hour fires and ends at most once", () => {
    const swings = fc.array(fc.double({ min: 0.98, max: 1.02, noNaN: true }), {
      minLength: 60,
      maxLength: 60,
    });
    fc.assert(
      fc.property(
        fc.double({ min: 1.1, max: 20, noNaN: true }).map(onGrid),
        swings,
        fc.boolean(),
        (ratio, swing, down) => {
          const rule: AlertRule = { ratio, holdMs: 90_000, cooldownMs: hour, warmupMs: 0 };
          const steps = swing.map((factor) => {
            const imbalance = imbalanceOf(ratio * factor);
            return { after: minute, imbalance: down ? mirrored(imbalance) : imbalance };
          });
          const said = run(steps, rule);
          expect(count(said, "fire")).toBeLessThanOrEqual(1);
          expect(count(said, "resolve")).toBe(0);
        },
      ),
    );
  });

  it("flapping by any amount fires at most once in a direction within the cooldown", () => {
    fc.assert(
      fc.property(history, anyRule, (steps, rule) => {
        expect(shortestPause(run(steps, rule))).toBeGreaterThanOrEqual(rule.cooldownMs);
      }),
    );
  });

  it("a clock that is set back an hour and later forward again changes nothing about that", () => {
    fc.assert(
      fc.property(history, anyRule, fc.nat(199), fc.nat(199), (steps, rule, one, other) => {
        const [from, to] = one < other ? [one, other] : [other, one];
        const said = run(steps, rule, (at) => (at >= from && at < to ? -hour : 0));
        // what passes between two recomputes while the clock is set isn't counted: the cooldown only gets longer
        expect(shortestPause(said)).toBeGreaterThanOrEqual(rule.cooldownMs);
      }),
    );
  });

  it("a clock that is set forward an hour, so that all data look old to it, and later back neither", () => {
    const rule: AlertRule = { ratio: 2, holdMs: 90_000, cooldownMs: hour, warmupMs: 0 };
    const [over, calm] = [imbalanceOf(2.5), imbalanceOf(1.1)];
    const swings = fc.array(fc.boolean(), { minLength: 36, maxLength: 36 });
    fc.assert(
      fc.property(swings, fc.nat(179), fc.nat(179), (swing, one, other) => {
        const [from, to] = one < other ? [one, other] : [other, one];
        const isAhead = (at: number): boolean => at >= from && at < to;
        const steps = Array.from({ length: 180 }, (_, at): Step => {
          const imbalance = swing[Math.floor(at / 5)] === true ? over : calm;
          return { after: minute, imbalance: isAhead(at) ? { ...imbalance, regime: "stale" } : imbalance };
        });
        const said = run(steps, rule, (at) => (isAhead(at) ? hour : 0));
        expect(shortestPause(said)).toBeGreaterThanOrEqual(hour);
      }),
    );
  });

  it("bad data alone never fires, and is always held for a reason", () => {
    fc.assert(
      fc.property(fc.array(stepOf(badImbalance), { maxLength: 50 }), anyRule, (steps, rule) => {
        for (const { decision } of run(steps, rule)) {
          expect(decision.kind).toBe("hold");
          expect(["stale", "thin", "one-sided", "invalid-number"]).toContain(decision.reason);
        }
      }),
    );
  });

  it("only good data beyond the threshold, mean included, fires", () => {
    fc.assert(
      fc.property(history, anyRule, (steps, rule) => {
        for (const said of run(steps, rule).filter(({ decision }) => decision.kind === "fire")) {
          expect(Math.min(...leans(said))).toBeGreaterThanOrEqual(rule.ratio);
        }
      }),
    );
  });

  it("only good data back under the threshold, mean included, ends an episode", () => {
    fc.assert(
      fc.property(history, anyRule, (steps, rule) => {
        for (const said of run(steps, rule).filter(({ decision }) => decision.kind === "resolve")) {
          expect(Math.max(...leans(said))).toBeLessThan(Math.max(1.02, 0.9 * rule.ratio));
        }
      }),
    );
  });

  it("firing and end take turns, each firing with an id of its own", () => {
    fc.assert(
      fc.property(history, anyRule, (steps, rule) => {
        const said = run(steps, rule).flatMap(({ decision }) =>
          decision.kind === "fire" || decision.kind === "resolve" ? [decision] : [],
        );
        said.forEach((decision, at) => expect(decision.kind).toBe(at % 2 === 0 ? "fire" : "resolve"));
        expect(new Set(said.map(({ alertId }) => alertId)).size).toBe(said.length);
        for (const { alertId } of said) expect(alertId).toMatch(/^[A-Za-z0-9_.-]+$/);
      }),
    );
  });

  it("up and down are mirror images", () => {
    fc.assert(
      fc.property(history, anyRule, (steps, rule) => {
        const reflected = steps.map((step) => ({ ...step, imbalance: mirrored(step.imbalance) }));
        const kinds = run(steps, rule).map(({ decision }) => decision.kind);
        expect(run(reflected, rule).map(({ decision }) => decision.kind)).toEqual(kinds);
      }),
    );
  });

  it("the memory that was kept as JSON decides as the one that wasn't", () => {
    fc.assert(
      fc.property(history, anyRule, (steps, rule) => {
        const kept = run(steps, rule, () => 0, true);
        expect(kept).toEqual(run(steps, rule));
        expect(kept.every(({ decision }) => decision.reason.length > 0)).toBe(true);
      }),
    );
  });
});

interface Said {
  readonly at: number;
  readonly imbalance: Imbalance;
  readonly decision: Decision;
}

function run(
  steps: readonly Step[],
  rule: AlertRule,
  clockOff: (at: number) => number = () => 0,
  restarting = false,
): Said[] {
  let at = start;
  let memory = freshEpisodeMemory(start);
  return steps.map(({ after, imbalance }, step) => {
    at += after;
    const decided = decideAlert(memory, imbalance, rule, at + clockOff(step));
    memory = restarting ? parseEpisodeMemory(JSON.stringify(decided.memory), 0).memory : decided.memory;
    return { at, imbalance, decision: decided.decision };
  });
}

/** The ratio and its mean in the direction of the decision. */
function leans({ decision, imbalance }: Said): number[] {
  const up = "direction" in decision && decision.direction === "up";
  return [imbalance.ratio, imbalance.ratioMean].map((ratio) => (up ? Number(ratio) : 1 / Number(ratio)));
}

function count(said: readonly Said[], kind: Decision["kind"]): number {
  return said.filter(({ decision }) => decision.kind === kind).length;
}

/** Real ms between the two nearest firings of one direction. */
function shortestPause(said: readonly Said[]): number {
  const pauses = (["up", "down"] as const).flatMap((direction) => {
    const fired = said.filter(({ decision }) => decision.kind === "fire" && decision.direction === direction);
    return fired.slice(1).map(({ at }, before) => at - (fired[before]?.at ?? Number.NEGATIVE_INFINITY));
  });
  return Math.min(Number.POSITIVE_INFINITY, ...pauses);
}
